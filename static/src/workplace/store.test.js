import assert from "node:assert/strict";
import { test } from "node:test";

import { apply, emptyState, isOpen, mayOf } from "./store.js";
import { aChat, aMessage, aSnapshot, chance, ME, OPERATOR } from "./testing.js";

const pick = (random, list) => list[Math.floor(random() * list.length)];

/** The server as docs/protocol.md describes the operator's plane: one counter per visitor, rows marked with their revision. */
class Server {
  visitors = { one: 0, two: 0 };
  chats = new Map();
  messages = new Map();
  log = new Map();
  clock = 0;

  now() {
    this.clock += 1;
    return new Date(Date.UTC(2026, 10, 22, 10) + this.clock * 1000).toISOString();
  }

  /** One random change and the event about it. */
  step(random) {
    const visitor = pick(random, Object.keys(this.visitors));
    const chat = this.openChatOf(visitor);
    if (!chat) return this.start(visitor);
    return pick(random, [this.ask, this.ask, this.answer, this.read, this.take, this.redirect, this.close]).call(this, chat);
  }

  openChatOf(visitor) {
    return [...this.chats.values()].find((chat) => chat.visitor.id === visitor && isOpen(chat));
  }

  start(visitor) {
    const id = `chat-${this.chats.size}`;
    const at = this.now();
    const chat = aChat({ id, visitor: { id: visitor, name: "", email: "", phone: "" }, queued_at: at, started_at: at, waiting_since: at });
    this.chats.set(id, chat);
    this.messages.set(id, []);
    this.log.set(id, []);
    return this.changed(chat, { isViewed: true, step: "start" });
  }

  ask(chat) {
    Object.assign(chat, { unread: chat.unread + 1, waiting_since: chat.waiting_since ?? this.now() });
    chat.read = { ...chat.read, visitor: chat.last_seq + 1 };
    return this.say(chat, "visitor", false);
  }

  answer(chat) {
    const isFirst = chat.state === "queue";
    Object.assign(chat, { state: "chatting", operator_id: chat.operator_id ?? 1, unread: 0, waiting_since: null });
    chat.read = { ...chat.read, operator: chat.last_seq + 1 };
    return this.say(chat, "operator", isFirst);
  }

  say(chat, author, isViewed) {
    const at = author === "visitor" && chat.unread === 1 ? chat.waiting_since : this.now();
    chat.last_seq += 1;
    chat.last = { author, body: `words ${chat.last_seq}`, at };
    const message = aMessage({ chat: chat.id, seq: chat.last_seq, revision: this.visitors[chat.visitor.id] + 1, author, body: chat.last.body, at });
    this.messages.get(chat.id).push(message);
    return this.changed(chat, { isViewed, messages: [message] });
  }

  read(chat) {
    chat.read = { ...chat.read, operator: chat.last_seq };
    chat.unread = 0;
    return this.changed(chat, {});
  }

  take(chat) {
    return this.moved(chat, "take", { state: "chatting", operator_id: 1 });
  }

  redirect(chat) {
    return this.moved(chat, "redirect", { state: "queue", operator_id: null, department_id: chat.department_id === 10 ? null : 10 });
  }

  close(chat) {
    return this.moved(chat, "close_by_operator", { state: "closed_by_operator", waiting_since: null, closed_at: this.now() });
  }

  moved(chat, step, fields) {
    Object.assign(chat, fields);
    return this.changed(chat, { isViewed: true, step });
  }

  changed(chat, { isViewed, messages, step }) {
    const previous = this.visitors[chat.visitor.id];
    const revision = (this.visitors[chat.visitor.id] += 1);
    chat.revision = revision;
    if (step) this.log.get(chat.id).push({ step, at: this.now() });
    const event = { chat: chat.id, previous, revision, read: chat.read };
    if (isViewed) event.view = chat;
    if (messages) event.messages = messages;
    return structuredClone(event);
  }

  mayOf(chat) {
    return isOpen(chat) ? [chat.operator_id === 1 ? "write" : "take", "close"] : [];
  }

  snapshot() {
    return structuredClone(aSnapshot({ chats: [...this.chats.values()].filter(isOpen) }));
  }

  open(id) {
    const chat = this.chats.get(id);
    const rest = { visitor: chat.visitor, messages: this.messages.get(id).slice(-50), log: this.log.get(id), may: this.mayOf(chat) };
    return structuredClone({ ok: true, chat, revision: this.visitors[chat.visitor.id], ...rest });
  }

  sync(id, after, limit) {
    const chat = this.chats.get(id);
    const found = this.messages.get(id).filter((message) => message.revision > after);
    const messages = found.slice(0, limit);
    const isMore = found.length > limit;
    const revision = isMore ? messages.at(-1).revision : this.visitors[chat.visitor.id];
    return structuredClone({ ok: true, chat, messages, log: this.log.get(id), may: this.mayOf(chat), revision, ...(isMore ? { more: true } : {}) });
  }
}

