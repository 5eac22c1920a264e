// The workplace behind the page: its signals, and what moves them. Components read signals and call functions of this.

import { batch, computed, effect, signal, untracked } from "@preact/signals";

import { t } from "../shared/i18n.js";
import { createOutbox } from "../shared/outbox.js";
import { createAlerts, noticesOf, wantedCount } from "./alerts.js";
import { createAsks, createCommands } from "./commands.js";
import { createDrafts } from "./drafts.js";
import { createLink } from "./link.js";
import { arrange, isWished, loadOf, matches, settle } from "./lists.js";
import { createPreferences } from "./preferences.js";
import { apply, emptyState, firstUnseen } from "./store.js";
import { operatorName } from "../cabinet/people.js";
import { visitorName } from "./words.js";

const TOAST_MS = 7000;
const LOST_MS = 2000;

/** Everything that components read; nothing here talks to the server. */
function createSignals({ boot, page, storage }) {
  const preferences = createPreferences(storage);
  return {
    boot, page, preferences,
    state: signal(emptyState),
    connection: signal("connecting"),
    brokenAt: signal(Date.now()),
    selected: signal(page.chatInAddress()),
    outbox: signal([]),
    toasts: signal([]),
    dialog: signal(null),
    signedOut: signal(null),
    now: signal(Date.now()),
    theme: signal(boot.theme === "system" ? systemTheme() : boot.theme),
    isHere: signal(page.isHere()),
    isAtEnd: signal(true),
    isCardOpen: signal(page.hasCardRoom() && preferences.card.value === "shown"),
    heldList: signal(null),
    focusedRow: signal(null),
    search: signal(""),
    wish: signal(page.wishInAddress()),
    announcement: signal(""),
    answerBox: signal(null),
    drafts: createDrafts(storage, boot.me.id),
  };
}

