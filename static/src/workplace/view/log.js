// The log of a chat: messages, steps, days; sticks to its end, loads older messages on the way up.

import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";

import { t } from "../../shared/i18n.js";
import { linkify } from "../../shared/linkify.js";
import { clockTime, dayTitle, fullTime } from "../../shared/time.js";
import { tickOf, timeline, WINDOW, windowOf } from "../timeline.js";
import { operatorName } from "../../cabinet/people.js";
import { visitorName } from "../words.js";
import { html, useWorkplace } from "./html.js";
import { Icon } from "./icons.js";
import { Dots, Picture } from "./parts.js";
import { Step } from "./step.js";

const NEAR_PX = 60;
const PAGE = 50;
const TYPING_MS = 6000;

export function Log({ chat }) {
  const { state, outbox, boot, now } = useWorkplace();
  const entry = useComputed(() => state.value.opened[chat.id]).value;
  const pending = useComputed(() => outbox.value.filter(({ chat: id }) => id === chat.id));
  const hiddenBelow = useSignal(0);
  const scroller = useScroll(chat, entry, hiddenBelow, pending);
  if (!entry) return html`<div class="log" aria-busy="true"><div class="bubbles" aria-hidden="true"><i></i><i></i><i></i></div></div>`;
  const messages = windowOf(entry.messages, hiddenBelow.value);
  const isFromStart = entry.isComplete && messages[0]?.seq === entry.messages[0]?.seq;
  const items = timeline({
    messages, steps: entry.log, pending: pending.value, divider: entry.divider, isFromStart, isToEnd: !hiddenBelow.value, zone: boot.time_zone,
  });
  return html`<div class="log-frame">
    <div class="log" role="log" aria-live="off" aria-label=${t("Messages")} tabindex="0" ref=${scroller.ref} onScroll=${scroller.onScroll}>
      <ol>
        ${!isFromStart && html`<li class="older" aria-busy="true"><${Dots} /></li>`}
        ${items.map((item) => html`<${Item} key=${item.key} item=${item} chat=${chat} today=${now.peek()} />`)}
        <${Preview} chat=${chat} />
      </ol>
    </div>
    ${!scroller.isAtEnd && html`<button type="button" class="button to-end" onClick=${scroller.toEnd}>
      <${Icon} name="down" />${chat.unread ? t("New messages") : t("To the end")}</button>`}
  </div>`;
}

function Item({ item, chat, today }) {
  const { boot } = useWorkplace();
  if (item.type === "day") return html`<li class="day"><span>${dayTitle(item.at, new Date(today).toISOString(), boot.time_zone)}</span></li>`;
  if (item.type === "divider") return html`<li class="fresh-line" data-divider><span>${t("New")}</span></li>`;
  if (item.type === "step") return html`<${Step} step=${item.step} />`;
  if (item.type === "pending") return html`<${Pending} entry=${item.entry} />`;
  const { message, isFollowing } = item;
  const tick = message.author === "operator" ? tickOf(message, chat.read) : null;
  return html`<${Message} message=${message} visitor=${chat.visitor} tick=${tick} isFollowing=${isFollowing} />`;
}

/** What people typed, as text; links are made of it by rules, never by its markup. */
function Body({ text }) {
  return html`<span class="body" dir="auto">${linkify(text).map((part, index) =>
    typeof part === "string" ? part : html`<a key=${index} href=${part.href} target="_blank" rel="noopener noreferrer nofollow">${part.text}</a>`,
  )}</span>`;
}

function Message({ message, visitor, tick, isFollowing }) {
  const { boot, state } = useWorkplace();
  const isOurs = message.author === "operator";
  const colleague = useComputed(() => state.value.operators[message.operator?.id]).value;
  if (message.author === "system") return html`<li class="event system"><span><${Body} text=${message.body} /></span></li>`;
  const author = isOurs ? { ...message.operator, ...colleague } : visitor;
  const name = isOurs ? operatorName(author) : visitorName(visitor);
  return html`<li class="message ${isOurs ? "ours" : ""} ${isFollowing ? "following" : ""}" data-seq=${message.seq}>
    ${isFollowing ? html`<span class="picture-space"></span>` : html`<${Picture} id=${isOurs ? undefined : visitor.id} name=${name} photo=${author.photo} size=${26} />`}
    <div class="bubble"><span class="hidden">${t("{name}:", { name })} </span><${Body} text=${message.body} />
      <span class="stamp"><time datetime=${message.at} title=${fullTime(message.at, boot.time_zone)}>${clockTime(message.at, boot.time_zone)}</time>
        ${tick && html`<${Icon} name=${tick} label=${tick === "seen" ? t("seen") : t("sent")} />`}</span></div>
  </li>`;
}

/** A message on its way, or one that could not go: it stays, with the reason and the ways out. */
function Pending({ entry }) {
  const { post, state, boot } = useWorkplace();
  const me = state.value.me ?? boot.me;
  const hasFailed = entry.state === "failed";
  return html`<li class="message ours ${hasFailed ? "failed" : "waiting"}">
    <${Picture} name=${me.name} photo=${me.photo} size=${26} />
    <div class="bubble"><span class="hidden">${t("{name}:", { name: me.name })} </span><${Body} text=${entry.body} />
      <span class="stamp">${!hasFailed && html`<${Icon} name="clock" label=${t("on its way")} />`}</span>
      ${hasFailed && html`<p class="failure" role="alert"><${Icon} name="alert" /><span>${entry.message ?? t("Not sent.")}</span>
        <button type="button" class="button" onClick=${() => post.retry(entry.client_id)}>${t("Send again")}</button>
        <button type="button" class="button" onClick=${() => post.discard(entry.client_id)}>${t("Discard")}</button></p>`}</div>
  </li>`;
}

