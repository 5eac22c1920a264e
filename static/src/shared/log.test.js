import assert from "node:assert/strict";
import { test } from "node:test";

import { applyChange, applyOwn, applySync, emptyLog, judge, mergeMessages, mergeRead, needsSync } from "./log.js";

/** Numbers from a seed, so that a failing run can be run again. */
function chance(seed) {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 4294967296;
    return state / 4294967296;
  };
}

/** The database as the protocol describes it: one counter per visitor, rows marked with the revision that touched them. */
class Database {
  revision = 0;
  chats = {};
  messages = {};

  change(random) {
    const previous = this.revision;
    this.revision += 1 + Math.floor(random() * 2);
    const id = `chat${Math.floor(random() * 3)}`;
    const isNew = !this.chats[id];
    const chat = (this.chats[id] ??= { id, state: "queue", last_seq: 0, read: { visitor: 0, operator: 0 } });
    const change = { chat: id, previous, revision: this.revision };
    const kind = random();
    if (kind < 0.5) change.messages = [this.post(chat)];
    else if (kind < 0.7) change.read = { ...(chat.read = { ...chat.read, operator: chat.last_seq }) };
    else chat.state = chat.state === "queue" ? "chatting" : "queue";
    chat.revision = this.revision;
    if (isNew || kind >= 0.7) change.view = structuredClone(chat);
    return structuredClone(change);
  }

  post(chat) {
    chat.last_seq += 1;
    const message = { chat: chat.id, seq: chat.last_seq, revision: this.revision, body: `${chat.id}/${chat.last_seq}` };
    (this.messages[chat.id] ??= []).push(message);
    return message;
  }

  sync(after, limit) {
    const rows = Object.values(this.messages).flat().filter((message) => message.revision > after);
    rows.sort((one, other) => one.revision - other.revision);
    const messages = rows.slice(0, limit);
    const more = rows.length > limit;
    const revision = more ? messages.at(-1).revision : this.revision;
    const chats = Object.values(this.chats).filter((chat) => chat.revision > after);
    return structuredClone({ ok: true, revision, chats, messages, ...(more ? { more } : {}) });
  }

  view() {
    return { revision: this.revision, chats: this.chats, messages: this.messages };
  }
}

function seen(log) {
  return { revision: log.revision, chats: log.chats, messages: log.messages };
}

function catchUp(log, database) {
  let current = log;
  do current = applySync(current, database.sync(current.revision, 4));
  while (needsSync(current));
  return current;
}

/** Delivers changes late, twice, out of order or never; answers of sync arrive late too. */
function play(seed) {
  const random = chance(seed);
  const database = new Database();
  const wire = [];
  let log = emptyLog;
  for (let step = 0; step < 120; step += 1) {
    const change = database.change(random);
    if (random() < 0.85) wire.push(() => (log = applyChange(log, change)));
    if (random() < 0.2) wire.push(() => (log = applyChange(log, change)));
    if (needsSync(log) && random() < 0.5) {
      const answer = database.sync(log.revision, 4);
      wire.push(() => (log = applySync(log, answer)));
    }
    while (wire.length && random() < 0.6) wire.splice(random() < 0.7 ? 0 : Math.floor(random() * wire.length), 1)[0]();
  }
  for (const deliver of wire) deliver();
  return { log: catchUp(log, database), database };
}

test("any order, loss and doubling of changes ends, after a sync, in the database's view", () => {
  for (let seed = 1; seed <= 300; seed += 1) {
    const { log, database } = play(seed);
    assert.deepEqual(seen(log), database.view(), `seed ${seed}`);
    assert.equal(needsSync(log), false, `seed ${seed}`);
  }
});

test("changes that come whole and in order need no sync at all", () => {
  const random = chance(7);
  const database = new Database();
  let log = emptyLog;
  for (let step = 0; step < 200; step += 1) {
    log = applyChange(log, database.change(random));
    assert.equal(needsSync(log), false);
  }
  assert.deepEqual(seen(log), database.view());
});

test("a client applies, drops or asks", () => {
  assert.equal(judge(41, { previous: 41, revision: 42 }), "apply");
  assert.equal(judge(42, { previous: 41, revision: 42 }), "drop");
  assert.equal(judge(50, { previous: 41, revision: 42 }), "drop");
  assert.equal(judge(40, { previous: 41, revision: 42 }), "gap");
});

test("a change of a chat that is not known asks for it instead of inventing it", () => {
  const log = applyChange(emptyLog, { chat: "a", previous: 0, revision: 1, messages: [{ chat: "a", seq: 1, revision: 1 }] });
  assert.equal(needsSync(log), true);
  assert.deepEqual(log.chats, {});
});

test("a gap heard of while a sync is under way is not forgotten with its answer", () => {
  const chat = { id: "a", revision: 1, last_seq: 0, read: {} };
  let log = applySync(emptyLog, { revision: 1, chats: [chat], messages: [] });
  log = applyChange(log, { chat: "a", previous: 5, revision: 6 });
  log = applySync(log, { revision: 4, chats: [], messages: [] });
  assert.equal(needsSync(log), true);
});

test("an own message is there at once and the log's place does not move", () => {
  const own = { chat: "a", seq: 2, revision: 9, body: "hello" };
  const log = applyOwn({ ...emptyLog, revision: 7, messages: { a: [{ chat: "a", seq: 1, revision: 3 }] } }, own);
  assert.equal(log.revision, 7);
  assert.deepEqual(log.messages.a.map((message) => message.seq), [1, 2]);
});

test("of two versions of a message the later stays, read marks never go back", () => {
  const merged = mergeMessages([{ seq: 1, revision: 5, body: "new" }], [{ seq: 1, revision: 2, body: "old" }]);
  assert.deepEqual(merged, [{ seq: 1, revision: 5, body: "new" }]);
  assert.deepEqual(mergeRead({ visitor: 3, operator: 8 }, { visitor: 5, operator: 1 }), { visitor: 5, operator: 8 });
});
