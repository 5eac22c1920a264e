import assert from "node:assert/strict";
import { test } from "node:test";

import { aChat } from "../workplace/testing.js";
import { afterEvent } from "./waiting.js";

const change = (fields) => ["change", { chat: "chat-a", view: aChat(fields) }];

test("a chat waits from its beginning until somebody has it, it ends, or it goes out of sight", () => {
  for (const end of [change({ operator_id: 2 }), change({ state: "closed_by_visitor" }), ["gone", { chat: "chat-a" }]]) {
    const begun = afterEvent(new Set(), ...change({}));
    assert.deepEqual([...begun], ["chat-a"]);
    assert.deepEqual([...afterEvent(begun, ...end)], []);
  }
});

test("a change without a view, and what is about no chat, moves nothing", () => {
  const waiting = new Set(["chat-a"]);
  for (const event of [["change", { chat: "chat-a" }], ["operator", { id: 1 }], ["settings", {}], ["signed_out", null]]) {
    assert.equal(afterEvent(waiting, ...event), waiting);
  }
});

test("a snapshot says it all anew", () => {
  const chats = [aChat(), aChat({ id: "chat-b", operator_id: 4 })];
  assert.deepEqual([...afterEvent(new Set(["old"]), "snapshot", { chats })], ["chat-a"]);
});
