// The window's side of the protocol (docs/protocol.md): enters, stays connected, keeps the log equal to the database,
// sends what is written and says what has been read.

import { batch, effect } from "@preact/signals";

import { newId } from "../shared/ids.js";
import { applyChange, applyOwn, applySync, emptyLog, needsSync } from "../shared/log.js";
import { createOutbox, isFinal, pause } from "../shared/outbox.js";
import { backOff, browserTimers } from "../shared/timers.js";
import { connect, createHttp } from "../shared/transport.js";
import { isOpen, readMark } from "./state.js";
import * as store from "./store.js";

const TOKEN = "otvet.token";
const START = "otvet.start";
const TYPING_EVERY_MS = 1_000;
const TYPING_LASTS_MS = 6_000;

const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

let boot = null;
let transport = null;
let outbox = null;
let token = null;
let syncing = null;
let readSent = "";
let typingTimer = null;
let typingEnds = null;
let typedText = "";
let toldText = "";

const http = {
  base: "/visitor/api",
  headers: () => (token ? { Authorization: `Bearer ${token}` } : {}),
};

/** Begins: recognised by this browser's token, or as a new visitor; `onMessage` hears of every message of an operator. */
export async function begin(given, onMessage) {
  boot = given;
  token = store.storage.getItem(TOKEN);
  await enter();
  outbox = createOutbox({ storage: store.storage, key: "otvet.outbox", send: post, onChange: (list) => (store.entries.value = list), onSent: sent });
  store.entries.value = outbox.entries();
  transport = connect({
    namespace: "/visitor",
    auth: () => ({ token, ...page() }),
    http,
    poll: { query: () => String(new URLSearchParams({ after: store.log.value.revision, ...page() })), onAnswer: takeRows },
    onEvent: (name, data) => hear[name]?.(data),
    onState: moved,
    onRefused: (code) => (code === "unauthorised" ? enterAnew() : null),
  });
  watch(onMessage);
}

// ── who we are ──

/** Where the window stands, as far as it matters for who answers there. */
function page() {
  return { placement: boot.placement, ...(boot.department && { snippet_department: boot.department }) };
}

async function enter() {
  const { post: ask } = createHttp({ http });
  for (let attempt = 1; ; attempt += 1) {
    const answer = await ask("enter", { ...page(), language: boot.language });
    if (answer.ok) return entered(answer);
    store.connection.value = "offline";
    await wait(pause(answer, attempt, browserTimers.random));
  }
}

function entered(answer) {
  if (answer.token) store.storage.setItem(TOKEN, (token = answer.token));
  batch(() => {
    store.visitor.value = answer.visitor;
    store.availability.value = answer.availability;
    store.queue.value = answer.queue;
    store.log.value = applySync(emptyLog, answer);
    store.isEntered.value = true;
  });
  if (store.hasChat.value) store.ownStorage.removeItem(START);
  markUnread();
}

/** The token ended: the server makes a new one. What was written stays in the outbox. */
async function enterAnew() {
  store.storage.removeItem(TOKEN);
  token = null;
  await enter();
}

// ── keeping equal to the database ──

function takeRows(answer) {
  batch(() => {
    store.log.value = applySync(store.log.value, answer);
    if ("queue" in answer) store.queue.value = answer.queue;
    if (answer.availability) store.availability.value = answer.availability;
  });
  if (needsSync(store.log.value)) sync();
}

async function catchUp() {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await transport.call("sync", { after: store.log.value.revision, ...page() });
    if (answer.ok) {
      takeRows(answer);
      if (!needsSync(store.log.value)) return;
    } else if (isFinal(answer)) return;
    else if (answer.error === "unauthorised") await enterAnew();
    else await wait(backOff(attempt, browserTimers.random));
  }
}

/** Asks for what is missing; one question is under way at a time. */
function sync() {
  syncing ??= catchUp().finally(() => {
    syncing = null;
    if (needsSync(store.log.value)) sync();
  });
  return syncing;
}

const hear = {
  change(change) {
    store.log.value = applyChange(store.log.value, change);
    if (needsSync(store.log.value)) sync();
  },
  typing({ chat, is_typing: isTyping }) {
    if (chat !== store.chat.value?.id) return;
    store.operatorTypes.value = isTyping;
    clearTimeout(typingEnds);
    typingEnds = setTimeout(() => (store.operatorTypes.value = false), TYPING_LASTS_MS);
  },
  queue: (queue) => (store.queue.value = queue),
  availability: (availability) => (store.availability.value = availability),
};

function moved(state) {
  store.connection.value = state;
  if (state !== "live" && state !== "polling") return;
  outbox.wake();
  sync();
}

