// The screens of the window beside the form: waiting for the server, a chat, its end, nobody there.

import { html } from "htm/preact";
import { useEffect, useRef, useState } from "preact/hooks";

import { t } from "../shared/i18n.js";
import { comingTime } from "../shared/time.js";
import * as client from "./client.js";
import { Composer } from "./composer.js";
import { Header, Minimise } from "./header.js";
import { Icon } from "./icons.js";
import { Messages } from "./messages.js";
import { Greeting } from "./prechat.js";
import { goesOn } from "./state.js";
import * as store from "./store.js";

/** Grey shapes where the window will be; nothing jumps when it comes. */
export function Loading({ onMinimise }) {
  return html`<div class="screen" aria-busy="true">
    <header class="greet bare"><div class="greet-top"><span></span><${Minimise} onMinimise=${onMinimise} /></div><i class="bone wide"></i><i class="bone"></i></header>
    <div class="fields"><i class="bone block"></i><i class="bone block"></i><i class="bone tall"></i></div>
    <span class="sr" role="status">${t("Opening the chat…")}</span>
  </div>`;
}

/** When working hours begin again, by the visitor's own clock; nothing where they are not what keeps us away. */
function whenBack() {
  const { opens_at: opensAt } = store.availability.value;
  return opensAt && t("We are back {when}.", { when: comingTime(opensAt, new Date().toISOString()) });
}

/** Nobody is there: said as it is, without a form that nobody would read. */
export function Offline({ boot, onMinimise }) {
  const back = whenBack();
  return html`<div class="screen">
    <${Greeting} boot=${boot} words=${t("Nobody is here right now")} onMinimise=${onMinimise} />
    <div class="calm" role="status">
      <span class="calm-picture"><${Icon} name="moon" size="xl" /></span>
      ${store.texts.value.offline_prompt && html`<p><b dir="auto">${store.texts.value.offline_prompt}</b></p>`}
      ${back && html`<p>${back}</p>`}
      ${!back && html`<p>${t("This window stays as it is: as soon as somebody is back, you can write here.")}</p>`}
    </div>
  </div>`;
}

function EndDialog({ onStay }) {
  const root = useRef(null);
  const [isBusy, setBusy] = useState(false);
  useEffect(() => root.current.showModal(), []);
  async function end() {
    setBusy(true);
    if (!(await client.close())) setBusy(false);
  }
  return html`<dialog ref=${root} aria-labelledby="end-title" onClose=${onStay} onKeyDown=${(event) => event.key === "Escape" && event.stopPropagation()}>
    <h2 id="end-title">${t("End the chat?")}</h2>
    <p>${t("The operator will see that you have left. You can write again at any time.")}</p>
    <div class="row">
      <button class="btn quiet" type="button" onClick=${() => root.current.close()}>${t("Go on chatting")}</button>
      <button class="btn danger" type="button" disabled=${isBusy} onClick=${end}>${t("End the chat")}</button>
    </div>
  </dialog>`;
}

/** An open chat. */
export function Chat({ boot, chat, onMinimise }) {
  const [isAsked, setAsked] = useState(false);
  return html`<div class="screen">
    <${Header} chat=${chat} title=${boot.title} onMinimise=${onMinimise} onEnd=${() => setAsked(true)} />
    <${Messages} chat=${chat} />
    <${Composer} chatId=${chat.id} onSend=${client.send} onText=${client.typing} />
    ${isAsked && html`<${EndDialog} onStay=${() => setAsked(false)} />`}
  </div>`;
}

function endWords(chat) {
  if (chat.state === "closed_by_visitor") return t("You have ended this chat.");
  if (chat.state === "closed_by_operator") return t("The operator has ended this chat.");
  return t("This chat has ended: nobody wrote for a long time.");
}

/** A chat that ended: its messages, and the way to a new one. */
export function Ended({ boot, chat, onMinimise }) {
  return html`<div class="screen">
    <${Header} chat=${chat} title=${boot.title} onMinimise=${onMinimise} />
    <${Messages} chat=${chat} />
    <${After} chat=${chat} />
  </div>`;
}

/** What can be done after the end: write on, begin a new chat, or come again when somebody is there. */
function After({ chat }) {
  const ended = html`<p class="ended" role="status" tabindex="-1">${endWords(chat)}</p>`;
  if (!store.isOnline.value) return html`<div class="foot">${ended}<p class="ended" dir="auto">${whenBack() || store.texts.value.offline_prompt}</p></div>`;
  if (!goesOn(chat, store.availability.value.reopens_within_hours, Date.now())) {
    return html`<div class="foot">${ended}<button class="btn" type="button" data-focus onClick=${client.writeAgain}>${t("Write again")}</button></div>`;
  }
  return html`<div class="after">${ended}
      <p class="ended">${t("Write here, and it goes on.")} <button class="link" type="button" onClick=${client.writeAgain}>${t("Begin a new chat")}</button></p></div>
    <${Composer} chatId=${chat.id} onSend=${client.send} onText=${() => {}} />`;
}
