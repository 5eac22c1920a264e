// Hotkeys by the physical key, so that they are the same in every keyboard layout. Alt + letter keeps clear of what browsers
// and systems take for themselves (Alt D, E, F and the Ctrl combinations of tabs).

import { t } from "../shared/i18n.js";

const IS_MAC = /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? "");

/** Each hotkey: its command, the physical key, and what it does in words. */
export const HOTKEYS = [
  { command: "previous", code: "ArrowUp", alt: true, shown: "↑", text: () => t("Previous chat in the lists") },
  { command: "next", code: "ArrowDown", alt: true, shown: "↓", text: () => t("Next chat in the lists") },
  { command: "waiting", code: "KeyQ", alt: true, shown: "Q", text: () => t("The chat that waits longest") },
  { command: "nth", code: /^Digit[1-9]$/, alt: true, shown: "1 … 9", text: () => t("One of the first nine chats") },
  { command: "take", code: "KeyA", alt: true, shown: "A", text: () => t("Take the chat") },
  { command: "redirect", code: "KeyR", alt: true, shown: "R", text: () => t("Redirect the chat") },
  { command: "close", code: "KeyX", alt: true, shown: "X", text: () => t("Close the chat") },
  { command: "answer", code: "KeyM", alt: true, shown: "M", text: () => t("To the answer box") },
  { command: "lists", code: "KeyL", alt: true, shown: "L", text: () => t("To the lists") },
  { command: "card", code: "KeyI", alt: true, shown: "I", text: () => t("Visitor's card") },
  { command: "templates", code: "Slash", alt: true, shown: "/", text: () => t("Reply templates") },
  { command: "find", code: "KeyK", control: true, shown: "K", text: () => t("Find a chat or a visitor") },
  { command: "help", key: "?", shown: "?", text: () => t("This list") },
];

const IN_TEXT = "input, textarea, select, [contenteditable]";

function isPressed(hotkey, event) {
  if (hotkey.key) return event.key === hotkey.key && !event.altKey && !event.ctrlKey && !event.metaKey && !event.target.closest?.(IN_TEXT);
  const control = IS_MAC ? event.metaKey : event.ctrlKey;
  const other = IS_MAC ? event.ctrlKey : event.metaKey;
  // AltGr types letters in many layouts.
  if (other || event.shiftKey || event.getModifierState?.("AltGraph")) return false;
  if (Boolean(hotkey.alt) !== event.altKey || Boolean(hotkey.control) !== control) return false;
  return hotkey.code instanceof RegExp ? hotkey.code.test(event.code) : hotkey.code === event.code;
}

/** The command that a key press asks for, as {command, digit}; null when it is not ours. */
export function commandOf(event) {
  if (event.isComposing) return null;
  const hotkey = HOTKEYS.find((one) => isPressed(one, event));
  return hotkey ? { command: hotkey.command, digit: Number(/^Digit(\d)$/.exec(event.code)?.[1] ?? 0) } : null;
}

/** The keys as they stand on the person's keyboard: ["Alt", "R"]. */
export function keysOf(hotkey) {
  const modifiers = [hotkey.alt && (IS_MAC ? "⌥" : "Alt"), hotkey.control && (IS_MAC ? "⌘" : "Ctrl")];
  return [...modifiers.filter(Boolean), hotkey.shown];
}

/** For tooltips: "Alt R". */
export function hint(command) {
  return keysOf(HOTKEYS.find((hotkey) => hotkey.command === command)).join(" ");
}
