// The cabinet's one connection: it keeps the header live on every page and carries the commands of its screens.

import { connect } from "../shared/transport.js";

const operatorHandlers = new Set();
const stateHandlers = new Set();
const eventHandlers = new Set();
let line = null;
let state = "connecting";

/** Calls the handler with every card of an operator that changed: `{id, name, status, status_since, …}`. */
export function onOperator(handler) {
  operatorHandlers.add(handler);
}

/** Calls the handler with "connecting", "live", "polling" or "offline", now and whenever it changes. */
export function onState(handler) {
  stateHandlers.add(handler);
  handler(state);
}

/** Calls the handler with each event's name and data. */
export function onEvent(handler) {
  eventHandlers.add(handler);
}

/** Sends a command; an answer always comes, `{ok: false}` at worst. */
export function call(command, payload) {
  return line ? line.call(command, payload) : Promise.resolve({ ok: false, error: "no_answer" });
}

/** Opens the connection of the signed-in person. */
export function open(boot) {
  let mark = "";
  let wasLost = false;
  line = connect({
    namespace: "/operator",
    auth: () => ({}),
    http: { base: "/operator/api", headers: () => ({ "X-CSRFToken": boot.csrf }) },
    poll: {
      query: () => `known=${encodeURIComponent(mark)}`,
      onAnswer(answer) {
        mark = answer.mark ?? mark;
        tellAll(answer.operators);
        if (answer.chats) tell("snapshot", answer);
      },
    },
    onEvent: tell,
    onState(next) {
      // What happened while the line was cut is read once, whole.
      if (next === "live" && wasLost) call("snapshot").then((answer) => tellAll(answer.operators));
      wasLost ||= next !== "connecting" && next !== "live";
      if (next === "live") wasLost = false;
      state = next;
      for (const handler of stateHandlers) handler(next);
    },
    onRefused: (code) => code === "unauthorised" && leave(),
  });
  addEventListener("online", () => line.wake());
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && line.wake());
}

/** Hangs up: whoever signs out here need not be told so by the server. */
export function close() {
  line?.close();
}

function tellAll(operators) {
  for (const operator of operators ?? []) tell("operator", operator);
}

function tell(name, data) {
  if (name === "operator") for (const handler of operatorHandlers) handler(data);
  if (name === "signed_out") leave();
  for (const handler of eventHandlers) handler(name, data);
}

function leave() {
  location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
}