// ── what the visitor does ──

function post(entry) {
  return transport.call("post", { chat: entry.chat, client_id: entry.client_id, body: entry.body });
}

function sent({ chat, client_id, body }, { seq, revision, at }) {
  store.log.value = applyOwn(store.log.value, { chat, client_id, body, seq, revision, at, author: "visitor" });
}

/** Sends a message of the open chat. */
export function send(body) {
  store.unreadFrom.value = null;
  typing("");
  outbox.add({ chat: store.chat.value.id, body });
}

export function retry(entry) {
  outbox.retry(entry.client_id);
}

export function discard(entry) {
  outbox.discard(entry.client_id);
}

/** Starts a chat with the form's fields; tries until the server has said yes or no, under one client_id over reloads too. */
export async function start(form) {
  store.starting.value = { isBusy: true, fields: {}, message: "" };
  const client_id = store.ownStorage.getItem(START) || newId();
  store.ownStorage.setItem(START, client_id);
  const payload = { ...form, client_id, placement: boot.placement, language: boot.language };
  let answer = await transport.call("start", payload);
  for (let attempt = 1; !answer.ok && !isFinal(answer); attempt += 1) {
    await wait(pause(answer, attempt, browserTimers.random));
    answer = await transport.call("start", payload);
  }
  store.ownStorage.removeItem(START);
  store.starting.value = { isBusy: false, fields: answer.fields ?? {}, message: answer.ok ? "" : (answer.message ?? "") };
  if (answer.ok) await started(answer, client_id, form.first_question);
  return answer.ok;
}

async function started({ chat }, client_id, question) {
  batch(() => {
    store.isAgain.value = false;
    store.wish.value = { message: "", department: "" };
    store.log.value = applySync(store.log.value, { revision: 0, chats: [chat] });
  });
  await sync();
  // Another tab was first, and the chat is the one it began: then the question goes into that one.
  const isThere = (store.log.value.messages[chat.id] ?? []).some((message) => message.client_id === client_id);
  if (question && !isThere) outbox.add({ chat: chat.id, client_id, body: question });
}

/** Begins anew after an end, with the words that the chat did not take any more: kept in the form before they leave it. */
export function writeAgain() {
  const left = store.chatEntries.value;
  if (left.length) store.keepDraft(null, JSON.stringify({ first_question: left.map(({ body }) => body).join("\n") }));
  store.isAgain.value = true;
  for (const entry of left) discard(entry);
}

/** Ends the chat; promises whether the server agreed. */
export async function close() {
  const answer = await transport.call("close", { chat: store.chat.value.id });
  if (answer.ok || isFinal(answer)) sync();
  return answer.ok;
}

/** Tells the operator what stands in the box: at most once a second, the last state always. */
export function typing(text) {
  typedText = text;
  if (typingTimer || typedText === toldText || !isOpen(store.chat.value)) return;
  toldText = typedText;
  transport.call("typing", { chat: store.chat.value.id, text: typedText.slice(0, 1000) });
  typingTimer = setTimeout(() => {
    typingTimer = null;
    typing(typedText);
  }, TYPING_EVERY_MS);
}

// ── what follows by itself ──

function markUnread() {
  if (store.unreadFrom.value || !store.unread.value) return;
  const read = store.chat.value.read.visitor;
  store.unreadFrom.value = store.messages.value.find((message) => message.author === "operator" && message.seq > read).seq;
}

function sendRead() {
  const mark = readMark(store.chat.value, store.messages.value);
  const name = `${store.chat.value?.id}/${mark}`;
  if (mark === null || name === readSent || !store.isShown.value || !store.isFocused.value) return;
  readSent = name;
  transport.call("read", { chat: store.chat.value.id, seq: mark }).then((answer) => {
    // Not answered: the next look at the chat, or the next connection, says it again.
    if (!answer.ok) readSent = "";
  });
}

function watch(onMessage) {
  let last = store.messages.value.length;
  effect(() => {
    const { value: list } = store.messages;
    const latest = list[list.length - 1];
    if (list.length > last && latest.author === "operator") {
      store.operatorTypes.value = false;
      onMessage(latest);
    }
    last = list.length;
    if (!store.isShown.value || !store.isFocused.value) markUnread();
    if (store.connection.value !== "offline") sendRead();
  });
  addEventListener("storage", (event) => {
    outbox.hear(event);
    if (event.key === TOKEN && event.newValue && event.newValue !== token && !store.chat.value) location.reload();
  });
  addEventListener("online", transport.wake);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    transport.wake();
    sync();
  });
}
