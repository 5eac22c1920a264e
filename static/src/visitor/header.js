// The top of an open chat: who answers, and what can be done with the window.

import { html } from "htm/preact";

import { t } from "../shared/i18n.js";
import { Face } from "./face.js";
import { Icon } from "./icons.js";
import { usePopover } from "./popover.js";
import { isOpen } from "./state.js";
import * as store from "./store.js";

/** Whether the operator is there: true or false where the placement tells of its operators, else null. */
function isOnline({ id }) {
  return store.availability.value?.operators.find((operator) => operator.id === id)?.is_online ?? null;
}

function Who({ chat, title }) {
  const { operator } = chat;
  if (operator) {
    const where = [chat.department?.name, chat.state === "chatting" && t("in the chat"), chat.state === "queue" && t("will answer soon")].filter(Boolean);
    return html`<${Face} operator=${operator} isOnline=${isOnline(operator)} />
      <div class="who"><b><bdi>${operator.name}</bdi></b><span>${where.join(", ")}</span></div>`;
  }
  return html`<span class="face any"><${Icon} name="people" size="lg" /></span>
    <div class="who"><b><bdi>${chat.department?.name ?? title}</bdi></b>${isOpen(chat) && html`<span>${t("Looking for an operator…")}</span>`}</div>`;
}

function Menu({ onEnd }) {
  const popover = usePopover();
  return html`<div class="menu-place" ref=${popover.root}>
    <button class="icon" type="button" aria-expanded=${popover.isOpen} aria-label=${t("More")} title=${t("More")} onClick=${popover.toggle}><${Icon} name="more" /></button>
    ${popover.isOpen && html`<div class="menu">
      <button class="end" type="button" onClick=${() => (popover.toggle(), onEnd())}><${Icon} name="out" flip=${true} />${t("End the chat")}</button>
    </div>`}
  </div>`;
}

/** Sound on and off. */
export function SoundSwitch() {
  const isOn = store.isSoundOn.value;
  const text = isOn ? t("Switch the sound off") : t("Switch the sound on");
  return html`<button class="icon" type="button" aria-pressed=${isOn} aria-label=${t("Sound")} title=${text} onClick=${store.switchSound}>
    <${Icon} name=${isOn ? "sound" : "silence"} />
  </button>`;
}

/** Folds the window away; the chat goes on. Only where a page stands around it. */
export function Minimise({ onMinimise }) {
  if (!onMinimise) return null;
  return html`<button class="icon" type="button" aria-label=${t("Minimise the chat")} title=${t("Minimise the chat")} onClick=${onMinimise}>
    <${Icon} name="down" size="lg" />
  </button>`;
}

/** The bar of an open or ended chat. */
export function Header({ chat, title, onMinimise, onEnd }) {
  return html`<header class="bar">
    <${Who} chat=${chat} title=${title} />
    <div class="btns">
      <${SoundSwitch} />
      ${onEnd && html`<${Menu} onEnd=${onEnd} />`}
      <${Minimise} onMinimise=${onMinimise} />
    </div>
  </header>`;
}
