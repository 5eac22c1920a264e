// What the workplace's unit tests share: chats and people as the protocol shows them, and numbers from a seed.

export const OPERATOR = Object.freeze({
  id: 1, name: "Irina", public_name: "Irina", photo: null, status: "online", status_since: "2026-11-22T09:00:00.000Z",
  department_ids: [10], languages: [], is_admin: false, max_chats: null,
});

export const ME = Object.freeze({ ...OPERATOR, role: "operator", max_chats: 5, subordinate_ids: [], supervised_department_ids: [] });

export function aChat(fields = {}) {
  return {
    id: "chat-a", revision: 1, state: "queue", visitor: { id: "visitor-a", name: "Maria", email: "", phone: "" }, department_id: null, language: "ru",
    operator_id: null, requested_operator_id: null, placement: "default", queued_at: "2026-11-22T10:00:00.000Z", assigned_at: null, first_reply_at: null,
    started_at: "2026-11-22T10:00:00.000Z", closed_at: null, waiting_since: "2026-11-22T10:00:00.000Z", last_seq: 0, read: { visitor: 0, operator: 0 },
    unread: 0, is_silent: false, visitor_left_at: null, last: null, ...fields,
  };
}

export function aMessage(fields = {}) {
  return { chat: "chat-a", seq: 1, revision: 1, author: "visitor", body: "Hello", at: "2026-11-22T10:00:00.000Z", ...fields };
}

export function aSnapshot(fields = {}) {
  return {
    ok: true, me: ME, settings: { auto_assignment: false, max_chats_per_operator: 5, silent_chats_leave_limit: false, shows_typing_preview: true, company_name: "Sila" },
    operators: [OPERATOR], departments: [{ id: 10, key: "sales", name: "Sales" }], chats: [], templates: [], now: "2026-11-22T10:00:00.000Z", ...fields,
  };
}

/** Numbers between 0 and 1 from a seed, so that a failing run can be run again. */
export function chance(seed) {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 4294967296;
    return state / 4294967296;
  };
}
