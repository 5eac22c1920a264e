// The three lists of the workplace: where a chat stands, in what order, and how the order holds still under a hand.

import { isOpen } from "./store.js";

/** Whether the person can answer the chat, whatever their status: department, language, and nobody else asked for. */
export function canAnswer(me, chat) {
  return (
    (chat.requested_operator_id === null || chat.requested_operator_id === me.id) &&
    (chat.department_id === null || me.department_ids.includes(chat.department_id)) &&
    (!me.languages.length || me.languages.includes(chat.language))
  );
}

/** Which list a chat stands in: "awaiting", "mine" or "others"; null for one that has ended. */
export function placement(chat, me, autoAssignment) {
  if (!isOpen(chat)) return null;
  if (chat.operator_id === me.id) return chat.state === "queue" ? "awaiting" : "mine";
  const isFree = chat.state === "queue" && chat.operator_id === null;
  return isFree && !autoAssignment && canAnswer(me, chat) ? "awaiting" : "others";
}

/** Whether nobody answers for the chat yet. */
export function isWaiting(chat) {
  return chat.state === "queue" && chat.operator_id === null;
}

const compare = (one, other) => (one < other ? -1 : one > other ? 1 : 0);

const byQueue = (one, other) => compare(one.queued_at, other.queued_at) || compare(one.id, other.id);

/** Who waits for an answer comes first, the longest waiting above; the answered ones by their last words, latest above. */
function byNeed(one, other) {
  if (one.waiting_since && other.waiting_since) return compare(one.waiting_since, other.waiting_since) || byQueue(one, other);
  if (one.waiting_since || other.waiting_since) return one.waiting_since ? -1 : 1;
  return compare(other.last?.at ?? other.started_at, one.last?.at ?? one.started_at) || byQueue(one, other);
}

const byQueueThenColleague = (one, other) => Number(isWaiting(other)) - Number(isWaiting(one)) || byQueue(one, other);

const ORDERS = { awaiting: byQueue, mine: byNeed, others: byQueueThenColleague };

/** The ids of each list in the order they want to stand in. */
export function arrange(chats, me, autoAssignment) {
  const lists = { awaiting: [], mine: [], others: [] };
  for (const chat of Object.values(chats)) lists[placement(chat, me, autoAssignment)]?.push(chat);
  return Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, list.sort(ORDERS[name]).map((chat) => chat.id)]));
}

/** The order to show: the wanted one, or, while a pointer or the focus is in the list, the shown one with newcomers below. */
export function settle(shown, wanted, isHeld) {
  const next = isHeld ? held(shown, wanted) : wanted;
  return next.length === shown.length && next.every((id, index) => id === shown[index]) ? shown : next;
}

function held(shown, wanted) {
  const staying = new Set(wanted);
  const known = new Set(shown);
  return [...shown.filter((id) => staying.has(id)), ...wanted.filter((id) => !known.has(id))];
}

/** What the page's address asks to see: {show: "online" | "waiting", department, operator}; null where it asks for all. */
export function wish(search) {
  const asked = new URLSearchParams(search);
  const number = (name) => (/^\d{1,9}$/.test(asked.get(name) ?? "") ? Number(asked.get(name)) : null);
  const show = asked.get("show");
  return show === "online" || show === "waiting" ? { show, department: number("department"), operator: number("operator") } : null;
}

/** Whether a chat is among those that a number of the main page counts. */
export function isWished({ show, department, operator }, chat) {
  if (!isOpen(chat) || isWaiting(chat) !== (show === "waiting")) return false;
  if (department !== null && (chat.department_id ?? 0) !== department) return false;
  return operator === null || chat.operator_id === operator;
}

/** How many open chats count towards the person's limit: where the settings say so, those with a silent visitor do not. */
export function loadOf(chats, operatorId, settings) {
  const counts = (chat) => isOpen(chat) && !(chat.is_silent && settings.silent_chats_leave_limit);
  return Object.values(chats).filter((chat) => chat.operator_id === operatorId && counts(chat)).length;
}

const LONG_SECONDS = 60;
const LATE_SECONDS = 180;

/** How a wait looks: "calm", "long" after a minute, "late" after three. */
export function gradeOfWait(seconds) {
  if (seconds >= LATE_SECONDS) return "late";
  return seconds >= LONG_SECONDS ? "long" : "calm";
}

/** Whether a chat answers to what was typed into the search box; every word must be found somewhere. */
export function matches(words, ...texts) {
  const haystack = texts.filter(Boolean).join("\n").toLocaleLowerCase();
  return words.toLocaleLowerCase().split(/\s+/).every((word) => haystack.includes(word));
}
