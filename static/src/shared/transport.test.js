import assert from "node:assert/strict";
import { test } from "node:test";

import { fakeTimers, settled } from "./testing.js";
import { connect } from "./transport.js";

class FakeSocket {
  connected = false;
  connects = 0;
  handlers = {};
  emitted = [];

  on(name, handler) {
    this.handlers[name] = handler;
  }
  onAny(handler) {
    this.any = handler;
  }
  connect() {
    this.connects += 1;
  }
  disconnect() {
    this.connected = false;
    this.handlers.disconnect("io client disconnect");
  }
  timeout() {
    return { emit: (command, payload, answer) => this.emitted.push({ command, payload, answer }) };
  }
  succeed() {
    this.connected = true;
    this.handlers.connect();
  }
  async fail(message = "websocket error") {
    this.connected = false;
    this.handlers.connect_error(new Error(message));
    await settled();
  }
}

/** A transport whose socket and fetch are played by the test; a request is answered by `requests[n].answer(body)`. */
function bench() {
  const socket = new FakeSocket();
  const timers = fakeTimers();
  const seen = { states: [], events: [], refused: [], polled: [] };
  const requests = [];
  let handshake = null;
  const fetch = (url, init) =>
    new Promise((resolve, reject) => {
      init.signal.addEventListener("abort", () => reject(new Error("aborted")));
      requests.push({ url, init, answer: (body) => (resolve({ json: async () => body }), settled()), fail: () => (reject(new Error("down")), settled()) });
    });
  const plane = connect({
    namespace: "/visitor",
    auth: () => ({ token: "secret" }),
    http: { base: "/visitor/api", headers: () => ({ Authorization: "Bearer secret" }) },
    poll: { query: () => "after=41", onAnswer: (answer) => seen.polled.push(answer) },
    onEvent: (name, data) => seen.events.push([name, data]),
    onState: (state) => seen.states.push(state),
    onRefused: (code) => void seen.refused.push(code),
    io: (namespace, options) => ((handshake = { namespace, ...options }), socket),
    fetch,
    timers,
  });
  return { plane, socket, timers, requests, seen, handshake: () => handshake };
}

test("the socket is WebSocket only and carries the token in its handshake, never in an address", () => {
  const { handshake } = bench();
  let given = null;
  handshake().auth((value) => (given = value));
  assert.equal(handshake().namespace, "/visitor");
  assert.deepEqual(handshake().transports, ["websocket"]);
  assert.deepEqual(given, { token: "secret" });
});

test("commands go over the socket when it is live", async () => {
  const { plane, socket, requests, seen } = bench();
  socket.succeed();
  const answer = plane.call("post", { body: "hello" });
  socket.emitted[0].answer(null, { ok: true, seq: 3 });
  assert.deepEqual(await answer, { ok: true, seq: 3 });
  assert.deepEqual(socket.emitted[0].payload, { body: "hello" });
  assert.equal(requests.length, 0);
  assert.deepEqual(seen.states, ["connecting", "live"]);
});

test("before the socket is live the same command goes over HTTP with the same object", async () => {
  const { plane, requests } = bench();
  const answer = plane.call("sync", { after: 0 });
  assert.equal(requests[0].url, "/visitor/api/sync");
  assert.equal(requests[0].init.body, '{"after":0}');
  assert.equal(requests[0].init.headers.Authorization, "Bearer secret");
  await requests[0].answer({ ok: true, revision: 7 });
  assert.deepEqual(await answer, { ok: true, revision: 7 });
});

test("a blocked WebSocket falls to long polling, goes on trying, and leaves polling when it opens", async () => {
  const { socket, requests, seen, timers } = bench();
  await socket.fail();
  assert.equal(requests.length, 0);
  await socket.fail();
  assert.equal(requests[0].url, "/visitor/api/events?after=41");
  await requests[0].answer({ ok: true, revision: 42 });
  assert.deepEqual(seen.polled, [{ ok: true, revision: 42 }]);
  assert.equal(seen.states.at(-1), "polling");
  assert.equal(requests.length, 2);
  const before = socket.connects;
  timers.advance(timers.next());
  assert.equal(socket.connects, before + 1);
  socket.succeed();
  await settled();
  assert.equal(seen.states.at(-1), "live");
  assert.equal(requests[1].init.signal.aborted, true);
  assert.equal(requests.length, 2);
});

test("neither road answers: offline, and polling again after a pause", async () => {
  const { socket, requests, seen, timers } = bench();
  await socket.fail();
  await socket.fail();
  await requests[0].fail();
  assert.equal(seen.states.at(-1), "offline");
  assert.equal(requests.length, 1);
  timers.advance(1000);
  await settled();
  assert.equal(requests.length, 2);
});

test("silence is an answer too, and a line that died without a word is renewed", async () => {
  const { plane, socket, timers } = bench();
  socket.succeed();
  const answer = plane.call("post", {});
  socket.emitted[0].answer(new Error("timeout"));
  assert.deepEqual(await answer, { ok: false, error: "no_answer" });
  assert.equal(socket.connected, false);
  timers.advance(0);
  assert.equal(socket.connects, 1);
});

test("an error page of a proxy is no answer", async () => {
  const { plane, requests } = bench();
  const answer = plane.call("post", {});
  await requests[0].answer({ hello: "nginx" });
  assert.deepEqual(await answer, { ok: false, error: "no_answer" });
});

test("a refused identity is reported, a broken road is not", async () => {
  const { socket, seen } = bench();
  await socket.fail("websocket error");
  await socket.fail("timeout");
  assert.deepEqual(seen.refused, []);
  await socket.fail("unauthorised");
  assert.deepEqual(seen.refused, ["unauthorised"]);
});

test("a lost connection is tried again, a closed one is not", () => {
  const { plane, socket, timers, seen } = bench();
  socket.succeed();
  socket.any("change", { chat: "a" });
  assert.deepEqual(seen.events, [["change", { chat: "a" }]]);
  socket.connected = false;
  socket.handlers.disconnect("transport close");
  timers.advance(1000);
  assert.equal(socket.connects, 1);
  plane.close();
  plane.wake();
  timers.advance(60_000);
  assert.equal(socket.connects, 1);
});