/** What stands in the visitor's box, as they type; and a colleague who types. */
function Preview({ chat }) {
  const { state, now } = useWorkplace();
  const typing = useComputed(() => state.value.typing[chat.id]).value;
  const colleague = typing?.operator && now.value - typing.operator.at < TYPING_MS && state.value.operators[typing.operator.id];
  const isFresh = typing?.text && now.value - typing.text.at < TYPING_MS;
  return html`${typing?.text && state.value.settings.shows_typing_preview && html`<li class="message preview" aria-hidden="true">
      <${Picture} id=${chat.visitor.id} name=${visitorName(chat.visitor)} size=${26} />
      <div class="bubble"><span class="body" dir="auto">${typing.text.value}</span>${isFresh && html`<${Dots} />`}</div></li>`}
    ${isFresh && !state.value.settings.shows_typing_preview && html`<li class="event"><${Dots} />${t("{name} is typing", { name: visitorName(chat.visitor) })}</li>`}
    ${colleague && html`<li class="event"><${Dots} />${t("{name} is typing", { name: operatorName(colleague) })}</li>`}`;
}

/** Keeps the end in sight while it is, the place of reading otherwise; asks for more at both ends. */
function useScroll(chat, entry, hiddenBelow, pending) {
  const { isAtEnd, commands } = useWorkplace();
  const ref = useRef(null);
  const anchor = useRef(null);
  const isStuck = useRef(true);

  useLayoutEffect(() => {
    if (ref.current) keepPlace(ref.current, isStuck.current, anchor.current);
  });
  useFirstPlace(ref, Boolean(entry), isStuck, isAtEnd);
  useStayOnResize(ref, Boolean(entry), isStuck);
  const own = pending.value.length;
  useEffect(() => {
    if (own) toEnd();
  }, [own]);

  function onScroll() {
    const log = ref.current;
    const isNearEnd = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_PX;
    isStuck.current = isNearEnd && !hiddenBelow.peek();
    isAtEnd.value = isStuck.current;
    anchor.current = isStuck.current ? null : place(log);
    if (isNearEnd && hiddenBelow.peek()) hiddenBelow.value = Math.max(0, hiddenBelow.peek() - PAGE);
    else if (log.scrollTop < NEAR_PX * 4) more();
  }

  async function more() {
    const count = entry.messages.length;
    const isAllDrawn = windowOf(entry.messages, hiddenBelow.peek())[0]?.seq === entry.messages[0]?.seq;
    if (!isAllDrawn) hiddenBelow.value = Math.min(hiddenBelow.peek() + PAGE, count - WINDOW);
    else if (!entry.isComplete && (await commands.older(chat.id)) && count >= WINDOW) hiddenBelow.value += PAGE;
  }

  function toEnd() {
    hiddenBelow.value = 0;
    isStuck.current = true;
    isAtEnd.value = true;
    if (ref.current) toEndOf(ref.current);
  }

  return { ref, onScroll, toEnd, isAtEnd: isAtEnd.value };
}

/** After everything that is drawn: what was being read stays where it was. */
function keepPlace(log, isStuck, anchor) {
  if (isStuck) return toEndOf(log);
  const row = anchor && log.querySelector(`[data-seq="${anchor.seq}"]`);
  if (row) log.scrollTop += row.getBoundingClientRect().top - log.getBoundingClientRect().top - anchor.offset;
}

function toEndOf(log) {
  log.scrollTop = log.scrollHeight;
}

/** The first message in sight and where it stands: what must not move when others come in above. */
function place(log) {
  const top = log.getBoundingClientRect().top;
  const row = [...log.querySelectorAll("[data-seq]")].find((one) => one.getBoundingClientRect().bottom > top);
  return row ? { seq: row.dataset.seq, offset: row.getBoundingClientRect().top - top } : null;
}

/** A chat opens at its first new message, else at its end. */
function useFirstPlace(ref, isLoaded, isStuck, isAtEnd) {
  useLayoutEffect(() => {
    if (!isLoaded || !ref.current) return;
    const divider = ref.current.querySelector("[data-divider]");
    toEndOf(ref.current);
    if (!divider) return;
    const above = divider.getBoundingClientRect().top - ref.current.getBoundingClientRect().top;
    if (above >= 0) return;
    isStuck.current = false;
    isAtEnd.value = false;
    ref.current.scrollTop += above - NEAR_PX;
  }, [isLoaded]);
}

/** The answer box that grows, a phone's keyboard, words that are being typed: the end stays in sight. */
function useStayOnResize(ref, isLoaded, isStuck) {
  useEffect(() => {
    if (!ref.current) return undefined;
    const observer = new ResizeObserver(() => isStuck.current && ref.current && toEndOf(ref.current));
    observer.observe(ref.current);
    observer.observe(ref.current.firstElementChild);
    return () => observer.disconnect();
  }, [isLoaded]);
}
