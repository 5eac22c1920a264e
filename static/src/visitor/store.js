// What the window knows, as signals. Only client.js and the components' own wishes change them.

import { computed, signal } from "@preact/signals";

import { emptyLog } from "../shared/log.js";
import { pageStorage, tabStorage } from "../shared/storage.js";
import { currentChat, isOpen, screenOf, unreadCount } from "./state.js";

export const storage = pageStorage();
/** What another tab must not take for its own: two tabs that begin at once each have their own question. */
export const ownStorage = tabStorage();
const SOUND = "otvet.sound";

export const connection = signal("connecting");
export const isEntered = signal(false);
export const log = signal(emptyLog);
export const availability = signal(null);
export const visitor = signal({ name: "", email: "", phone: "" });
export const entries = signal([]);
/** The window is on the screen (in a frame it may be minimised), and the visitor's eyes are on it. */
export const isShown = signal(true);
export const isFocused = signal(false);
/** The wish to write again after a chat has ended, and to begin with these words. */
export const isAgain = signal(false);
export const wish = signal({ message: "", department: "" });
/** The place in the queue as the server last told it: {chat, position, wait_minutes}, or null. */
export const queue = signal(null);
export const operatorTypes = signal(false);
/** The seq above which the line "new" stands; it stays while the visitor reads. */
export const unreadFrom = signal(null);
export const isSoundOn = signal(storage.getItem(SOUND) !== "off");
/** A chat is being started; what the server said against it. */
export const starting = signal({ isBusy: false, fields: {}, message: "" });

export const chat = computed(() => currentChat(log.value));
export const messages = computed(() => (chat.value && log.value.messages[chat.value.id]) || []);
export const chatEntries = computed(() => entries.value.filter((entry) => entry.chat === chat.value?.id));
export const unread = computed(() => unreadCount(chat.value, messages.value));
export const hasChat = computed(() => isOpen(chat.value));
export const isOnline = computed(() => availability.value?.state === "online");
/** The company's own words for the window. */
export const texts = computed(() => availability.value?.texts ?? {});
export const screen = computed(() =>
  screenOf({ isEntered: isEntered.value, chat: chat.value, isOnline: isOnline.value, isAgain: isAgain.value }),
);

/** Switches the sound and remembers it in this browser. */
export function switchSound() {
  isSoundOn.value = !isSoundOn.value;
  storage.setItem(SOUND, isSoundOn.value ? "on" : "off");
}

const draftKey = (chatId) => `otvet.draft.${chatId ?? "new"}`;

/** What was begun in the box, kept over reloads. */
export function readDraft(chatId) {
  return storage.getItem(draftKey(chatId)) ?? "";
}

/** Keeps it, or forgets it when the box is empty. */
export function keepDraft(chatId, text) {
  if (text) storage.setItem(draftKey(chatId), text);
  else storage.removeItem(draftKey(chatId));
}
