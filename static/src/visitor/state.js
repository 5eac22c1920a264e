// What the window shows, decided from what it knows: pure functions, tested in Node.

import { dayKey } from "../shared/time.js";

const SAME_BREATH_MS = 5 * 60_000;

/** Whether the chat waits or is talked in. */
export function isOpen(chat) {
  return chat?.state === "queue" || chat?.state === "chatting";
}

/** The chat of the window: the open one, else the one that began last. */
export function currentChat(log) {
  const chats = Object.values(log.chats);
  chats.sort((one, other) => isOpen(one) - isOpen(other) || (one.started_at < other.started_at ? -1 : 1));
  return chats[chats.length - 1] ?? null;
}

/** Whether writing in a chat that has ended continues it; the server has the last word. */
export function goesOn(chat, withinHours, now) {
  if (!chat?.closed_at || !withinHours) return false;
  return now - Date.parse(chat.closed_at) < withinHours * 3_600_000;
}

/** The screen: "loading", "offline", "prechat", "chat" or "ended". `isAgain` is the wish to write after an end. */
export function screenOf({ isEntered, chat, isOnline, isAgain }) {
  if (!isEntered) return "loading";
  if (isOpen(chat)) return "chat";
  if (chat && !isAgain) return "ended";
  return isOnline ? "prechat" : "offline";
}

/** How many messages the visitor has not seen. */
export function unreadCount(chat, messages) {
  const read = chat?.read?.visitor ?? 0;
  return messages.filter((message) => message.author === "operator" && message.seq > read).length;
}

/** The seq up to which a visitor who looks at the chat now has seen it; null when there is nothing new to say. */
export function readMark(chat, messages) {
  const last = messages.length ? messages[messages.length - 1].seq : 0;
  return chat && last > (chat.read?.visitor ?? 0) ? last : null;
}

/** One's own message's mark: "waiting", "failed", "sent" or "seen". */
export function tickOf(item, chat) {
  if (item.entry) return item.entry.state;
  return item.message.seq <= (chat?.read?.operator ?? 0) ? "seen" : "sent";
}

function itemsOf(messages, entries) {
  const known = new Set(messages.map((message) => message.client_id).filter(Boolean));
  const sent = messages.map((message) => ({
    key: `m${message.seq}`,
    author: message.author,
    operator: message.operator ?? null,
    body: message.body,
    at: message.at,
    message,
  }));
  const waiting = entries.filter((entry) => !known.has(entry.client_id)).map((entry) => ({
    key: `e${entry.client_id}`,
    author: "visitor",
    operator: null,
    body: entry.body,
    at: new Date(entry.order).toISOString(),
    entry,
  }));
  return [...sent, ...waiting];
}

function isOneBreath(before, item) {
  const isSame = before.author === item.author && before.operator?.id === item.operator?.id;
  return isSame && item.author !== "system" && Date.parse(item.at) - Date.parse(before.at) < SAME_BREATH_MS;
}

/** The log as it is drawn: messages and what is on its way, days apart, the line above what is new, authors in groups. */
export function rowsOf({ messages, entries, unreadFrom, zone }) {
  const rows = [];
  let before = null;
  for (const item of itemsOf(messages, entries)) {
    const isNewDay = !before || dayKey(before.at, zone) !== dayKey(item.at, zone);
    const isFirstUnread = Boolean(unreadFrom && item.message?.seq === unreadFrom);
    if (isNewDay) rows.push({ kind: "day", key: `d${dayKey(item.at, zone)}`, at: item.at });
    if (isFirstUnread) rows.push({ kind: "unread", key: "unread" });
    const row = { kind: item.author === "system" ? "system" : "message", isFirst: true, isLast: true, ...item };
    const last = rows[rows.length - 1];
    if (last?.kind === "message" && isOneBreath(last, item)) {
      last.isLast = false;
      row.isFirst = false;
    }
    rows.push(row);
    before = item;
  }
  return rows;
}

/** The place in the queue, while nobody has the chat and the server tells it; else null. */
export function placeInQueue(chat, queue) {
  return chat?.state === "queue" && !chat.operator && queue?.chat === chat.id ? queue.position : null;
}
