// The middle pane: who it is, what may be done, the log, and the answer box or what stands in its place.

import { useComputed, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";

import { t, tn } from "../../shared/i18n.js";
import { hint } from "../keys.js";
import { isWaiting } from "../lists.js";
import { isOpen, mayOf } from "../store.js";
import { operatorName, statusName } from "../../cabinet/people.js";
import { explanationText, languageLabel, visitorName } from "../words.js";
import { Answer } from "./answer.js";
import { html, useWorkplace } from "./html.js";
import { Icon } from "./icons.js";
import { Log } from "./log.js";
import { Elapsed, Picture, Unread } from "./parts.js";

export function Chat() {
  const { state, selected } = useWorkplace();
  const id = selected.value;
  const chat = useComputed(() => state.value.chats[selected.value]).value;
  if (!id || !chat) return html`<${NoChat} isComing=${Boolean(id)} />`;
  return html`<main class="chat" id="chat" aria-label=${t("Chat: {name}", { name: visitorName(chat.visitor) })}>
    <${Top} chat=${chat} />
    <${Log} key=${id} chat=${chat} />
    <${Foot} key=${`foot-${id}`} chat=${chat} />
  </main>`;
}

function NoChat({ isComing }) {
  const { state, lists, select } = useWorkplace();
  const waiting = lists.value.awaiting.length;
  if (isComing && !state.value.isReady) return html`<main class="chat none" id="chat" aria-busy="true"></main>`;
  return html`<main class="chat none" id="chat" aria-label=${t("Chat")}>
    <div class="hello"><${Icon} name="chat" />
      <h2>${waiting ? tn("{n} visitor waits for an answer", "{n} visitors wait for an answer", waiting) : t("No chat is open")}</h2>
      ${waiting
        ? html`<button type="button" class="button primary large" onClick=${() => select(lists.value.awaiting[0], { isPressed: true })}>
            ${t("Open the chat that waits longest")}<kbd>${hint("waiting")}</kbd></button>`
        : html`<p>${t("Chats appear in the lists as visitors write.")}</p>`}</div>
  </main>`;
}

function Top({ chat }) {
  const { state, select, lists, wanted, isCardOpen, toggleCard } = useWorkplace();
  const department = state.value.departments[chat.department_id];
  const operator = state.value.operators[chat.operator_id];
  const name = visitorName(chat.visitor);
  const isMine = chat.operator_id === state.value.me.id;
  const elsewhere = Math.max(0, wanted.value - (lists.value.awaiting.includes(chat.id) || chat.unread ? 1 : 0));
  return html`<header class="chat-top">
    <button type="button" class="button icon back" onClick=${() => select(null, { isPressed: true })}>
      <span class="hidden">${t("Back to the lists")}</span><${Icon} name="back" /><${Unread} count=${elsewhere} /></button>
    <${Picture} id=${chat.visitor.id} name=${name} size=${36} />
    <div class="who"><h2 class="name cut" dir="auto">${name}</h2>
      <p class="sub">${department && html`<span class="chip" dir="auto">${department.name}</span>`}
        <span>${languageLabel(chat.language)}</span><${Since} chat=${chat} />
        ${operator && !isMine && html`<span class="reader cut">· ${t("with {name}", { name: operatorName(operator) })}</span>`}</p></div>
    <${Actions} chat=${chat} />
    <button type="button" class="button icon info" aria-label=${t("About the visitor")} aria-pressed=${isCardOpen.value}
      data-tip="${t("About the visitor")}  ${hint("card")}" onClick=${toggleCard}><${Icon} name="info" /></button>
  </header>`;
}

function Since({ chat }) {
  if (!isOpen(chat)) return html`<span class="since">· ${t("ended")}</span>`;
  const since = chat.state === "chatting" ? chat.started_at : chat.queued_at;
  const words = chat.state === "chatting" ? t("in chat") : t("in the queue");
  return html`<span class="since">· ${words} <${Elapsed} since=${since} /></span>
    ${chat.visitor_left_at && html`<span class="left-site">· ${t("left the site")}</span>`}`;
}

function Actions({ chat }) {
  const { state, commands, ask } = useWorkplace();
  const may = mayOf(state.value, chat.id);
  const has = (right) => may.includes(right);
  return html`<div class="actions">
    ${has("take_over") && html`<${Action} icon="take" text=${t("Take over")} tip=${t("Take the chat over from a colleague")} onPress=${() => ask.takeOver(chat)} />`}
    ${has("redirect") && html`<${Action} command="redirect" icon="redirect" text=${t("Redirect")} tip=${t("Redirect the chat")} onPress=${() => ask.redirect(chat)} />`}
    ${has("close") && html`<${Action} command="close" icon="done" text=${t("Close")} tip=${t("Close the chat")} kind="outlined" onPress=${() => ask.close(chat)} />`}
  </div>`;
}

function Action({ command, icon, text, tip, kind = "", onPress }) {
  const isBusy = useSignal(false);
  const press = async () => {
    isBusy.value = true;
    await onPress();
    isBusy.value = false;
  };
  return html`<button type="button" class="button ${kind}" aria-label=${text} data-tip=${command ? `${tip}  ${hint(command)}` : tip}
    aria-disabled=${isBusy.value} onClick=${press}><${Icon} name=${icon} /><span class="word">${text}</span></button>`;
}

function Foot({ chat }) {
  const { state } = useWorkplace();
  const entry = state.value.opened[chat.id];
  if (!entry) return html`<div class="foot" aria-busy="true"></div>`;
  if (mayOf(state.value, chat.id).includes("write")) return html`<${Answer} chat=${chat} />`;
  return html`<div class="foot"><${Instead} chat=${chat} may=${mayOf(state.value, chat.id)} /></div>`;
}

/** Why one can't write here, and the way out. */
function Instead({ chat, may }) {
  const { state, commands } = useWorkplace();
  if (!isOpen(chat)) return html`<p><${Icon} name="done" />${t("The chat has ended. The visitor can come back to it.")}</p>`;
  const operator = state.value.operators[chat.operator_id];
  if (operator) return html`<p><${Icon} name="people" /><span dir="auto">${t("{name} answers this chat: you can read along.", { name: operatorName(operator) })}</span></p>`;
  return html`<${Waits} chat=${chat} />
    ${may.includes("take") && html`<button type="button" class="button primary large" onClick=${() => commands.take(chat.id)}>
      <${Icon} name="take" />${t("Take the chat")}<kbd>${hint("take")}</kbd></button>`}`;
}

function Waits({ chat }) {
  const { commands, state } = useWorkplace();
  const explanation = useSignal(null);
  useEffect(() => {
    let isLeft = false;
    if (isWaiting(chat)) {
      commands.explain(chat.id).then((answer) => {
        if (!isLeft && answer.ok) explanation.value = answer.explanation;
      });
    }
    return () => (isLeft = true);
  }, [chat.id, chat.revision]);
  const { me, settings } = state.value;
  const canNotTake = me.status !== "online" && me.status !== "invisible";
  const own = canNotTake && !settings.auto_assignment ? t("With the status “{status}” no chats can be taken.", { status: statusName(me.status) }) : null;
  const found = !settings.auto_assignment && explanation.value?.reason === "operator_free" ? null : explanation.value;
  const text = own ?? explanationText(found, chat.language) ?? t("This visitor waits for an operator.");
  return html`<p><${Icon} name="clock" /><span>${text}</span></p>`;
}
