// What a client knows of its chats, kept equal to the database by revisions (docs/protocol.md, "Delivery").
//
// A log is { revision, heard, chats: {id: Chat}, messages: {id: [Message by seq]} }: `revision` is where it stands,
// `heard` the latest revision that it has heard of. Reducers are pure; a live change is a hint, a sync answer the truth.

export const emptyLog = Object.freeze({ revision: 0, heard: 0, chats: {}, messages: {} });

/** What a client that stands at `own` does with a change: "apply", "drop" (it has it), or "gap" (something is missing). */
export function judge(own, change) {
  if (own >= change.revision) return "drop";
  return own === change.previous ? "apply" : "gap";
}

/** Whether the log has heard of something that it has not got. */
export function needsSync(log) {
  return log.heard > log.revision;
}

/** Messages in the order of their seq, each once; of two versions the later revision stays. */
export function mergeMessages(known, incoming) {
  if (!incoming?.length) return known;
  const last = known.length ? known[known.length - 1].seq : 0;
  if (incoming.length === 1 && incoming[0].seq > last) return [...known, incoming[0]];
  const bySeq = new Map(known.map((message) => [message.seq, message]));
  for (const message of incoming) {
    const present = bySeq.get(message.seq);
    if (!present || present.revision <= message.revision) bySeq.set(message.seq, message);
  }
  return [...bySeq.values()].sort((one, other) => one.seq - other.seq);
}

/** Read marks never go back. */
export function mergeRead(known, incoming) {
  return {
    visitor: Math.max(known?.visitor ?? 0, incoming?.visitor ?? 0),
    operator: Math.max(known?.operator ?? 0, incoming?.operator ?? 0),
  };
}

function withChat(chats, chat) {
  const known = chats[chat.id];
  return known && known.revision > chat.revision ? chats : { ...chats, [chat.id]: chat };
}

function withMessages(messages, incoming) {
  const result = { ...messages };
  for (const [chat, list] of groupByChat(incoming)) result[chat] = mergeMessages(result[chat] ?? [], list);
  return result;
}

function groupByChat(messages) {
  const groups = new Map();
  for (const message of messages) groups.set(message.chat, [...(groups.get(message.chat) ?? []), message]);
  return groups;
}

function changedChat(chat, change) {
  const last = (change.messages ?? []).reduce((highest, message) => Math.max(highest, message.seq), chat.last_seq ?? 0);
  return { ...chat, revision: change.revision, last_seq: last, read: mergeRead(chat.read, change.read) };
}

/** The log after a live change; when it does not fit, only `heard` moves and needsSync() says so. */
export function applyChange(log, change) {
  const verdict = judge(log.revision, change);
  if (verdict === "drop") return log;
  const heard = Math.max(log.heard, change.revision);
  const chat = change.view ?? log.chats[change.chat];
  if (verdict === "gap" || !chat) return { ...log, heard };
  return {
    revision: change.revision,
    heard,
    chats: withChat(log.chats, changedChat(chat, change)),
    messages: withMessages(log.messages, change.messages ?? []),
  };
}

/** The log after an answer of `sync` or `enter`; an answer with `more` leaves it asking for the rest. */
export function applySync(log, answer) {
  const revision = Math.max(log.revision, answer.revision);
  return {
    revision,
    heard: Math.max(log.heard, revision, answer.more ? answer.revision + 1 : 0),
    chats: (answer.chats ?? []).reduce(withChat, log.chats),
    messages: withMessages(log.messages, answer.messages ?? []),
  };
}

/** The log with one's own message as its acknowledgement names it: shown at once, without moving the revision. */
export function applyOwn(log, message) {
  return { ...log, messages: withMessages(log.messages, [message]) };
}
