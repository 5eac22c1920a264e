// What the workplace knows, and how each event changes it. Pure: (state, event) → state; unchanged parts keep their identity,
// so that only what differs is drawn again.
//
// `chats` holds the view of every chat that the person may see; `opened` the messages, log and rights of those that were
// opened. `wants` names chats of which something is missing: {after: the revision to catch up from, heard: one to reach}.

import { judge, mergeMessages, mergeRead } from "../shared/log.js";

export const emptyState = Object.freeze({
  isReady: false,
  me: null,
  settings: Object.freeze({ auto_assignment: false, max_chats_per_operator: 5, silent_chats_leave_limit: false, shows_typing_preview: true, company_name: "" }),
  operators: Object.freeze({}),
  departments: Object.freeze({}),
  chats: Object.freeze({}),
  opened: Object.freeze({}),
  typing: Object.freeze({}),
  wants: Object.freeze({}),
  templates: Object.freeze([]),
  clockOffset: 0,
});

const OPEN_STATES = new Set(["queue", "chatting"]);
const OPENED_LIMIT = 12;

/** Whether somebody waits or talks in the chat. */
export function isOpen(chat) {
  return OPEN_STATES.has(chat.state);
}

/** What the person may do with a chat, as the server said when it was opened; with an ended one nothing. */
export function mayOf(state, id) {
  const chat = state.chats[id];
  return chat && isOpen(chat) ? (state.opened[id]?.may ?? []) : [];
}

const without = (map, key) => {
  if (!(key in map)) return map;
  const { [key]: _removed, ...rest } = map;
  return rest;
};

const byId = (list) => Object.fromEntries(list.map((one) => [one.id, one]));

/** The state after an event; an event that nobody knows changes nothing. */
export function apply(state, name, data, at = 0) {
  const reducer = REDUCERS[name];
  return reducer ? reducer(state, data, at) : state;
}

const REDUCERS = { snapshot, change, gone, typing, operator, settings, opened, older, synced, posted, chat, forgotten, divided };

function snapshot(state, data, at) {
  const chats = byId(data.chats);
  // An opened chat that the snapshot lacks has ended or is out of sight: its own catching up will tell which.
  for (const id of Object.keys(state.opened)) if (!chats[id] && state.chats[id]) chats[id] = state.chats[id];
  return {
    ...state,
    isReady: true,
    me: data.me,
    settings: data.settings,
    operators: byId(data.operators),
    departments: byId(data.departments),
    templates: data.templates,
    chats,
    typing: {},
    wants: Object.fromEntries(Object.values(state.opened).map(({ id, revision }) => [id, { after: revision, heard: 0 }])),
    clockOffset: Date.parse(data.now) - at,
  };
}

/** A chat's whole view; an older one than the known changes nothing. */
function withView(state, view) {
  const known = state.chats[view.id];
  if (known && known.revision >= view.revision) return state;
  const typing = isOpen(view) ? state.typing : without(state.typing, view.id);
  const next = { ...state, typing, chats: { ...state.chats, [view.id]: view } };
  // A whole view tells of a step; the log of the chat, and what may be done now, follow from it.
  return state.opened[view.id] ? want(next, view.id, state.opened[view.id].revision, view.revision) : next;
}

function want(state, id, after, heard = 0) {
  const wanted = { after, heard: Math.max(heard, state.wants[id]?.heard ?? 0) };
  return { ...state, wants: { ...state.wants, [id]: wanted } };
}

function change(state, data) {
  return withOpenedChange(data.view ? withView(state, data.view) : withPatch(state, data), data);
}

/** A change without the view: what follows from its messages and marks, where it is the very next one. */
function withPatch(state, data) {
  const known = state.chats[data.chat];
  if (!known) return want(state, data.chat, data.previous, data.revision);
  const verdict = judge(known.revision, data);
  if (verdict === "drop") return state;
  if (verdict === "gap") return want(state, data.chat, state.opened[data.chat]?.revision ?? known.revision, data.revision);
  return { ...state, chats: { ...state.chats, [data.chat]: patched(known, data) } };
}

const PREVIEW_LENGTH = 140;

/** The rules by which the database counts (docs/protocol.md, "The operator's plane"). */
function patched(known, data) {
  const result = { ...known, revision: data.revision, read: mergeRead(known.read, data.read) };
  if (result.read.operator > known.read.operator) result.unread = Math.max(0, Math.min(known.unread, known.last_seq - result.read.operator));
  for (const message of data.messages ?? []) if (message.seq > result.last_seq) say(result, message);
  return result;
}

function say(chat, { author, body, at, seq }) {
  chat.last_seq = seq;
  if (author === "system") return;
  Object.assign(chat, { last: { author, body: [...body].slice(0, PREVIEW_LENGTH).join(""), at } });
  if (author === "visitor") Object.assign(chat, { unread: chat.unread + 1, waiting_since: chat.waiting_since ?? at, is_silent: false, visitor_left_at: null });
  if (author === "operator") Object.assign(chat, { unread: 0, waiting_since: null });
}