function systemTheme() {
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** What follows from the signals. */
function derive({ state, now, heldList, search, wish, selected, focusedRow, brokenAt }) {
  let shown = { awaiting: [], mine: [], others: [] };
  const lists = computed(() => {
    const { isReady, chats, me, settings } = state.value;
    if (!isReady) return shown;
    const wanted = arrange(chats, me, settings.auto_assignment);
    const next = Object.fromEntries(Object.keys(wanted).map((name) => [name, settle(shown[name], wanted[name], heldList.value === name)]));
    if (Object.keys(next).some((name) => next[name] !== shown[name])) shown = next;
    return shown;
  });
  const wished = computed(() => (wish.value ? onlyWished(lists.value, wish.value, state.value.chats) : lists.value));
  const filtered = computed(() => found(wished.value, search.value.trim(), state));
  return {
    lists,
    filtered,
    load: computed(() => (state.value.isReady ? loadOf(state.value.chats, state.value.me.id, state.value.settings) : 0)),
    limit: computed(() => state.value.me?.max_chats ?? state.value.settings.max_chats_per_operator),
    wanted: computed(() => (state.value.isReady ? wantedCount(state.value, lists.value) : 0)),
    serverNow: computed(() => now.value + state.value.clockOffset),
    isLost: computed(() => brokenAt.value !== null && now.value - brokenAt.value > LOST_MS),
    tabStop: computed(() => {
      const all = [...filtered.value.awaiting, ...filtered.value.mine, ...filtered.value.others];
      return [focusedRow.value, selected.value].find((id) => all.includes(id)) ?? all[0];
    }),
  };
}

/** The lists as a number of the main page counts them. */
function onlyWished(lists, wish, chats) {
  return Object.fromEntries(Object.entries(lists).map(([name, ids]) => [name, ids.filter((id) => chats[id] && isWished(wish, chats[id]))]));
}

/** The lists as the search box leaves them, with the first row that answers to it. */
function found(lists, words, state) {
  if (!words) return { ...lists, first: null, isNothing: false };
  const { chats, departments, operators } = state.value;
  const isFound = (id) => {
    const chat = chats[id];
    const { email, phone } = chat.visitor;
    return matches(words, visitorName(chat.visitor), email, phone, chat.last?.body, departments[chat.department_id]?.name, operatorName(operators[chat.operator_id]));
  };
  const result = Object.fromEntries(Object.entries(lists).map(([name, ids]) => [name, ids.filter(isFound)]));
  const [first] = [...result.awaiting, ...result.mine, ...result.others];
  return { ...result, first, isNothing: !first };
}

export function createWorkplace({ boot, open, storage, createSound, page }) {
  const workplace = createSignals({ boot, page, storage });
  Object.assign(workplace, derive(workplace));
  const { state, selected, isHere, isAtEnd, connection, brokenAt, toasts, preferences } = workplace;
  let pressed = null; // the chat that was opened by a press: its answer box may take the focus
  let isTesting = false;
  const handedOn = new Set(); // chats that go out of sight by this page's own redirect

  const sound = createSound({ isOn: () => isTesting || preferences.sound.value === "on" });
  const alerts = createAlerts({
    sound,
    isWatching: (id) => isHere.value && selected.value === id,
    isAway: () => !isHere.value,
    onPress: (id) => select(id, { isPressed: true }),
  });

  function dispatch(name, data) {
    const before = state.peek();
    if (name === "disconnected") return toast({ kind: "disconnected", by: data.by, stays: true });
    // It comes before the change with which the chat may go out of sight.
    if (name === "returned" && before.chats[data.chat]) toast({ kind: "returned", chat: before.chats[data.chat], reason: data.reason });
    const after = apply(before, name, data, Date.now());
    if (after === before) return;
    batch(() => {
      state.value = after;
      for (const notice of noticesOf(before, after)) hear(notice, before);
      const open = before.chats[selected.peek()];
      if (open && !after.chats[open.id]) leave({ kind: handedOn.delete(open.id) ? "redirected" : "gone", chat: open });
    });
  }

  function hear(notice, before) {
    const { kind, chat } = notice;
    alerts.tell(notice);
    const name = visitorName(chat.visitor);
    if (kind !== "message") workplace.announcement.value = t("{name} waits for an answer", { name });
    else if (chat.id === selected.peek()) workplace.announcement.value = t("{name}: {text}", { name, text: chat.last.body });
    const isSeen = isHere.peek() && isAtEnd.peek();
    if (kind !== "message" || chat.id !== selected.peek() || isSeen || state.peek().opened[chat.id]?.divider !== null) return;
    // The line "New" stands above the first message that came while nobody looked.
    dispatch("divided", { chat: chat.id, seq: before.chats[chat.id].last_seq + 1 });
  }

  function leave(what) {
    selected.value = null;
    page.show(null);
    toast(what);
  }

  const link = createLink({
    open,
    dispatch,
    wants: () => state.peek().wants,
    onState(value) {
      connection.value = value;
      brokenAt.value = value === "live" || value === "polling" ? null : (brokenAt.peek() ?? Date.now());
    },
    onSignedOut(data) {
      workplace.signedOut.value = data;
      link.close();
    },
    onReady() {
      post.wake();
      if (selected.peek() && !state.peek().opened[selected.peek()]) load(selected.peek());
    },
  });

  const post = createOutbox({
    storage,
    key: `otvet.outbox.${boot.me.id}`,
    send: ({ chat, client_id, body }) => link.call("post", { chat, client_id, body }),
    onChange: (entries) => (workplace.outbox.value = entries),
    onSent: (entry, answer) => dispatch("posted", ownMessage(entry, answer)),
  });
  workplace.outbox.value = post.entries();

  function ownMessage({ chat, client_id, body }, { seq, revision, at }) {
    const { id, name, photo } = state.peek().me ?? boot.me;
    return { chat, seq, revision, at, body, client_id, author: "operator", operator: { id, name, photo } };
  }

  async function load(id) {
    const answer = await link.call("open", { chat: id });
    if (answer.ok) dispatch("opened", answer);
    else if (selected.peek() === id && !state.peek().opened[id] && answer.error !== "no_answer") leave({ kind: "refused", answer });
    link.chase();
  }

  /** Shows a chat in the middle pane (null: none). Only a press may bring the focus along. */
  function select(id, { isPressed = false } = {}) {
    pressed = isPressed ? id : null;
    if (isPressed && id === selected.peek()) workplace.answerBox.peek()?.focus();
    if (selected.peek() === id) return;
    batch(() => {
      selected.value = id;
      isAtEnd.value = true;
      if (page.isNarrow()) workplace.isCardOpen.value = false;
      const entry = state.peek().opened[id];
      if (entry) dispatch("divided", { chat: id, seq: firstUnseen(state.peek().chats[id], entry.messages) });
    });
    page.show(id);
    if (id && state.peek().isReady && !state.peek().opened[id]) load(id);
  }

  /** A line that stands for some seconds, or until it is dismissed: {kind, stays, …}; its words are made where it is drawn. */
  function toast(what) {
    const one = { key: `${Date.now()}-${Math.random()}`, ...what };
    toasts.value = [...toasts.peek().slice(-2), one];
    if (!one.stays) setTimeout(() => dismiss(one.key), TOAST_MS);
  }

  function dismiss(key) {
    toasts.value = toasts.peek().filter((one) => one.key !== key);
  }

  /** From what a number of the main page counted back to everything. */
  function showAll() {
    workplace.wish.value = null;
    page.forgetWish();
  }

  function toggleCard() {
    workplace.isCardOpen.value = !workplace.isCardOpen.peek();
    if (page.hasCardRoom()) preferences.set("card", workplace.isCardOpen.peek() ? "shown" : "hidden");
  }

  function testSound() {
    sound.unlock();
    isTesting = true;
    sound.play("assigned");
    isTesting = false;
  }

  Object.assign(workplace, { handedOn, sound, alerts, link, post, dispatch, select, toast, dismiss, toggleCard, showAll, testSound });
  workplace.commands = createCommands(workplace);
  workplace.ask = createAsks(workplace);
  workplace.takesFocus = (id) => pressed === id && matchMedia("(pointer: fine)").matches && !isTyping();
  bindReading(workplace);
  return workplace;
}

function isTyping() {
  return Boolean(document.activeElement?.matches("input, textarea"));
}

/** What stands before the eyes of its operator is read: chat open, window focused, end in sight. */
function bindReading({ state, selected, isHere, isAtEnd, commands }) {
  const told = new Map();
  effect(() => {
    const { chats, opened, me } = state.value;
    const chat = chats[selected.value];
    const entry = chat && opened[chat.id];
    if (!entry || !isHere.value || !isAtEnd.value || chat.operator_id !== me.id || chat.read.operator >= chat.last_seq) return;
    if ((told.get(chat.id) ?? 0) >= chat.last_seq) return;
    told.set(chat.id, chat.last_seq);
    untracked(async () => {
      const answer = await commands.read(chat.id, chat.last_seq);
      if (!answer.ok) told.delete(chat.id);
    });
  });
}
