import assert from "node:assert/strict";
import { test } from "node:test";

import { createOutbox, heads, isFinal, pause } from "./outbox.js";
import { memoryStorage } from "./storage.js";
import { fakeTimers, settled } from "./testing.js";

const silence = { ok: false, error: "no_answer" };

/** An outbox whose server is played by the test: `sends` holds what it was asked, `answer(n, …)` answers the n-th. */
function bench(storage = memoryStorage()) {
  const timers = fakeTimers();
  const sends = [];
  const sent = [];
  const send = (entry) => new Promise((resolve) => sends.push({ entry, resolve }));
  const outbox = createOutbox({ storage, key: "out", send, timers, onSent: (entry) => sent.push(entry.body) });
  const answer = (index, value) => {
    sends[index].resolve(value);
    return settled();
  };
  return { outbox, timers, sends, sent, storage, answer };
}

test("a message is in storage before its first try", () => {
  const storage = memoryStorage();
  let stored = null;
  const send = () => {
    stored = storage.getItem(storage.key(0));
    return new Promise(() => {});
  };
  createOutbox({ storage, key: "out", send, timers: fakeTimers() }).add({ chat: "a", body: "hello" });
  assert.equal(JSON.parse(stored).body, "hello");
});

test("one message of a chat is under way at a time, other chats do not wait", async () => {
  const { outbox, sends, sent, answer, storage } = bench();
  outbox.add({ chat: "a", body: "1" });
  outbox.add({ chat: "a", body: "2" });
  outbox.add({ chat: "b", body: "3" });
  assert.deepEqual(sends.map(({ entry }) => entry.body), ["1", "3"]);
  await answer(0, { ok: true, seq: 1 });
  assert.deepEqual(sends.map(({ entry }) => entry.body), ["1", "3", "2"]);
  await answer(2, { ok: true, seq: 2 });
  await answer(1, { ok: true, seq: 1 });
  assert.deepEqual(sent, ["1", "2", "3"]);
  assert.deepEqual(outbox.entries(), []);
  assert.equal(storage.length, 0);
});

test("no answer: the same client_id again, later and later, and the next message keeps waiting", async () => {
  const { outbox, sends, timers, answer } = bench();
  outbox.add({ chat: "a", body: "1" });
  outbox.add({ chat: "a", body: "2" });
  const delays = [];
  for (let attempt = 0; attempt < 7; attempt += 1) {
    await answer(attempt, silence);
    delays.push(timers.next());
    timers.advance(timers.next());
    await settled();
  }
  assert.deepEqual(delays, [1000, 2000, 4000, 8000, 16000, 30000, 30000]);
  assert.equal(new Set(sends.map(({ entry }) => entry.client_id)).size, 1);
});

test("a send that throws counts as no answer", async () => {
  const timers = fakeTimers();
  const send = () => Promise.reject(new Error("network"));
  const outbox = createOutbox({ storage: memoryStorage(), key: "out", send, timers });
  outbox.add({ chat: "a", body: "1" });
  await settled();
  assert.equal(outbox.entries()[0].state, "waiting");
  assert.equal(timers.next(), 1000);
});

test("a final no stays visible with its words and lets the next message go", async () => {
  const { outbox, sends, answer, storage } = bench();
  const first = outbox.add({ chat: "a", body: "1" });
  outbox.add({ chat: "a", body: "2" });
  await answer(0, { ok: false, error: "too_large", message: "Too long" });
  const [failed] = outbox.entries();
  assert.deepEqual([failed.state, failed.error, failed.message], ["failed", "too_large", "Too long"]);
  assert.equal(sends[1].entry.body, "2");
  outbox.retry(first.client_id);
  await answer(1, { ok: true });
  assert.equal(sends[2].entry.client_id, first.client_id);
  outbox.discard(first.client_id);
  assert.equal(storage.length, 0);
});

test("what waits or failed survives a reload, in its order", async () => {
  const { outbox, answer, storage } = bench();
  outbox.add({ chat: "a", body: "1" });
  outbox.add({ chat: "a", body: "2" });
  outbox.add({ chat: "a", body: "3" });
  await answer(0, { ok: false, error: "forbidden" });
  const before = outbox.entries().map((entry) => [entry.client_id, entry.body, entry.state]);
  outbox.close();
  const again = bench(storage);
  assert.deepEqual(again.outbox.entries().map((entry) => [entry.client_id, entry.body, entry.state]), before);
  assert.deepEqual(again.sends.map(({ entry }) => entry.body), ["2"]);
});

test("another tab's message is shown, left to its tab, and taken over when that tab is silent", async () => {
  const { outbox, timers, sends } = bench();
  const entry = { client_id: "other", chat: "a", body: "1", order: 1, state: "waiting", attempts: 0, next_at: 0 };
  outbox.hear({ key: "out:other", newValue: JSON.stringify(entry) });
  assert.equal(outbox.entries().length, 1);
  assert.equal(sends.length, 0);
  timers.advance(5000);
  assert.equal(sends.length, 1);
  outbox.hear({ key: "out:other", newValue: null });
  assert.deepEqual(outbox.entries(), []);
});

test("garbage in storage is not a message", () => {
  const storage = memoryStorage();
  storage.setItem("out:1", "{");
  storage.setItem("out:2", '{"client_id": 5}');
  storage.setItem("other", "x");
  assert.deepEqual(bench(storage).outbox.entries(), []);
});

test("a full storage does not lose the message", () => {
  const storage = { ...memoryStorage(), length: 0, setItem: () => { throw new Error("QuotaExceeded"); } };
  const { outbox, sends } = bench(storage);
  outbox.add({ chat: "a", body: "1" });
  assert.equal(sends.length, 1);
});

test("a connection that is back tries at once", async () => {
  const { outbox, sends, answer } = bench();
  outbox.add({ chat: "a", body: "1" });
  await answer(0, silence);
  assert.equal(sends.length, 1);
  outbox.wake();
  assert.equal(sends.length, 2);
});

test("which answers are final, and how long the others wait", () => {
  const finals = ["malformed", "invalid", "forbidden", "not_found", "conflict", "closed", "not_now", "too_large"];
  for (const error of finals) assert.equal(isFinal({ ok: false, error }), true, error);
  for (const error of ["no_answer", "internal", "too_fast", "unauthorised"]) assert.equal(isFinal({ ok: false, error }), false, error);
  assert.equal(isFinal({ ok: true }), false);
  assert.equal(pause({ retry_after: 12 }, 1, () => 0), 12_000);
  assert.equal(pause({}, 3, () => 1), 2000);
});

test("only waiting messages head a chat's line", () => {
  const entry = (chat, body, state) => ({ client_id: body, chat, body, state });
  const line = [entry("a", "1", "failed"), entry("a", "2", "waiting"), entry("a", "3", "waiting"), entry("b", "4", "waiting")];
  assert.deepEqual(heads(line).map(({ body }) => body), ["2", "4"]);
});
