// What calls for the operator: a sound, the title's number, a desktop notification. What happened is read from two states.

import { placement } from "./lists.js";
import { visitorName } from "./words.js";
import { t } from "../shared/i18n.js";

const listOf = (state, chat) => (chat ? placement(chat, state.me, state.settings.auto_assignment) : null);

/** What happened between two states that a person should hear of: {kind: "assigned" | "waiting" | "message", chat}. */
export function noticesOf(before, after) {
  if (!before.isReady || before.chats === after.chats) return [];
  return Object.values(after.chats)
    .filter((chat) => chat !== before.chats[chat.id])
    .map((chat) => ({ kind: kindOf(before, after, chat), chat }))
    .filter((notice) => notice.kind);
}

function kindOf(before, after, chat) {
  const known = before.chats[chat.id];
  const now = listOf(after, chat);
  const isOwn = chat.operator_id === after.me.id;
  if (now === "awaiting" && (listOf(before, known) !== "awaiting" || isOwn !== (known.operator_id === after.me.id))) {
    return isOwn ? "assigned" : "waiting";
  }
  // A line of the system moves the last seq too, but not the last words.
  const hasNewWords = known && chat.last_seq > known.last_seq && chat.last?.author === "visitor" && chat.last.at !== known.last?.at;
  return isOwn && hasNewWords && (now === "mine" || now === "awaiting") ? "message" : null;
}

/** How many chats want the person now: the title's number. */
export function wantedCount(state, lists) {
  return lists.awaiting.length + lists.mine.filter((id) => state.chats[id]?.unread > 0).length;
}

/** Runs `action` in one tab of the browser only, where the browser can tell tabs apart (https and localhost). */
function onceInBrowser(name, action) {
  if (!navigator.locks) return action();
  navigator.locks.request(name, { ifAvailable: true }, (lock) => {
    if (!lock) return undefined;
    action();
    // Other tabs get the same event a moment earlier or later.
    return new Promise((resolve) => setTimeout(resolve, 1500));
  });
}

const TITLES = {
  assigned: (name) => t("A chat for you: {name}", { name }),
  waiting: (name) => t("{name} waits for an answer", { name }),
  message: (name) => name,
};

/** Sounds and notifications; `isWatching(chat)` says that the person looks at that chat right now. */
export function createAlerts({ sound, isWatching, isAway, onPress }) {
  function notify({ kind, chat }) {
    if (!isAway() || globalThis.Notification?.permission !== "granted") return;
    const notification = new Notification(TITLES[kind](visitorName(chat.visitor)), { body: chat.last?.body ?? "", tag: chat.id });
    notification.onclick = () => {
      window.focus();
      onPress(chat.id);
      notification.close();
    };
  }

  function tell(notice) {
    if (notice.kind === "message" && isWatching(notice.chat.id)) return;
    onceInBrowser(`otvet.alert.${notice.kind}.${notice.chat.id}.${notice.chat.last_seq}`, () => {
      sound.play(notice.kind);
      notify(notice);
    });
  }

  return { tell, remind: () => onceInBrowser("otvet.alert.remind", () => sound.play("waiting")) };
}
