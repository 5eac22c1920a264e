import assert from "node:assert/strict";
import { test } from "node:test";

import { settled } from "../shared/testing.js";
import { createAsks, createCommands } from "./commands.js";
import { apply, emptyState } from "./store.js";
import { aChat, aMessage, aSnapshot } from "./testing.js";

function aDesk(answers = []) {
  const asked = [];
  const desk = { toasts: [], dialog: { value: null }, state: { value: apply(emptyState, "snapshot", aSnapshot({ chats: [aChat()] })) } };
  desk.link = { chase() {}, call: (command, payload) => (asked.push([command, payload]), Promise.resolve(answers.shift() ?? { ok: true })) };
  desk.dispatch = (name, data) => (desk.state.value = apply(desk.state.value, name, data));
  desk.toast = (what) => desk.toasts.push(what);
  desk.drafts = { read: () => desk.draft ?? "" };
  desk.asked = asked;
  desk.handedOn = new Set();
  desk.commands = createCommands(desk);
  desk.ask = createAsks(desk);
  return desk;
}

test("a press twice is one command; after its answer a press is a new one", async () => {
  const desk = aDesk();
  await Promise.all([desk.commands.take("chat-a"), desk.commands.take("chat-a")]);
  assert.equal(desk.asked.length, 1);
  await desk.commands.take("chat-a");
  assert.equal(desk.asked.length, 2);
});

test("the answer's chat is shown at once, a warning and a refusal are said", async () => {
  const taken = aChat({ revision: 2, state: "chatting", operator_id: 1 });
  const refused = { ok: false, error: "already_taken", operator: "Ivan" };
  const desk = aDesk([{ ok: true, chat: taken, warning: "above_limit" }, refused]);
  assert.equal(await desk.commands.take("chat-a"), true);
  assert.equal(desk.state.value.chats["chat-a"].operator_id, 1);
  assert.equal(await desk.commands.take("chat-a"), false);
  assert.deepEqual(desk.toasts, [{ kind: "warning", warning: "above_limit" }, { kind: "refused", answer: refused }]);
});

test("several chats are redirected one after the other, and all must go", async () => {
  const desk = aDesk([{ ok: true }, { ok: false, error: "closed" }]);
  assert.equal(await desk.commands.redirect(["a", "b"], { department: null }), false);
  assert.deepEqual(desk.asked, [["redirect", { chat: "a", department: null }], ["redirect", { chat: "b", department: null }]]);
});

test("closing asks where something typed would be lost or something said stay unseen, else it closes", async () => {
  const desk = aDesk();
  desk.ask.close(aChat({ unread: 1 }));
  assert.equal(desk.dialog.value.name, "close");
  const calm = aChat();
  desk.draft = "half an answer";
  desk.ask.close(calm);
  assert.equal(desk.dialog.value.hasDraft, true);
  assert.deepEqual(desk.asked, []);
  desk.draft = "  ";
  desk.ask.close(calm);
  await settled();
  assert.deepEqual(desk.asked, [["close", { chat: "chat-a" }]]);
});

test("older messages are asked for before the first known one, and no more at the beginning", async () => {
  const chat = aChat();
  const desk = aDesk([{ ok: true, messages: [aMessage({ seq: 1 })] }]);
  desk.dispatch("opened", { chat, visitor: chat.visitor, messages: [aMessage({ seq: 2 })], log: [], may: [], revision: 1 });
  assert.equal(await desk.commands.older("chat-a"), true);
  assert.deepEqual(desk.asked, [["older", { chat: "chat-a", before: 2 }]]);
  assert.equal(await desk.commands.older("chat-a"), false);
});
