// The answer box: grows with the text, Enter sends, Shift+Enter is a new line, what was begun is kept.

import { html } from "htm/preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

import { t, tn } from "../shared/i18n.js";
import { EmojiPalette } from "./emoji.js";
import { Icon } from "./icons.js";
import { usePopover } from "./popover.js";
import * as store from "./store.js";

const LONGEST = 10_000;
const TELL_FROM = 9_500;

/** Puts text where the cursor stands and gives the new value; the cursor goes behind it. */
function insert(box, text) {
  box.setRangeText(text, box.selectionStart, box.selectionEnd, "end");
  box.focus();
  return box.value;
}

function Emoji({ onPick }) {
  const { isOpen, toggle, root } = usePopover();
  return html`<div class="emoji-place" ref=${root}>
    <button class="icon" type="button" aria-expanded=${isOpen} aria-label=${t("Emoji")} title=${t("Emoji")} onClick=${toggle}><${Icon} name="smile" /></button>
    ${isOpen && html`<${EmojiPalette} onPick=${(emoji) => (onPick(emoji), toggle())} />`}
  </div>`;
}

function useDraft(chatId, onText) {
  const [text, setText] = useState(() => store.readDraft(chatId));
  useEffect(() => setText(store.readDraft(chatId)), [chatId]);
  useEffect(() => {
    const hear = (event) => event.key?.endsWith(`draft.${chatId}`) && !document.hasFocus() && setText(event.newValue ?? "");
    addEventListener("storage", hear);
    return () => removeEventListener("storage", hear);
  }, [chatId]);
  const change = (value) => {
    setText(value);
    store.keepDraft(chatId, value);
    onText(value);
  };
  return [text, change];
}

/** The box with its buttons. `onSend(text)` gets what is to go; `onText` every change. */
export function Composer({ chatId, onSend, onText }) {
  const [text, change] = useDraft(chatId, onText);
  const box = useRef(null);
  const over = text.length - LONGEST;
  useLayoutEffect(() => {
    box.current.style.blockSize = "auto";
    box.current.style.blockSize = `${box.current.scrollHeight}px`;
  }, [text]);
  function send(event) {
    event?.preventDefault();
    if (!text.trim() || over > 0) return;
    onSend(text.trim());
    change("");
    box.current.focus();
  }
  const isEnter = (event) => event.key === "Enter" && !event.shiftKey && !event.isComposing;
  return html`<form class="write" onSubmit=${send}>
    ${text.length > TELL_FROM && html`<p class="count ${over > 0 ? "over" : ""}" role="status">
      ${over > 0 ? tn("{n} character too many", "{n} characters too many", over) : tn("{n} character left", "{n} characters left", -over)}
    </p>`}
    <div class="box">
      <textarea ref=${box} data-focus rows="1" dir="auto" value=${text} placeholder=${t("Message")} aria-label=${t("Message")}
        enterkeyhint="send" onInput=${(event) => change(event.target.value)} onKeyDown=${(event) => isEnter(event) && send(event)}></textarea>
      <${Emoji} onPick=${(emoji) => change(insert(box.current, emoji))} />
      <button class="icon send" type="submit" aria-label=${t("Send")} title=${t("Send")} disabled=${!text.trim() || over > 0}><${Icon} name="send" flip=${true} /></button>
    </div>
  </form>`;
}
