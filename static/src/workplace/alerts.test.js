import assert from "node:assert/strict";
import { test } from "node:test";

import { noticesOf, wantedCount } from "./alerts.js";
import { apply, emptyState } from "./store.js";
import { aChat, aSnapshot, ME } from "./testing.js";

const before = (chats, settings = {}) => apply(emptyState, "snapshot", aSnapshot({ chats, settings: { ...aSnapshot().settings, ...settings } }));
const changed = (state, view) => apply(state, "change", { chat: view.id, previous: view.revision - 1, revision: view.revision, view });
const kinds = (state, view) => noticesOf(state, changed(state, view)).map(({ kind }) => kind);

const words = { last_seq: 5, last: { author: "visitor", body: "?", at: "2026-11-22T10:00:00.000Z" } };

test("what calls for the person, and what does not", () => {
  const own = aChat({ state: "chatting", operator_id: ME.id });
  const table = [
    ["a new chat that one can take", [], aChat(), {}, ["waiting"]],
    ["a new chat for another department", [], aChat({ department_id: 99 }), {}, []],
    ["a waiting chat under auto-assignment", [], aChat(), { auto_assignment: true }, []],
    ["an assignment", [aChat()], aChat({ revision: 2, operator_id: ME.id }), { auto_assignment: true }, ["assigned"]],
    ["a redirected chat in manual mode", [aChat()], aChat({ revision: 2, operator_id: ME.id }), {}, ["assigned"]],
    ["a chat that one took", [aChat()], { ...own, revision: 2 }, {}, []],
    ["new words of an own visitor", [own], { ...own, revision: 2, ...words }, {}, ["message"]],
    ["own words", [own], { ...own, revision: 2, last_seq: 5, last: { ...words.last, author: "operator" } }, {}, []],
    ["a read mark", [{ ...own, ...words }], { ...own, ...words, revision: 2, unread: 0 }, {}, []],
    ["words in a colleague's chat", [{ ...own, operator_id: 2 }], { ...own, operator_id: 2, revision: 2, ...words }, {}, []],
    ["more words of somebody who waits", [aChat()], aChat({ revision: 2, ...words }), {}, []],
    ["an own chat that was closed", [own], { ...own, revision: 2, state: "closed_by_visitor" }, {}, []],
  ];
  for (const [what, chats, view, settings, expected] of table) assert.deepEqual(kinds(before(chats, settings), view), expected, what);
});

test("the first snapshot is no news; a later one tells what happened meanwhile", () => {
  const first = apply(emptyState, "snapshot", aSnapshot({ chats: [aChat()] }));
  assert.deepEqual(noticesOf(emptyState, first), []);
  const later = apply(first, "snapshot", aSnapshot({ chats: [aChat(), aChat({ id: "chat-b" })] }));
  assert.deepEqual(noticesOf(first, later).map(({ kind, chat }) => [kind, chat.id]), [["waiting", "chat-b"]]);
});

test("the title counts who waits and whose words were not seen", () => {
  const chats = [aChat({ id: "a" }), aChat({ id: "b", unread: 2 }), aChat({ id: "c", unread: 0 })];
  assert.equal(wantedCount(before(chats), { awaiting: ["a"], mine: ["b", "c"], others: [] }), 2);
});
