import assert from "node:assert/strict";
import { test } from "node:test";

import { applySync, emptyLog } from "../shared/log.js";
import { currentChat, goesOn, placeInQueue, readMark, rowsOf, screenOf, tickOf, unreadCount } from "./state.js";

const chat = (id, state, started, more = {}) => ({ id, state, started_at: started, revision: 1, read: { visitor: 0, operator: 0 }, ...more });
const message = (seq, author, at, more = {}) => ({ chat: "a", seq, revision: seq, author, body: `${seq}`, at, ...more });
const anna = { id: "anna", name: "Anna" };
const igor = { id: "igor", name: "Igor" };

test("the window shows the open chat, else the one that began last", () => {
  const log = (...chats) => applySync(emptyLog, { revision: 1, chats });
  assert.equal(currentChat(emptyLog), null);
  const old = chat("old", "closed", "2026-01-01T10:00:00.000Z");
  const late = chat("late", "closed_by_visitor", "2026-01-02T10:00:00.000Z");
  assert.equal(currentChat(log(late, old)).id, "late");
  const open = chat("open", "queue", "2026-01-01T09:00:00.000Z");
  assert.equal(currentChat(log(late, open, old)).id, "open");
});

test("the table of screens", () => {
  const ended = chat("a", "closed_by_operator", "");
  const table = [
    [{ isEntered: false, chat: null, isOnline: true }, "loading"],
    [{ isEntered: true, chat: null, isOnline: true }, "prechat"],
    [{ isEntered: true, chat: null, isOnline: false }, "offline"],
    [{ isEntered: true, chat: chat("a", "queue", ""), isOnline: false }, "chat"],
    [{ isEntered: true, chat: chat("a", "chatting", ""), isOnline: true, isAgain: true }, "chat"],
    [{ isEntered: true, chat: ended, isOnline: true }, "ended"],
    [{ isEntered: true, chat: ended, isOnline: true, isAgain: true }, "prechat"],
    [{ isEntered: true, chat: ended, isOnline: false, isAgain: true }, "offline"],
  ];
  for (const [facts, screen] of table) assert.equal(screenOf(facts), screen, JSON.stringify(facts));
});

test("unread are the operator's messages behind the visitor's mark", () => {
  const messages = [message(1, "visitor", ""), message(2, "operator", ""), message(3, "system", ""), message(4, "operator", "")];
  assert.equal(unreadCount(chat("a", "chatting", "", { read: { visitor: 2, operator: 0 } }), messages), 1);
  assert.equal(unreadCount(null, []), 0);
});

test("a read mark is sent once, for the last message", () => {
  const messages = [message(1, "visitor", ""), message(2, "operator", "")];
  assert.equal(readMark(chat("a", "chatting", ""), messages), 2);
  assert.equal(readMark(chat("a", "chatting", "", { read: { visitor: 2 } }), messages), null);
  assert.equal(readMark(null, []), null);
});

test("an own message is waiting, failed, sent, and seen when the operator's mark has reached it", () => {
  const own = chat("a", "chatting", "", { read: { visitor: 0, operator: 3 } });
  assert.equal(tickOf({ entry: { state: "waiting" } }, own), "waiting");
  assert.equal(tickOf({ entry: { state: "failed" } }, own), "failed");
  assert.equal(tickOf({ message: { seq: 3 } }, own), "seen");
  assert.equal(tickOf({ message: { seq: 4 } }, own), "sent");
});

test("rows: days apart, the line above what is new, an author's messages in one group", () => {
  const rows = rowsOf({
    zone: "UTC",
    unreadFrom: 4,
    entries: [],
    messages: [
      message(1, "visitor", "2026-01-01T23:58:00.000Z"),
      message(2, "visitor", "2026-01-01T23:59:00.000Z"),
      message(3, "visitor", "2026-01-02T00:01:00.000Z"),
      message(4, "operator", "2026-01-02T00:02:00.000Z", { operator: anna }),
      message(5, "operator", "2026-01-02T00:02:30.000Z", { operator: igor }),
      message(6, "operator", "2026-01-02T00:20:00.000Z", { operator: igor }),
      message(7, "system", "2026-01-02T00:20:00.000Z"),
    ],
  });
  assert.deepEqual(
    rows.map((row) => (row.kind === "message" ? [row.body, row.isFirst, row.isLast] : row.kind)),
    ["day", ["1", true, false], ["2", false, true], "day", ["3", true, true], "unread", ["4", true, true], ["5", true, true], ["6", true, true], "system"],
  );
});

test("what is on its way stands at the end, and leaves when the log has it", () => {
  const entry = { client_id: "x", chat: "a", body: "hello", order: Date.parse("2026-01-01T10:00:00Z"), state: "waiting" };
  const before = [message(1, "operator", "2026-01-01T09:59:00.000Z")];
  const shown = (messages) => rowsOf({ messages, entries: [entry], zone: "UTC" }).filter((row) => row.kind === "message");
  assert.deepEqual(shown(before).map((row) => row.body), ["1", "hello"]);
  const echo = message(2, "visitor", "2026-01-01T10:00:01.000Z", { client_id: "x", body: "hello" });
  assert.deepEqual(shown([...before, echo]).map((row) => row.key), ["m1", "m2"]);
});

test("a chat that has ended goes on for as long as the settings say", () => {
  const ended = chat("a", "closed", "", { closed_at: "2026-01-01T10:00:00.000Z" });
  const at = (time) => Date.parse(`2026-01-01T${time}:00.000Z`);
  assert.equal(goesOn(ended, 2, at("11:59")), true);
  assert.equal(goesOn(ended, 2, at("12:00")), false);
  assert.equal(goesOn(ended, 0, at("10:00")), false);
  assert.equal(goesOn(chat("a", "chatting", ""), 2, at("10:00")), false);
});

test("a place in the queue is told while nobody has the chat", () => {
  const third = { chat: "a", position: 3, wait_minutes: null };
  assert.equal(placeInQueue(chat("a", "queue", ""), third), 3);
  assert.equal(placeInQueue(chat("a", "queue", "", { operator: anna }), third), null);
  assert.equal(placeInQueue(chat("a", "chatting", ""), third), null);
  assert.equal(placeInQueue(chat("b", "queue", ""), third), null);
  assert.equal(placeInQueue(chat("a", "queue", ""), null), null);
});
