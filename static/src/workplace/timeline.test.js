import assert from "node:assert/strict";
import { test } from "node:test";

import { aMessage } from "./testing.js";
import { tickOf, timeline, WINDOW, windowOf } from "./timeline.js";

const at = (time, day = 22) => `2026-11-${day}T${time}:00.000Z`;
const step = (name, time, day) => ({ step: name, at: at(time, day) });
const kinds = (items) => items.map((item) => item.step?.step ?? item.message?.seq ?? item.entry?.client_id ?? item.type);

function lines(fields) {
  return timeline({ messages: [], steps: [], zone: "UTC", ...fields });
}

test("steps stand where their time falls, messages in the order of their seq", () => {
  const messages = [aMessage({ seq: 1, at: at("10:00") }), aMessage({ seq: 2, at: at("10:05") }), aMessage({ seq: 3, at: at("10:04") })];
  const steps = [step("start", "10:00"), step("take", "10:02"), step("first_reply", "10:03"), step("close_by_operator", "10:09")];
  assert.deepEqual(kinds(lines({ messages, steps })), ["day", "start", 1, "take", 2, 3, "close_by_operator"]);
});

test("a day's heading stands once, by the company's zone", () => {
  const messages = [aMessage({ seq: 1, at: at("20:59") }), aMessage({ seq: 2, at: at("21:01") })];
  assert.deepEqual(kinds(lines({ messages, zone: "Europe/Moscow" })), ["day", 1, "day", 2]);
  assert.deepEqual(kinds(lines({ messages, zone: "UTC" })), ["day", 1, 2]);
});

test("the line New stands right above its message", () => {
  const messages = [aMessage({ seq: 1 }), aMessage({ seq: 2 })];
  assert.deepEqual(kinds(lines({ messages, divider: 2 })), ["day", 1, "divider", 2]);
});

test("what is on its way stands last, and not again once its echo is there", () => {
  const messages = [aMessage({ seq: 1, author: "operator", client_id: "arrived" })];
  const pending = [{ client_id: "arrived", body: "a" }, { client_id: "waiting", body: "b" }];
  assert.deepEqual(kinds(lines({ messages, pending })), ["day", 1, "waiting"]);
  assert.deepEqual(kinds(lines({ messages, pending, isToEnd: false })), ["day", 1]);
});

test("where older messages are not drawn, older steps are not either", () => {
  const messages = [aMessage({ seq: 60, at: at("10:05") })];
  const steps = [step("start", "10:00"), step("take", "10:06")];
  assert.deepEqual(kinds(lines({ messages, steps, isFromStart: false })), ["day", 60, "take"]);
});

test("a person's messages within a minute follow each other; a line between them ends that", () => {
  const messages = [
    aMessage({ seq: 1, at: "2026-11-22T10:00:00.000Z" }),
    aMessage({ seq: 2, at: "2026-11-22T10:00:30.000Z" }),
    aMessage({ seq: 3, at: "2026-11-22T10:02:00.000Z" }),
    aMessage({ seq: 4, at: "2026-11-22T10:02:10.000Z", author: "operator", operator: { id: 1 } }),
    aMessage({ seq: 5, at: "2026-11-22T10:02:20.000Z", author: "operator", operator: { id: 2 } }),
  ];
  const follow = (items) => items.filter((item) => item.type === "message").map((item) => item.isFollowing);
  assert.deepEqual(follow(lines({ messages })), [false, true, false, false, false]);
  assert.deepEqual(follow(lines({ messages, divider: 2 })), [false, false, false, false, false]);
});

test("every key is its own", () => {
  const messages = Array.from({ length: 30 }, (_, index) => aMessage({ seq: index + 1, at: at(`10:${10 + index}`) }));
  const keys = lines({ messages, steps: [step("start", "10:00"), step("take", "10:00")], divider: 5 }).map((item) => item.key);
  assert.equal(new Set(keys).size, keys.length);
});

test("at most two hundred messages are drawn, whichever part is looked at", () => {
  const messages = Array.from({ length: 450 }, (_, index) => ({ seq: index + 1 }));
  const ends = (part) => [part.length, part[0].seq, part.at(-1).seq];
  assert.deepEqual(ends(windowOf(messages)), [WINDOW, 251, 450]);
  assert.deepEqual(ends(windowOf(messages, 100)), [WINDOW, 151, 350]);
  assert.deepEqual(ends(windowOf(messages, 1000)), [WINDOW, 1, 200]);
  assert.deepEqual(ends(windowOf(messages.slice(0, 30), 20)), [30, 1, 30]);
});

test("a message is seen once the visitor's mark has reached it", () => {
  assert.deepEqual([3, 4, 5].map((seq) => tickOf({ seq }, { visitor: 4 })), ["seen", "seen", "sent"]);
});
