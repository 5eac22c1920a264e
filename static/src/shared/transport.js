// One way to the server with two roads: Socket.IO over WebSocket, and the same commands over HTTP with long polling
// where WebSocket is blocked. A command goes over whichever road is open now; the socket is tried again all the time.

import { io } from "socket.io-client";

import { backOff, browserTimers } from "./timers.js";

const FAILURES_BEFORE_POLLING = 2;
const ANSWER_MS = 10_000;
// A proxy that takes a WebSocket and then says nothing must not hold us up for the library's own 20 s.
const CONNECT_MS = 5_000;
const NO_ANSWER = Object.freeze({ ok: false, error: "no_answer" });

/**
 * Connects a plane. States for `onState`: "connecting", "live" (socket), "polling" (HTTP), "offline" (neither answers).
 *   namespace  "/visitor" or "/operator"
 *   auth       () => the handshake's identity
 *   http       { base: "/visitor/api", headers: () => ({…}) }
 *   poll       { query: () => "after=41", onAnswer: (answer) => … }
 *   onEvent    (name, data) for everything that the server sends over the socket
 *   onRefused  (code) when the server does not accept the identity; may promise a new one
 */
export function connect(options) {
  const plane = { ...options, timers: options.timers ?? browserTimers };
  const report = reporter(plane.onState);
  const http = createHttp(plane);
  const poller = createPoller(plane, http, report);
  const socket = createSocket(plane, report, poller);

  /** Sends a command and promises its answer; never rejects: no answer at all is `{ok: false, error: "no_answer"}`. */
  function call(command, payload = {}, { timeout = ANSWER_MS } = {}) {
    return socket.isLive() ? socket.ask(command, payload, timeout) : http.post(command, payload, timeout);
  }

  function close() {
    socket.close();
    poller.stop();
  }

  return { call, close, wake: socket.wake };
}

function reporter(onState) {
  let last = null;
  return (state) => {
    if (state !== last) onState?.((last = state));
  };
}

/** The plane's commands over HTTP alone: `post(command, payload)` promises an answer and never rejects. */
export function createHttp({ http, fetch = globalThis.fetch.bind(globalThis), timers = browserTimers }) {
  async function request(path, init, timeout) {
    const stop = new AbortController();
    init.signal?.addEventListener("abort", () => stop.abort());
    const timer = timers.set(() => stop.abort(), timeout);
    try {
      const headers = { "Content-Type": "application/json", ...http.headers() };
      const response = await fetch(`${http.base}/${path}`, { ...init, headers, signal: stop.signal, cache: "no-store" });
      return await readAnswer(response);
    } catch {
      return NO_ANSWER;
    } finally {
      timers.clear(timer);
    }
  }

  return {
    post: (command, payload, timeout = ANSWER_MS) => request(command, { method: "POST", body: JSON.stringify(payload) }, timeout),
    get: (path, signal, timeout) => request(path, { method: "GET", signal }, timeout),
  };
}

async function readAnswer(response) {
  const answer = await response.json().catch(() => null);
  // A proxy's error page is no answer of ours: the same command may be sent again.
  return answer && typeof answer.ok === "boolean" ? answer : NO_ANSWER;
}

function createPoller({ poll, timers }, http, report) {
  let stop = null;

  async function run(signal) {
    let failures = 0;
    while (!signal.aborted) {
      const answer = await http.get(`events?${poll.query()}`, signal, 40_000);
      if (signal.aborted) return;
      failures = answer.ok ? 0 : failures + 1;
      report(answer.ok ? "polling" : "offline");
      if (answer.ok) poll.onAnswer(answer);
      else await new Promise((resume) => timers.set(resume, backOff(failures, timers.random)));
    }
  }

  return {
    start() {
      if (stop || !poll) return;
      stop = new AbortController();
      run(stop.signal);
    },
    stop() {
      stop?.abort();
      stop = null;
    },
    isRunning: () => stop !== null,
  };
}

/** Our server refuses with a code; a blocked or broken road fails with a sentence of the library's. */
function isRefusal(error) {
  return /^[a-z]+(_[a-z]+)*$/.test(error?.message ?? "") && error.message !== "timeout";
}

function createSocket(plane, report, poller) {
  const { timers } = plane;
  const open = plane.io ?? io;
  // Its own reconnection is off: ours can be hurried along when the network or the page comes back.
  const socket = open(plane.namespace, {
    transports: ["websocket"],
    reconnection: false,
    timeout: CONNECT_MS,
    auth: (give) => give(plane.auth()),
  });
  let failures = 0;
  let timer = null;
  let isClosed = false;

  function again(delay) {
    timers.clear(timer);
    if (!isClosed) timer = timers.set(() => socket.connect(), delay);
  }

  function down() {
    failures += 1;
    if (!poller.isRunning()) report("connecting");
    if (failures >= FAILURES_BEFORE_POLLING) {
      if (plane.poll) poller.start();
      else report("offline");
    }
    again(backOff(failures, timers.random));
  }

  // Silence on an open socket is a line that died without a word: start a fresh one.
  function renew() {
    if (!socket.connected) return;
    socket.disconnect();
    again(0);
  }

  socket.on("connect", () => {
    failures = 0;
    poller.stop();
    report("live");
  });
  socket.on("disconnect", (reason) => {
    if (reason !== "io client disconnect") down();
  });
  socket.on("connect_error", async (error) => {
    if (isRefusal(error)) await plane.onRefused?.(error.message);
    down();
  });
  socket.onAny((name, data) => plane.onEvent?.(name, data));
  report("connecting");

  return {
    isLive: () => socket.connected,
    ask: (command, payload, timeout) =>
      new Promise((resolve) => {
        socket.timeout(timeout).emit(command, payload, (error, answer) => {
          resolve(!error && answer && typeof answer.ok === "boolean" ? answer : NO_ANSWER);
          if (error) renew();
        });
      }),
    wake() {
      if (!socket.connected) again(0);
    },
    close() {
      isClosed = true;
      timers.clear(timer);
      socket.disconnect();
    },
  };
}
