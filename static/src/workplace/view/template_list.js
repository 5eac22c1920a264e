// Reply templates over the answer box: opened by a button, a hotkey or `/`; the box keeps the focus, arrows choose.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";

import { t } from "../../shared/i18n.js";
import { groupsOf, slashWords } from "../templates.js";
import { html, useWorkplace } from "./html.js";

const LEVELS = {
  global: () => t("for everybody"),
  department: () => t("of the department"),
  personal: () => t("my own"),
};

/** The state of the list: what is shown for the words after `/`, which one is marked, and the keys that move the mark. */
export function useTemplates(text, pick) {
  const { state } = useWorkplace();
  const isPressed = useSignal(false);
  const isDismissed = useSignal(false);
  const marked = useSignal(0);
  const words = slashWords(text.value);
  const isOpen = state.value.templates.length > 0 && (isPressed.value || (words !== null && !isDismissed.value));
  const groups = isOpen ? groupsOf(state.value.templates, words ?? "") : [];
  const flat = groups.flatMap((group) => group.templates);
  useEffect(() => {
    marked.value = 0;
    if (words === null) isDismissed.value = false;
  }, [words]);

  const close = () => {
    isPressed.value = false;
    isDismissed.value = true;
  };
  const toggle = () => {
    isPressed.value = !isOpen;
    isDismissed.value = isOpen;
  };
  const keys = {
    ArrowDown: () => (marked.value = (marked.value + 1) % flat.length),
    ArrowUp: () => (marked.value = (marked.value - 1 + flat.length) % flat.length),
    Enter: () => pick(flat[marked.value]),
    Tab: () => pick(flat[marked.value]),
    Escape: close,
  };
  /** Whether the key was the list's. */
  const onKeyDown = (event) => {
    const action = isOpen && !event.altKey && !event.ctrlKey && !event.shiftKey && keys[event.key];
    if (!action || (!flat.length && event.key !== "Escape")) return false;
    event.preventDefault();
    event.stopPropagation();
    action();
    return true;
  };
  const activeId = isOpen && flat.length ? `template-${marked.value}` : null;
  return { isOpen, groups, flat, marked: marked.value, activeId, pick, close, toggle, onKeyDown };
}

export function TemplateList({ list }) {
  useEffect(() => {
    document.getElementById(list.activeId)?.scrollIntoView({ block: "nearest" });
  }, [list.activeId]);
  let number = -1;
  return html`<div class="templates" id="templates" role="listbox" tabindex="0" aria-label=${t("Reply templates")} onKeyDown=${list.onKeyDown}>
    ${list.groups.map((group, place) => html`<div key=${place} class=${group.group ? "named" : null} role="group" aria-label=${group.group || LEVELS[group.level]?.()}>
      <${GroupName} group=${group} before=${list.groups[place - 1]} />
      ${group.templates.map((template) => {
        number += 1;
        const isMarked = number === list.marked;
        return html`<div key=${number} id="template-${number}" class="template" role="option" aria-selected=${isMarked} dir="auto"
          onMouseDown=${(event) => (event.preventDefault(), list.pick(template))}>${template.text}</div>`;
      })}
    </div>`)}
    ${!list.flat.length && html`<p class="empty">${t("No template has these words.")}</p>`}
  </div>`;
}

/** A group's name; the level is said where it begins. */
function GroupName({ group, before }) {
  const level = group.level === before?.level ? null : LEVELS[group.level]?.();
  if (!group.group && !level) return null;
  return html`<p class="group-name" aria-hidden="true"><span dir="auto">${group.group}</span>${level && html` <small>${level}</small>`}</p>`;
}