function withOpenedChange(state, data) {
  const entry = state.opened[data.chat];
  const cleared = data.messages?.some((message) => message.author === "visitor") ? withoutTyping(state, data.chat, "text") : state;
  if (!entry) return cleared;
  const verdict = judge(entry.revision, data);
  if (verdict === "drop") return cleared;
  // What came is true in itself and shown at once; only the place where the log stands waits for the missing part.
  const next = { ...entry, messages: mergeMessages(entry.messages, data.messages) };
  if (verdict === "apply") next.revision = data.revision;
  const shown = { ...cleared, opened: { ...cleared.opened, [entry.id]: next } };
  return verdict === "gap" ? want(shown, entry.id, entry.revision, data.revision) : shown;
}

function gone(state, { chat: id }) {
  return {
    ...state,
    chats: without(state.chats, id),
    opened: without(state.opened, id),
    typing: without(state.typing, id),
    wants: without(state.wants, id),
  };
}

function typing(state, data, at) {
  if (data.operator_id !== undefined) {
    if (!data.is_typing) return withoutTyping(state, data.chat, "operator");
    return withTyping(state, data.chat, { operator: { id: data.operator_id, at } });
  }
  return data.text ? withTyping(state, data.chat, { text: { value: data.text, at } }) : withoutTyping(state, data.chat, "text");
}

function withTyping(state, id, what) {
  return { ...state, typing: { ...state.typing, [id]: { ...state.typing[id], ...what } } };
}

function withoutTyping(state, id, which) {
  if (!state.typing[id]?.[which]) return state;
  const left = without(state.typing[id], which);
  return { ...state, typing: Object.keys(left).length ? { ...state.typing, [id]: left } : without(state.typing, id) };
}

function operator(state, data) {
  if (data.is_removed) return { ...state, operators: without(state.operators, data.id) };
  const operators = { ...state.operators, [data.id]: data };
  const isMe = state.me?.id === data.id;
  const next = { ...state, operators, me: isMe ? { ...state.me, ...data } : state.me };
  // One's own status decides what may be done in every chat.
  return isMe && data.status !== state.me.status ? wantAllOpened(next) : next;
}

function settings(state, data) {
  return wantAllOpened({ ...state, settings: { ...state.settings, ...data } });
}

function wantAllOpened(state) {
  return Object.values(state.opened).reduce((result, entry) => want(result, entry.id, entry.revision), state);
}

/** The answer of `open`; the oldest opened chats are let go beyond a dozen. */
function opened(state, data) {
  const { chat: view, visitor, messages, log, may, revision } = data;
  const entry = { id: view.id, visitor, messages, log, may, revision, isComplete: !messages.length || messages[0].seq === 1 };
  entry.divider = firstUnseen(view, messages);
  const kept = Object.entries(without(state.opened, view.id)).slice(1 - OPENED_LIMIT);
  const next = { ...withView(state, view), opened: { ...Object.fromEntries(kept), [view.id]: entry } };
  return { ...next, wants: without(next.wants, view.id) };
}

/** The first message that nobody on our side has seen: above it stands the line "New". */
export function firstUnseen(view, messages) {
  if (!view.unread) return null;
  return messages.find((message) => message.author === "visitor" && message.seq > view.read.operator)?.seq ?? null;
}

function older(state, { chat: id, messages }) {
  const entry = state.opened[id];
  if (!entry) return state;
  const isComplete = !messages.length || messages[0].seq === 1;
  return { ...state, opened: { ...state.opened, [id]: { ...entry, messages: mergeMessages(entry.messages, messages), isComplete } } };
}

/** The answer of `sync`: the truth up to its revision. */
function synced(state, data) {
  const viewed = withView(state, data.chat);
  const entry = viewed.opened[data.chat.id];
  const isEnough = !data.more && data.revision >= (state.wants[data.chat.id]?.heard ?? 0);
  if (!entry) return isEnough ? { ...viewed, wants: without(viewed.wants, data.chat.id) } : want(viewed, data.chat.id, data.revision);
  const revision = Math.max(entry.revision, data.revision);
  const next = { ...entry, revision, messages: mergeMessages(entry.messages, data.messages), log: data.log, may: data.may };
  const result = { ...viewed, opened: { ...viewed.opened, [entry.id]: next } };
  return isEnough ? { ...result, wants: without(result.wants, entry.id) } : want(result, entry.id, revision);
}

/** One's own message as its acknowledgement names it: shown at once, without moving the revision. */
function posted(state, message) {
  const entry = state.opened[message.chat];
  if (!entry) return state;
  const next = { ...entry, messages: mergeMessages(entry.messages, [message]), divider: null };
  return { ...state, opened: { ...state.opened, [entry.id]: next } };
}

/** The view in the answer to a step that this page asked for; one's own step may have taken the chat out of sight. */
function chat(state, view) {
  return state.chats[view.id] ? withView(state, view) : state;
}

function forgotten(state, { chat: id }) {
  return { ...state, opened: without(state.opened, id), wants: without(state.wants, id) };
}

/** Where the line "New" stands (null: nowhere). */
function divided(state, { chat: id, seq }) {
  const entry = state.opened[id];
  if (!entry || entry.divider === seq) return state;
  return { ...state, opened: { ...state.opened, [id]: { ...entry, divider: seq } } };
}
