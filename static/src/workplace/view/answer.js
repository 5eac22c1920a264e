// The answer box: grows with its text, keeps a draft per chat, sends by Enter or Ctrl + Enter, offers templates by `/`.

import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";

import { t, tn } from "../../shared/i18n.js";
import { hint } from "../keys.js";
import { insertInto, slashWords } from "../templates.js";
import { html, useWorkplace } from "./html.js";
import { Icon } from "./icons.js";
import { Popover } from "./parts.js";
import { TemplateList, useTemplates } from "./template_list.js";

const LONGEST = 10_000;
const WARN_FROM = 9_500;

export function Answer({ chat }) {
  const workplace = useWorkplace();
  const { drafts, preferences, answerBox } = workplace;
  const box = useRef(null);
  const text = useSignal(drafts.read(chat.id));
  const typing = useTyping(chat, workplace);
  const list = useTemplates(text, pick);
  useDraftOfOtherTabs(chat, text, box);
  useGrowth(box, text.value);
  useEffect(() => {
    answerBox.value = { focus: () => box.current?.focus(), templates: list.toggle };
    if (workplace.takesFocus(chat.id)) box.current?.focus();
    return () => (answerBox.value = null);
  }, []);

  function write(value) {
    text.value = value;
    drafts.write(chat.id, value);
    typing.note(value);
  }

  function pick(template) {
    const { value, selectionStart, selectionEnd } = box.current;
    const isSlash = slashWords(value) !== null;
    const next = isSlash ? insertInto("", 0, 0, template.text) : insertInto(value, selectionStart, selectionEnd, template.text);
    write(next.text);
    list.close();
    requestAnimationFrame(() => {
      box.current?.focus();
      box.current?.setSelectionRange(next.caret, next.caret);
    });
  }

  function send() {
    const body = text.value.trim();
    if (!body || body.length > LONGEST) return;
    workplace.post.add({ chat: chat.id, body });
    write("");
    typing.stop();
    box.current.focus();
  }

  const onKeyDown = (event) => list.onKeyDown(event) || (isSending(event, preferences.enter.value) && (event.preventDefault(), send()));
  const words = chat.state === "queue" ? t("Your first message begins the chat") : t("Write an answer, / for templates");
  return html`<form class="answer" aria-label=${t("Answer")} onSubmit=${(event) => (event.preventDefault(), send())}>
    ${list.isOpen && html`<${TemplateList} list=${list} />`}
    <div class="box">
      <textarea ref=${box} rows="1" dir="auto" maxlength=${LONGEST} aria-label=${t("Message")} placeholder=${words} value=${text.value}
        aria-autocomplete="list" aria-controls=${list.isOpen ? "templates" : null} aria-activedescendant=${list.activeId}
        onInput=${(event) => write(event.target.value)} onKeyDown=${onKeyDown} onBlur=${typing.stop}></textarea>
      <div class="tools">
        <${TemplatesButton} list=${list} />
        <${Left} text=${text.value} />
        <span class="push"></span>
        <${EnterChoice} />
        <button class="button primary send" disabled=${!text.value.trim()}><${Icon} name="send" />
          <span class="word">${t("Send")}</span><kbd class="wide">${preferences.enter.value === "enter" ? "Enter" : "Ctrl Enter"}</kbd></button>
      </div>
    </div>
  </form>`;
}

/** Whether this press sends, by the person's choice; the other combination starts a new line. */
function isSending(event, choice) {
  if (event.key !== "Enter" || event.isComposing || event.shiftKey || event.altKey) return false;
  return choice === "enter" ? !event.ctrlKey && !event.metaKey : event.ctrlKey || event.metaKey;
}

function TemplatesButton({ list }) {
  const { state } = useWorkplace();
  if (!state.value.templates.length) return null;
  return html`<button type="button" class="button" aria-expanded=${list.isOpen} data-tip="${t("Choose a template")}  ${hint("templates")}"
    onClick=${list.toggle}><${Icon} name="template" /><span class="word">${t("Choose a template")}</span><kbd class="wide">/</kbd></button>`;
}

function Left({ text }) {
  if (text.length < WARN_FROM) return null;
  const left = LONGEST - text.length;
  return html`<span class="left" role="status">${tn("{n} character left", "{n} characters left", left)}</span>`;
}

const CHOICES = [
  { value: "enter", text: () => t("Enter sends"), hint: () => t("Shift + Enter starts a new line") },
  { value: "control", text: () => t("Ctrl + Enter sends"), hint: () => t("Enter starts a new line") },
];

function EnterChoice() {
  const { preferences } = useWorkplace();
  return html`<${Popover} className="wide above" panelRole="menu" label=${t("How to send")} name=${t("How to send")} tip=${t("How to send")} face=${html`<${Icon} name="down" />`}>
    ${(close) => CHOICES.map(
      (choice) => html`<button key=${choice.value} type="button" class="item" role="menuitemradio" aria-checked=${choice.value === preferences.enter.value}
        onClick=${() => (preferences.set("enter", choice.value), close())}><span>${choice.text()}</span><small>${choice.hint()}</small></button>`,
    )}
  </${Popover}>`;
}

const TYPING_EVERY_MS = 3000;
const TYPING_ENDS_MS = 6000;

/** Tells the visitor that somebody types: at most every three seconds, and when it ends. */
function useTyping(chat, { commands }) {
  const said = useRef({ at: 0, timer: null });
  const stop = () => {
    clearTimeout(said.current.timer);
    if (!said.current.at) return;
    said.current.at = 0;
    commands.typing(chat.id, false);
  };
  const note = (value) => {
    if (!value) return stop();
    clearTimeout(said.current.timer);
    said.current.timer = setTimeout(stop, TYPING_ENDS_MS);
    if (Date.now() - said.current.at < TYPING_EVERY_MS) return undefined;
    said.current.at = Date.now();
    commands.typing(chat.id, true);
    return undefined;
  };
  useEffect(() => stop, []);
  return { note, stop };
}

function useDraftOfOtherTabs(chat, text, box) {
  const { drafts } = useWorkplace();
  useEffect(() => {
    const onStorage = (event) => {
      if (drafts.chatOf(event) === chat.id && document.activeElement !== box.current) text.value = event.newValue ?? "";
    };
    window.addEventListener("storage", onStorage);
    return () => window.removeEventListener("storage", onStorage);
  }, []);
}

/** Browsers that know `field-sizing` do it by themselves. */
function useGrowth(box, text) {
  useLayoutEffect(() => {
    if (CSS.supports("field-sizing", "content")) return;
    box.current.style.blockSize = "auto";
    box.current.style.blockSize = `${box.current.scrollHeight}px`;
  }, [text]);
}
