// Keeps the state equal to the server's: snapshot after every (re)connect, events between, catching up of what is missing.

import { backOff, browserTimers } from "../shared/timers.js";

/**
 * The line to the operator's plane.
 *   open      shared/transport.js connect, bound to namespace and identity
 *   dispatch  (name, data) puts an event into the state
 *   wants     () => what the state lacks: {chat: {after, heard}}
 */
export function createLink({ open, dispatch, wants, onState, onSignedOut, onReady, timers = browserTimers }) {
  let buffer = null; // events that came while a snapshot is on its way
  let mark = ""; // which snapshot long polling has
  let turn = 0;
  let failures = 0;
  const chasing = new Map(); // chat → tries so far

  const road = open({
    poll: { query: () => `known=${encodeURIComponent(mark)}`, onAnswer: takePolled },
    onEvent: receive,
    onState: changeState,
    onRefused: (code) => code === "unauthorised" && onSignedOut({ reason: code }),
  });

  function changeState(state) {
    onState(state);
    if (state === "live") refresh();
  }

  function receive(name, data) {
    if (name === "signed_out") onSignedOut(data ?? {});
    else if (name === "resync") refresh();
    else if (buffer) buffer.push([name, data]);
    else put(name, data);
  }

  function put(name, data) {
    dispatch(name, data);
    chase();
  }

  /** Subscribed already; buffer, take a fresh snapshot, then what came meanwhile. */
  async function refresh() {
    buffer ??= [];
    turn += 1;
    const asked = turn;
    const answer = await road.call("snapshot");
    if (asked !== turn) return;
    if (!answer.ok) return retryRefresh(answer, asked);
    failures = 0;
    takeSnapshot(answer);
  }

  function retryRefresh(answer, asked) {
    if (answer.error === "unauthorised") return onSignedOut({ reason: answer.error });
    failures += 1;
    timers.set(() => asked === turn && refresh(), backOff(failures, timers.random));
  }

  function takeSnapshot(answer) {
    const held = buffer ?? [];
    buffer = null;
    put("snapshot", answer);
    for (const [name, data] of held) put(name, data);
    onReady();
  }

  function takePolled(answer) {
    mark = answer.mark;
    turn += 1;
    takeSnapshot(answer);
  }

  function chase() {
    for (const id of Object.keys(wants())) if (!chasing.has(id)) catchUp(id, 0);
  }

  async function catchUp(id, tries) {
    chasing.set(id, tries);
    const wanted = wants()[id];
    const answer = wanted && (await road.call("sync", { chat: id, after: wanted.after }));
    if (answer?.ok) dispatch("synced", answer);
    else if (answer?.error === "not_found") dispatch("gone", { chat: id });
    if (!wants()[id]) return void chasing.delete(id);
    // What the database has not said yet it will say soon; what failed is tried again with a growing pause.
    const pause = answer?.ok && answer.more ? 0 : backOff(tries + 1, timers.random);
    timers.set(() => catchUp(id, tries + 1), pause);
  }

  /** After a pause in which nothing may have come: what stands open is compared with the database. */
  function wake() {
    road.wake?.();
    if (!buffer && mark === "") refresh();
  }

  return { call: road.call, close: road.close, refresh, wake, chase };
}