/** Asks the server for what the state says it lacks, as link.js does, until it lacks nothing. */
function catchUp(state, server, limit = 3) {
  for (let round = 0; round < 1000; round += 1) {
    const [id] = Object.keys(state.wants);
    if (!id) return state;
    state = apply(state, "synced", server.sync(id, state.wants[id].after, limit));
  }
  throw new Error("catching up never ends");
}

function assertSame(state, server) {
  const open = Object.values(state.chats).filter(isOpen);
  assert.deepEqual(new Map(open.map((chat) => [chat.id, chat])), new Map(server.snapshot().chats.map((chat) => [chat.id, chat])));
  for (const entry of Object.values(state.opened)) {
    assert.deepEqual(entry.messages.filter(({ seq }) => seq >= entry.messages[0]?.seq), server.messages.get(entry.id).slice(-entry.messages.length));
    assert.equal(entry.messages.at(-1)?.seq ?? 0, server.chats.get(entry.id).last_seq);
    assert.deepEqual([entry.log, entry.may], [server.log.get(entry.id), server.mayOf(server.chats.get(entry.id))]);
  }
}

function shuffled(random, list) {
  const order = list.map((one) => [random(), one]);
  return order.sort(([one], [other]) => one - other).map(([, one]) => one);
}

function begin(random, steps) {
  const server = new Server();
  for (let step = 0; step < steps; step += 1) server.step(random);
  let state = apply(emptyState, "snapshot", server.snapshot());
  for (const id of Object.keys(state.chats)) state = apply(state, "opened", server.open(id));
  return { server, state };
}

test("an old snapshot and its events in order are the fresh snapshot", () => {
  for (let seed = 1; seed <= 150; seed += 1) {
    const random = chance(seed);
    let { server, state } = begin(random, 12);
    for (let step = 0; step < 30; step += 1) state = catchUp(apply(state, "change", server.step(random)), server);
    assertSame(state, server);
  }
});

test("events in any order and twice, then what is missing: the database's view", () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const random = chance(seed);
    let { server, state } = begin(random, 12);
    const events = Array.from({ length: 25 }, () => server.step(random));
    for (const event of shuffled(random, [...events, ...events.filter(() => random() < 0.3)])) state = apply(state, "change", event);
    assertSame(catchUp(state, server), server);
  }
});

test("lost events are healed by the snapshot after a reconnect", () => {
  for (let seed = 1; seed <= 150; seed += 1) {
    const random = chance(seed);
    let { server, state } = begin(random, 12);
    const events = Array.from({ length: 25 }, () => server.step(random));
    for (const event of events.filter(() => random() < 0.5)) state = apply(state, "change", event);
    assertSame(catchUp(apply(state, "snapshot", server.snapshot()), server), server);
  }
});

test("events that came before the snapshot that has them change nothing", () => {
  const random = chance(7);
  const { server, state } = begin(random, 5);
  const events = Array.from({ length: 10 }, () => server.step(random));
  const fresh = catchUp(apply(state, "snapshot", server.snapshot()), server);
  for (const event of events) assert.equal(apply(fresh, "change", event), fresh);
});

const ready = (fields) => apply(emptyState, "snapshot", aSnapshot(fields));

test("a message alone counts and moves the last words as the database does", () => {
  const state = ready({ chats: [aChat({ waiting_since: null, state: "chatting", operator_id: 1 })] });
  const at = "2026-11-22T10:01:00.000Z";
  const message = aMessage({ seq: 1, revision: 2, body: "🙂".repeat(200), at });
  const asked = apply(state, "change", { chat: "chat-a", previous: 1, revision: 2, messages: [message], read: { visitor: 1, operator: 0 } });
  const { unread, waiting_since: since, last, last_seq: seq } = asked.chats["chat-a"];
  assert.deepEqual({ unread, since, last, seq }, { unread: 1, since: at, last: { author: "visitor", body: "🙂".repeat(140), at }, seq: 1 });
  const read = apply(asked, "change", { chat: "chat-a", previous: 2, revision: 3, read: { visitor: 1, operator: 1 } });
  assert.equal(read.chats["chat-a"].unread, 0);
  assert.equal(read.chats["chat-a"].waiting_since, at, "seen is not answered");
});

test("a chat that is gone leaves nothing behind, and may come back", () => {
  const chat = aChat();
  let state = apply(ready({ chats: [chat] }), "opened", { chat, visitor: chat.visitor, messages: [], log: [], may: [], revision: 1 });
  state = apply(apply(state, "typing", { chat: chat.id, text: "abc" }, 5), "gone", { chat: chat.id });
  assert.deepEqual([state.chats, state.opened, state.typing, state.wants], [{}, {}, {}, {}]);
  assert.deepEqual(apply(state, "change", { chat: chat.id, previous: 1, revision: 2, view: { ...chat, revision: 2 } }).chats[chat.id].revision, 2);
});

