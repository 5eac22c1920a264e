// The browser around the workplace: its address, focus, storage, theme and keys.

import { effect } from "@preact/signals";

import { t } from "../shared/i18n.js";
import { commandOf } from "./keys.js";
import { wish } from "./lists.js";
import { mayOf } from "./store.js";

const NARROW = "(max-width: 719px)";
const REMIND_MS = 20_000;

/** The page's address and whether somebody looks at it. */
export function createPage() {
  return {
    isHere: () => document.visibilityState === "visible" && document.hasFocus(),
    isNarrow: () => matchMedia(NARROW).matches,
    hasCardRoom: () => matchMedia("(min-width: 1280px)").matches,
    chatInAddress: () => decodeURIComponent(location.hash.slice(1)) || null,
    wishInAddress: () => wish(location.search),
    forgetWish: () => history.replaceState(null, "", location.pathname + location.hash),
    /** On a phone a chat is a step forward, so that the browser's "back" leads to the lists. */
    show(id) {
      const address = id ? `#${encodeURIComponent(id)}` : location.pathname + location.search;
      if (address === (location.hash || location.pathname + location.search)) return;
      if (matchMedia(NARROW).matches && id && !location.hash) history.pushState(null, "", address);
      else history.replaceState(null, "", address);
    },
  };
}

/** Connects the page's own events to the workplace. */
export function bindPage(workplace) {
  const look = () => {
    workplace.isHere.value = document.visibilityState === "visible" && document.hasFocus();
  };
  for (const name of ["focus", "blur"]) window.addEventListener(name, look);
  document.addEventListener("visibilitychange", () => {
    look();
    if (document.visibilityState === "visible") workplace.link.wake();
  });
  window.addEventListener("online", () => workplace.link.wake());
  window.addEventListener("popstate", () => workplace.select(workplace.page.chatInAddress()));
  window.addEventListener("storage", (event) => {
    workplace.preferences.hear(event);
    workplace.post.hear(event);
  });
  bindFirstPress(workplace);
  bindTheme(workplace);
  bindTitle(workplace);
  bindReminder(workplace);
  document.addEventListener("keydown", (event) => press(workplace, event));
}

/** Browsers allow sound, and asking about notifications, only inside a press. */
function bindFirstPress(workplace) {
  const onFirst = () => {
    workplace.sound.unlock();
    if (globalThis.Notification?.permission === "default" && isSecureContext) Notification.requestPermission();
  };
  for (const name of ["pointerdown", "keydown"]) document.addEventListener(name, onFirst, { once: true });
}

function bindTheme({ theme }) {
  effect(() => {
    document.documentElement.dataset.theme = theme.value;
  });
}

function bindTitle({ wanted, boot }) {
  effect(() => {
    const title = `${t("Workplace")} — ${boot.brand}`;
    document.title = wanted.value ? `(${wanted.value}) ${title}` : title;
  });
}

function bindReminder({ preferences, lists, alerts }) {
  setInterval(() => {
    if (preferences.repeat.value === "on" && lists.value.awaiting.length) alerts.remind();
  }, REMIND_MS);
}

function press(workplace, event) {
  const asked = commandOf(event);
  if (!asked || (workplace.dialog.value && asked.command !== "help")) return;
  event.preventDefault();
  run(workplace, asked);
}

function run(workplace, { command, digit }) {
  const { lists, selected, select, state, commands, ask, dialog, toggleCard } = workplace;
  const chat = state.value.chats[selected.value];
  const may = mayOf(state.value, selected.value);
  const order = [...lists.value.awaiting, ...lists.value.mine, ...lists.value.others];
  const go = (id) => id && select(id, { isPressed: true });
  const RUN = {
    previous: () => go(order[Math.max(0, order.indexOf(selected.value) - 1)]),
    next: () => go(order[Math.min(order.length - 1, order.indexOf(selected.value) + 1)]),
    nth: () => go(order[digit - 1]),
    waiting: () => go(lists.value.awaiting[0]),
    take: () => may.includes("take") && commands.take(chat.id),
    redirect: () => may.includes("redirect") && ask.redirect(chat),
    close: () => may.includes("close") && ask.close(chat),
    answer: () => workplace.answerBox.value?.focus(),
    templates: () => workplace.answerBox.value?.templates(),
    lists: () => document.querySelector(".lists a.row[tabindex='0']")?.focus(),
    find: () => document.getElementById("find")?.focus(),
    card: () => chat && toggleCard(),
    help: () => (dialog.value = dialog.value ? null : { name: "help" }),
  };
  RUN[command]();
}
