import assert from "node:assert/strict";
import { test } from "node:test";

import { fakeTimers, settled } from "../shared/testing.js";
import { createLink } from "./link.js";
import { aSnapshot } from "./testing.js";

/** A link on a road whose answers the test gives. */
function aLink(answers = {}) {
  const calls = [];
  const taken = [];
  const told = { states: [], signedOut: [], ready: 0 };
  const timers = fakeTimers();
  let wants = {};
  let hooks;
  const road = {
    call: (command, payload) => new Promise((resolve) => {
      calls.push({ command, payload, answer: resolve });
      const next = answers[command]?.shift();
      if (next) resolve(next);
    }),
    close() {},
    wake() {},
  };
  const link = createLink({
    open: (given) => ((hooks = given), road),
    dispatch: (name, data) => taken.push([name, data]),
    wants: () => wants,
    onState: (state) => told.states.push(state),
    onSignedOut: (data) => told.signedOut.push(data),
    onReady: () => (told.ready += 1),
    timers,
  });
  return { link, hooks, calls, taken, told, timers, names: () => taken.map(([name]) => name), want: (next) => (wants = next) };
}

test("events that come while the snapshot is on its way are applied after it, in their order", async () => {
  const { hooks, calls, taken, names, told } = aLink();
  hooks.onState("live");
  hooks.onEvent("change", { revision: 1 });
  hooks.onEvent("gone", { chat: "x" });
  assert.deepEqual(names(), []);
  calls[0].answer(aSnapshot());
  await settled();
  hooks.onEvent("change", { revision: 2 });
  assert.deepEqual(names(), ["snapshot", "change", "gone", "change"]);
  assert.equal(taken[3][1].revision, 2);
  assert.equal(told.ready, 1);
});

test("changed rights and every reconnect take a fresh snapshot", async () => {
  const { hooks, calls } = aLink({ snapshot: [aSnapshot(), aSnapshot(), aSnapshot()] });
  hooks.onState("live");
  await settled();
  hooks.onEvent("resync", {});
  await settled();
  hooks.onState("connecting");
  hooks.onState("live");
  await settled();
  assert.equal(calls.filter(({ command }) => command === "snapshot").length, 3);
});

test("a snapshot that fails is asked again with a pause", async () => {
  const { hooks, names, timers } = aLink({ snapshot: [{ ok: false, error: "internal" }, aSnapshot()] });
  hooks.onState("live");
  await settled();
  assert.deepEqual(names(), []);
  timers.advance(1000);
  await settled();
  assert.deepEqual(names(), ["snapshot"]);
});

test("what is missing is caught up, one question at a time for each chat", async () => {
  const { hooks, calls, names, want } = aLink({ snapshot: [aSnapshot()] });
  hooks.onState("live");
  await settled();
  want({ a: { after: 4, heard: 6 } });
  hooks.onEvent("change", {});
  hooks.onEvent("change", {});
  const asked = calls.filter(({ command }) => command === "sync");
  assert.deepEqual(asked.map(({ payload }) => payload), [{ chat: "a", after: 4 }]);
  want({});
  asked[0].answer({ ok: true, chat: {} });
  await settled();
  assert.equal(names().at(-1), "synced");
});

test("a chat that is not there any more is gone; a question without an answer is asked again", async () => {
  const { hooks, calls, taken, want, timers } = aLink({ snapshot: [aSnapshot()], sync: [{ ok: false, error: "no_answer" }, { ok: false, error: "not_found" }] });
  hooks.onState("live");
  await settled();
  want({ a: { after: 4, heard: 6 } });
  hooks.onEvent("change", {});
  await settled();
  assert.equal(calls.filter(({ command }) => command === "sync").length, 1);
  timers.advance(1000);
  await settled();
  assert.deepEqual(taken.at(-1), ["gone", { chat: "a" }]);
});

test("long polling brings whole snapshots, each asked for by the mark of the last", () => {
  const { hooks, names, told } = aLink();
  hooks.onState("polling");
  assert.equal(hooks.poll.query(), "known=");
  hooks.poll.onAnswer({ ...aSnapshot(), mark: "m 1" });
  assert.equal(hooks.poll.query(), "known=m%201");
  assert.deepEqual(names(), ["snapshot"]);
  assert.equal(told.ready, 1);
});

test("an ended session is said once and asked nothing more", async () => {
  const { hooks, told } = aLink({ snapshot: [{ ok: false, error: "unauthorised" }] });
  hooks.onState("live");
  await settled();
  hooks.onEvent("signed_out", { reason: "switched_off" });
  assert.deepEqual(told.signedOut, [{ reason: "unauthorised" }, { reason: "switched_off" }]);
});
