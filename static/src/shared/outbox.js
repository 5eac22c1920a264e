// Messages on their way: written to storage before the first try, sent one at a time per chat, tried again under the
// same client_id until the server has said yes, or no for good. What failed stays until its author retries or discards it.

import { newId } from "./ids.js";
import { backOff, browserTimers } from "./timers.js";

const RETRIABLE = new Set(["no_answer", "internal", "too_fast", "unauthorised"]);
// Another tab's message is its own to send; this one takes it over only when that tab seems to be gone.
const ADOPTION_MS = 5_000;

/** Whether an answer says no for good. */
export function isFinal(answer) {
  return !answer.ok && !RETRIABLE.has(answer.error);
}

/** How long to wait after an unsuccessful try: what the server said, or the usual back-off. */
export function pause(answer, attempt, random) {
  const asked = answer.retry_after ? answer.retry_after * 1000 : 0;
  return Math.max(asked, backOff(attempt, random));
}

/** The entries after an event: "added", "tried" (with the answer), "retried", "dropped". An entry is
 *  { client_id, chat, body, order, state: "waiting" | "failed", attempts, next_at, error?, message? }. */
export function reduce(entries, event) {
  const change = (edit) => entries.map((entry) => (entry.client_id === event.client_id ? edit(entry) : entry));
  switch (event.type) {
    case "added":
      if (entries.some((entry) => entry.client_id === event.entry.client_id)) return entries;
      return [...entries, event.entry].sort((one, other) => one.order - other.order);
    case "tried":
      if (event.answer.ok) return entries.filter((entry) => entry.client_id !== event.client_id);
      return change((entry) => afterRefusal(entry, event));
    case "retried":
      return change((entry) => ({ ...entry, state: "waiting", attempts: 0, next_at: 0, error: null, message: null }));
    case "dropped":
      return entries.filter((entry) => entry.client_id !== event.client_id);
    default:
      return entries;
  }
}

function afterRefusal(entry, { answer, now, random }) {
  const attempts = entry.attempts + 1;
  if (isFinal(answer)) return { ...entry, attempts, state: "failed", error: answer.error, message: answer.message ?? null };
  return { ...entry, attempts, next_at: now + pause(answer, attempts, random) };
}

/** The first waiting entry of each chat: one message in flight per chat keeps the order they were written in. */
export function heads(entries) {
  const first = new Map();
  for (const entry of entries) {
    if (entry.state === "waiting" && !first.has(entry.chat)) first.set(entry.chat, entry);
  }
  return [...first.values()];
}

/** An outbox on a storage. `send(entry)` promises the server's answer; `onSent(entry, answer)` comes before the entry leaves. */
export function createOutbox({ storage, key, send, onChange = () => {}, onSent = () => {}, timers = browserTimers }) {
  const prefix = `${key}:`;
  const flying = new Set();
  let entries = load(storage, prefix);
  let timer = null;
  let order = 0;
  let isClosed = false;

  function store(entry) {
    try {
      storage.setItem(prefix + entry.client_id, JSON.stringify(entry));
    } catch {
      // A full storage costs survival of a reload, not the message itself: memory still holds it.
    }
  }

  function dispatch(event) {
    const before = entries;
    entries = reduce(entries, event);
    if (entries === before) return;
    for (const entry of entries) if (!before.includes(entry)) store(entry);
    for (const entry of before) {
      if (!entries.some((kept) => kept.client_id === entry.client_id)) storage.removeItem(prefix + entry.client_id);
    }
    onChange(entries);
  }

  async function attempt(entry) {
    flying.add(entry.chat);
    let answer;
    try {
      answer = await send(entry);
    } catch {
      answer = { ok: false, error: "no_answer" };
    }
    flying.delete(entry.chat);
    if (isClosed) return;
    if (answer.ok) onSent(entry, answer);
    dispatch({ type: "tried", client_id: entry.client_id, answer, now: timers.now(), random: timers.random });
    pump();
  }

  function pump() {
    if (isClosed) return;
    timers.clear(timer);
    const now = timers.now();
    const free = heads(entries).filter((entry) => !flying.has(entry.chat));
    for (const entry of free.filter((entry) => entry.next_at <= now)) attempt(entry);
    const later = free.filter((entry) => entry.next_at > now).map((entry) => entry.next_at);
    if (later.length) timer = timers.set(pump, Math.min(...later) - now);
  }

  /** Takes a message in; it is in storage before this returns. */
  function add(fields) {
    order = Math.max(order + 1, timers.now());
    const entry = { client_id: newId(), ...fields, order, state: "waiting", attempts: 0, next_at: 0 };
    dispatch({ type: "added", entry });
    pump();
    return entry;
  }

  /** Tries everything that waits at once: the connection is back. */
  function wake() {
    entries = entries.map((entry) => (entry.next_at ? { ...entry, next_at: 0 } : entry));
    pump();
  }

  /** What another tab wrote or removed (the window's `storage` event). */
  function hear({ key: name, newValue }) {
    if (!name?.startsWith(prefix)) return;
    if (newValue === null) dispatch({ type: "dropped", client_id: name.slice(prefix.length) });
    else adopt(parse(newValue));
    pump();
  }

  function adopt(entry) {
    if (entry) dispatch({ type: "added", entry: { ...entry, next_at: timers.now() + ADOPTION_MS } });
  }

  function retry(clientId) {
    dispatch({ type: "retried", client_id: clientId });
    pump();
  }

  function close() {
    isClosed = true;
    timers.clear(timer);
  }

  pump();
  return {
    add,
    retry,
    discard: (clientId) => dispatch({ type: "dropped", client_id: clientId }),
    wake,
    hear,
    close,
    entries: () => entries,
  };
}

function parse(text) {
  try {
    const entry = JSON.parse(text);
    return entry && typeof entry.client_id === "string" && typeof entry.body === "string" ? entry : null;
  } catch {
    return null;
  }
}

function load(storage, prefix) {
  const names = Array.from({ length: storage.length }, (_, index) => storage.key(index));
  return names
    .filter((name) => name?.startsWith(prefix))
    .map((name) => parse(storage.getItem(name)))
    .filter(Boolean)
    .map((entry) => ({ ...entry, next_at: 0 }))
    .sort((one, other) => one.order - other.order);
}
