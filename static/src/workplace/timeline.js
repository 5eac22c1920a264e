// What stands in the middle pane, from top to bottom: days, steps of the chat's life, messages, the line "New", messages on their way.

import { dayKey } from "../shared/time.js";

/** How many messages are drawn at once; older and newer ones are a scroll away. */
export const WINDOW = 200;

// Said by the messages themselves.
const SILENT_STEPS = new Set(["first_reply"]);

/** The part of the messages that is drawn; `end` counts messages hidden below (0 = down to the newest). */
export function windowOf(messages, end = 0) {
  const stop = Math.max(messages.length - end, Math.min(messages.length, WINDOW));
  return messages.slice(Math.max(0, stop - WINDOW), stop);
}

/** Which steps belong beside these messages: all, or those since the first of them where older ones are not drawn. */
function stepsBeside(steps, messages, isFromStart) {
  const from = isFromStart || !messages.length ? "" : messages[0].at;
  return steps.filter((step) => !SILENT_STEPS.has(step.step) && step.at >= from);
}

/**
 * The items to draw, each with a stable `key`:
 *   {type: "day", at} · {type: "step", step} · {type: "divider"} · {type: "message", message, isFollowing} · {type: "pending", entry}
 * Messages keep the order of their seq; steps stand where their time falls among them.
 */
export function timeline({ messages, steps, pending = [], divider = null, isFromStart = true, isToEnd = true, zone }) {
  const items = [];
  const waiting = stepsBeside(steps, messages, isFromStart);
  let day = null;
  const add = (at, item) => {
    const key = dayKey(at, zone);
    if (key !== day) items.push({ type: "day", key: `day-${(day = key)}`, at });
    items.push(item);
  };
  const addSteps = (before) => {
    while (waiting.length && (before === null || waiting[0].at <= before)) {
      const step = waiting.shift();
      add(step.at, { type: "step", key: `step-${step.at}-${step.step}`, step });
    }
  };
  for (const message of messages) {
    addSteps(message.at);
    if (message.seq === divider) items.push({ type: "divider", key: "divider" });
    add(message.at, { type: "message", key: `message-${message.seq}`, message, isFollowing: follows(items, message) });
  }
  if (isToEnd) {
    addSteps(null);
    for (const entry of onTheirWay(pending, messages)) items.push({ type: "pending", key: `pending-${entry.client_id}`, entry });
  }
  return items;
}

/** One author's messages within a minute stand together: name and picture are shown once. */
function follows(items, message) {
  const last = items[items.length - 1];
  if (last?.type !== "message" || last.message.author !== message.author) return false;
  const isSamePerson = last.message.operator?.id === message.operator?.id;
  return isSamePerson && Date.parse(message.at) - Date.parse(last.message.at) < 60_000;
}

/** What is still to be sent; an echo that came before the acknowledgement counts as sent. */
function onTheirWay(pending, messages) {
  const arrived = new Set(messages.map((message) => message.client_id).filter(Boolean));
  return pending.filter((entry) => !arrived.has(entry.client_id));
}

/** How far an operator's message has come: "sent" or "seen". */
export function tickOf(message, read) {
  return message.seq <= (read?.visitor ?? 0) ? "seen" : "sent";
}