test("a chat that one redirected out of one's own sight does not come back with the answer", () => {
  const chat = aChat();
  const state = apply(ready({ chats: [chat] }), "gone", { chat: chat.id });
  assert.equal(apply(state, "chat", { ...chat, revision: 2 }), state);
});

test("a step of somebody else asks anew what may be done in the opened chat", () => {
  const chat = aChat();
  const state = apply(ready({ chats: [chat] }), "opened", { chat, visitor: chat.visitor, messages: [], log: [], may: ["take"], revision: 1 });
  const taken = apply(state, "change", { chat: chat.id, previous: 1, revision: 2, view: { ...chat, revision: 2, state: "chatting", operator_id: 2 } });
  assert.deepEqual(taken.wants, { "chat-a": { after: 1, heard: 2 } });
});

test("one's own status reaches the header and every opened chat's rights; a colleague's only the list of people", () => {
  const chat = aChat();
  const state = apply(ready({ chats: [chat] }), "opened", { chat, visitor: chat.visitor, messages: [], log: [], may: [], revision: 1 });
  const mine = apply(state, "operator", { ...OPERATOR, status: "lunch" });
  assert.equal(mine.me.status, "lunch");
  assert.equal(mine.me.role, ME.role);
  assert.deepEqual(Object.keys(mine.wants), ["chat-a"]);
  const theirs = apply(state, "operator", { ...OPERATOR, id: 2, status: "lunch" });
  assert.deepEqual([theirs.me.status, theirs.operators[2].status, theirs.wants], ["online", "lunch", {}]);
  assert.equal(apply(theirs, "operator", { id: 2, is_removed: true }).operators[2], undefined);
});

test("what the visitor types stands until it is sent or taken back", () => {
  const state = apply(ready({ chats: [aChat()] }), "typing", { chat: "chat-a", text: "and can you" }, 77);
  assert.deepEqual(state.typing["chat-a"].text, { value: "and can you", at: 77 });
  assert.deepEqual(apply(state, "typing", { chat: "chat-a", text: "" }).typing, {});
  const sent = apply(state, "change", { chat: "chat-a", previous: 1, revision: 2, messages: [aMessage({ revision: 2 })], read: { visitor: 1, operator: 0 } });
  assert.deepEqual(sent.typing, {});
});

test("an own message that is acknowledged before its echo stands once", () => {
  const chat = aChat({ state: "chatting", operator_id: 1 });
  const state = apply(ready({ chats: [chat] }), "opened", { chat, visitor: chat.visitor, messages: [], log: [], may: [], revision: 1 });
  const message = aMessage({ revision: 2, author: "operator", client_id: "c" });
  const posted = apply(state, "posted", message);
  const echoed = apply(posted, "change", { chat: chat.id, previous: 1, revision: 2, messages: [message], read: { visitor: 0, operator: 1 } });
  assert.deepEqual(echoed.opened[chat.id].messages, [message]);
  assert.equal(echoed.opened[chat.id].revision, 2);
});

test("in an ended chat nothing may be done and nobody types", () => {
  const chat = aChat({ state: "chatting", operator_id: 1 });
  let state = apply(ready({ chats: [chat] }), "opened", { chat, visitor: chat.visitor, messages: [], log: [], may: ["write", "close"], revision: 1 });
  state = apply(state, "typing", { chat: chat.id, text: "and" }, 5);
  assert.deepEqual(mayOf(state, chat.id), ["write", "close"]);
  state = apply(state, "change", { chat: chat.id, previous: 1, revision: 2, view: { ...chat, revision: 2, state: "closed_by_visitor" } });
  assert.deepEqual([mayOf(state, chat.id), state.typing], [[], {}]);
});

test("the line New stands above the first message that nobody has seen", () => {
  const chat = aChat({ unread: 1, last_seq: 3, read: { visitor: 3, operator: 1 } });
  const messages = [aMessage({ seq: 1 }), aMessage({ seq: 2, author: "operator" }), aMessage({ seq: 3 })];
  const state = apply(ready({ chats: [chat] }), "opened", { chat, visitor: chat.visitor, messages, log: [], may: [], revision: 1 });
  assert.equal(state.opened[chat.id].divider, 3);
  assert.equal(apply(state, "posted", aMessage({ seq: 4, author: "operator" })).opened[chat.id].divider, null);
});

test("a dozen opened chats are kept, the oldest is let go", () => {
  let state = ready({});
  for (let number = 1; number <= 14; number += 1) {
    const chat = aChat({ id: `chat-${number}` });
    state = apply(state, "opened", { chat, visitor: chat.visitor, messages: [], log: [], may: [], revision: 1 });
  }
  assert.deepEqual(Object.keys(state.opened), Array.from({ length: 12 }, (_, index) => `chat-${index + 3}`));
});

test("an unknown event changes nothing", () => {
  const state = ready({});
  assert.equal(apply(state, "brand_new", { any: 1 }), state);
});
