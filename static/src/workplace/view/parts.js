// Small parts that many components share.

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

import { hueOf, initials } from "../../shared/faces.js";
import { t, tn } from "../../shared/i18n.js";
import { duration } from "../../shared/time.js";
import { gradeOfWait } from "../lists.js";
import { html, useWorkplace } from "./html.js";
import { Icon } from "./icons.js";

/** A round picture: the photo, or initials on a colour; visitors keep theirs by their `id` when they tell their name. */
export function Picture({ id, name, photo, size }) {
  if (photo) return html`<img class="picture" src=${photo} alt="" width=${size} height=${size} style=${{ "--size": `${size}px` }} />`;
  const style = { "--hue": hueOf(id ?? name), "--size": `${size}px` };
  return html`<span class="picture initials" style=${style} aria-hidden="true">${initials(name)}</span>`;
}

const SIGNS = { long: "clock", late: "alert" };

/** Since when the visitor waits: ticks, and colours as it grows. */
export function Waiting({ since }) {
  const { serverNow } = useWorkplace();
  const seconds = (serverNow.value - Date.parse(since)) / 1000;
  const grade = gradeOfWait(seconds);
  const label = grade === "late" ? t("waits too long") : t("waits long");
  return html`<span class="wait ${grade}">
    ${SIGNS[grade] && html`<${Icon} name=${SIGNS[grade]} label=${label} />`}
    <${Elapsed} since=${since} />
  </span>`;
}

/** A duration that ticks without moving its neighbours. */
export function Elapsed({ since }) {
  const { serverNow } = useWorkplace();
  const seconds = Math.max(0, Math.floor((serverNow.value - Date.parse(since)) / 1000));
  return html`<time class="num" datetime=${`PT${seconds}S`}>${duration(seconds)}</time>`;
}

export function Unread({ count }) {
  if (!count) return null;
  return html`<span class="unread"><span class="hidden">${tn("{n} unread message", "{n} unread messages", count)}</span>
    <span aria-hidden="true">${count > 99 ? "99+" : count}</span></span>`;
}

export function Dots() {
  return html`<span class="dots" aria-hidden="true"><i></i><i></i><i></i></span>`;
}

export function Keys({ keys }) {
  return html`<span class="keys">${keys.map((key) => html`<kbd key=${key}>${key}</kbd>`)}</span>`;
}

/** A button that opens a panel under itself; Escape and a press elsewhere close it and give the focus back.
 *  The button is named by the words of its face, else by `name`; the panel by `label`. */
export function Popover({ label, name, tip, face, className = "", panelRole, children }) {
  const [isOpen, setOpen] = useState(false);
  const root = useRef(null);
  const close = (isByKey) => {
    setOpen(false);
    if (isByKey) root.current.querySelector("button").focus();
  };
  useOutsidePress(root, isOpen, () => close(false));
  useLayoutEffect(() => {
    if (isOpen) root.current.querySelector("[role^=menuitem], .panel button, .panel input")?.focus();
  }, [isOpen]);
  const onKeyDown = (event) => {
    if (!isOpen) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      close(true);
    } else if (panelRole === "menu") moveInMenu(event, root.current);
  };
  return html`<div class="popover ${className}" ref=${root} onKeyDown=${onKeyDown}>
    <button type="button" class="button" aria-label=${name} data-tip=${isOpen ? null : tip} aria-haspopup=${panelRole === "menu" ? "menu" : "dialog"}
      aria-expanded=${isOpen} onClick=${() => setOpen(!isOpen)}>${face}</button>
    ${isOpen && html`<div class="panel" role=${panelRole ?? "dialog"} aria-label=${label}>${children(() => close(true))}</div>`}
  </div>`;
}

function useOutsidePress(root, isOn, action) {
  useEffect(() => {
    if (!isOn) return undefined;
    const onPress = (event) => root.current?.contains(event.target) || action();
    document.addEventListener("pointerdown", onPress);
    return () => document.removeEventListener("pointerdown", onPress);
  }, [isOn]);
}

const MENU_STEPS = { ArrowDown: 1, ArrowUp: -1 };

function moveInMenu(event, root) {
  const items = [...root.querySelectorAll("[role^=menuitem]")];
  const step = MENU_STEPS[event.key];
  if (!step || !items.length) return;
  event.preventDefault();
  items[(items.indexOf(document.activeElement) + step + items.length) % items.length].focus();
}

/** A modal dialog of the browser's own: it keeps the focus inside and gives it back. Without `onClose` there is no way past it. */
export function Dialog({ title, className = "", onClose, children }) {
  const dialog = useRef(null);
  useEffect(() => {
    dialog.current.showModal();
  }, []);
  const onPress = (event) => event.target === dialog.current && onClose?.();
  const onCancel = (event) => {
    event.preventDefault();
    onClose?.();
  };
  return html`<dialog class="dialog ${className}" ref=${dialog} aria-label=${title} onCancel=${onCancel} onMouseDown=${onPress}>
    <div class="dialog-body">
      <header><h2>${title}</h2>
        ${onClose && html`<button type="button" class="button icon" aria-label=${t("Close")} onClick=${onClose}><${Icon} name="close" /></button>`}
      </header>
      ${children}
    </div>
  </dialog>`;
}
