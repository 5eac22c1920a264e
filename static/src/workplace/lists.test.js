import assert from "node:assert/strict";
import { test } from "node:test";

import { arrange, canAnswer, gradeOfWait, isWished, loadOf, matches, placement, settle, wish } from "./lists.js";
import { aChat, ME } from "./testing.js";

const MINE = { operator_id: ME.id };
const COLLEAGUES = { operator_id: 2 };
const FOR_OTHERS = { department_id: 99 };

test("where a chat stands, in both modes", () => {
  const table = [
    // chat, list in manual mode, list under auto-assignment
    [{}, "awaiting", "others"],
    [{ department_id: 10 }, "awaiting", "others"],
    [FOR_OTHERS, "others", "others"],
    [{ requested_operator_id: 2 }, "others", "others"],
    [{ requested_operator_id: ME.id }, "awaiting", "others"],
    [MINE, "awaiting", "awaiting"],
    [{ ...MINE, ...FOR_OTHERS }, "awaiting", "awaiting"],
    [COLLEAGUES, "others", "others"],
    [{ state: "chatting", ...MINE }, "mine", "mine"],
    [{ state: "chatting", ...COLLEAGUES }, "others", "others"],
    [{ state: "closed", ...MINE }, null, null],
    [{ state: "closed_by_visitor" }, null, null],
    [{ state: "closed_by_operator", ...MINE }, null, null],
    [{ state: "invitation" }, null, null],
  ];
  for (const [fields, manual, auto] of table) {
    assert.equal(placement(aChat(fields), ME, false), manual, `manual ${JSON.stringify(fields)}`);
    assert.equal(placement(aChat(fields), ME, true), auto, `auto ${JSON.stringify(fields)}`);
  }
});

test("a person with languages answers only chats in them; one without answers all", () => {
  assert.equal(canAnswer({ ...ME, languages: ["en"] }, aChat({ language: "ru" })), false);
  assert.equal(canAnswer({ ...ME, languages: ["en", "ru"] }, aChat({ language: "ru" })), true);
  assert.equal(canAnswer({ ...ME, languages: [] }, aChat({ language: "he" })), true);
});

const at = (minute) => `2026-11-22T10:${String(minute).padStart(2, "0")}:00.000Z`;

test("the queue stands longest waiting first, own chats by who needs an answer", () => {
  const chats = [
    aChat({ id: "late", queued_at: at(9) }),
    aChat({ id: "early", queued_at: at(1) }),
    aChat({ id: "same-b", queued_at: at(5) }),
    aChat({ id: "same-a", queued_at: at(5) }),
    aChat({ id: "answered-long-ago", state: "chatting", ...MINE, waiting_since: null, last: { author: "operator", body: "", at: at(2) } }),
    aChat({ id: "answered-now", state: "chatting", ...MINE, waiting_since: null, last: { author: "operator", body: "", at: at(8) } }),
    aChat({ id: "waits-short", state: "chatting", ...MINE, waiting_since: at(7) }),
    aChat({ id: "waits-long", state: "chatting", ...MINE, waiting_since: at(3) }),
    aChat({ id: "colleague", state: "chatting", ...COLLEAGUES, queued_at: at(0) }),
    aChat({ id: "for-others", ...FOR_OTHERS, queued_at: at(4) }),
  ];
  const lists = arrange(Object.fromEntries(chats.map((chat) => [chat.id, chat])), ME, false);
  assert.deepEqual(lists, {
    awaiting: ["early", "same-a", "same-b", "late"],
    mine: ["waits-long", "waits-short", "answered-now", "answered-long-ago"],
    others: ["for-others", "colleague"],
  });
});

test("a list under a hand keeps its order: newcomers below, the departed leave", () => {
  assert.deepEqual(settle(["a", "b", "c"], ["c", "d", "a"], true), ["a", "c", "d"]);
  assert.deepEqual(settle(["a", "b", "c"], ["c", "d", "a"], false), ["c", "d", "a"]);
});

test("an order that did not change is the same object, so nothing is drawn again", () => {
  const shown = ["a", "b"];
  assert.equal(settle(shown, ["a", "b"], false), shown);
  assert.equal(settle(shown, ["b", "a"], true), shown);
});

test("load counts assigned and chatting, not the closed", () => {
  const chats = [aChat({ ...MINE }), aChat({ state: "chatting", ...MINE }), aChat({ state: "closed", ...MINE }), aChat({ ...COLLEAGUES })];
  assert.equal(loadOf({ ...chats }, ME.id, {}), 2);
  const silent = aChat({ state: "chatting", is_silent: true, ...MINE });
  assert.equal(loadOf({ ...chats, silent }, ME.id, { silent_chats_leave_limit: false }), 3);
  assert.equal(loadOf({ ...chats, silent }, ME.id, { silent_chats_leave_limit: true }), 2);
});

test("a wait is long after one minute and late after three", () => {
  assert.deepEqual([0, 59.9, 60, 179.9, 180, 4000].map(gradeOfWait), ["calm", "calm", "long", "long", "late", "late"]);
});

test("a search finds every word somewhere, in any case", () => {
  assert.equal(matches("МАРИЯ дорож", "Мария Ковалёва", "Беговая дорожка"), true);
  assert.equal(matches("мария гантели", "Мария Ковалёва", null, "Беговая дорожка"), false);
});

test("an address asks for what a number counted; one that makes no sense asks for everything", () => {
  assert.deepEqual(wish("?show=waiting&department=0"), { show: "waiting", department: 0, operator: null });
  assert.deepEqual(wish("?show=online&operator=7"), { show: "online", department: null, operator: 7 });
  assert.deepEqual(wish("?show=online&operator=7x"), { show: "online", department: null, operator: null });
  for (const search of ["", "?show=", "?show=everything", "?department=3"]) assert.equal(wish(search), null, search);
});

test("a wish is for exactly the chats that the number counts", () => {
  const chats = { waits: aChat(), assigned: aChat(COLLEAGUES), talks: aChat({ state: "chatting", ...MINE }), sales: aChat({ department_id: 10 }), ended: aChat({ state: "closed", ...MINE }) };
  const wished = (search) => Object.keys(chats).filter((name) => isWished(wish(search), chats[name]));
  assert.deepEqual(wished("?show=waiting"), ["waits", "sales"]);
  assert.deepEqual(wished("?show=waiting&department=10"), ["sales"]);
  assert.deepEqual(wished("?show=waiting&department=0"), ["waits"]);
  assert.deepEqual(wished("?show=online"), ["assigned", "talks"]);
  assert.deepEqual(wished("?show=online&operator=2"), ["assigned"]);
});
