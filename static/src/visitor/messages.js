// The log of the chat.

import { html } from "htm/preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

import { t, tn } from "../shared/i18n.js";
import { linkify } from "../shared/linkify.js";
import { clockTime, dayTitle, fullTime } from "../shared/time.js";
import * as client from "./client.js";
import { Face } from "./face.js";
import { Icon } from "./icons.js";
import { placeInQueue, rowsOf, tickOf } from "./state.js";
import * as store from "./store.js";

const PAGE = 200;
const NEAR_END_PIXELS = 80;

function Text({ body }) {
  return linkify(body).map((part) =>
    typeof part === "string"
      ? part
      : html`<a href=${part.href} target="_blank" rel="noopener noreferrer nofollow">${part.text}</a>`,
  );
}

function tickWords(tick) {
  return { waiting: t("Waiting to be sent"), failed: t("Not sent"), sent: t("Sent"), seen: t("Seen") }[tick];
}

function Meta({ row, tick }) {
  const icon = { waiting: "clock", sent: "sent", seen: "seen" }[tick];
  return html`<span class="meta">
    <time dateTime=${row.at} title=${fullTime(row.at)}>${clockTime(row.at)}</time>
    ${icon && html`<span class="tick ${tick}" title=${tickWords(tick)}><${Icon} name=${icon} /><span class="sr">${tickWords(tick)}</span></span>`}
  </span>`;
}

function NotSent({ entry }) {
  const isEnded = entry.error === "closed";
  return html`<div class="why" role="alert">
    <${Icon} name="alert" size="sm" />${entry.message || t("Not sent")}
    <button class="link" type="button" onClick=${isEnded ? client.writeAgain : () => client.retry(entry)}>${isEnded ? t("Write again") : t("Try again")}</button>
    <button class="link" type="button" onClick=${() => client.discard(entry)}>${t("Discard")}</button>
  </div>`;
}

function Own({ row, chat }) {
  const tick = tickOf(row, chat);
  return html`<div class="msg own ${tick === "failed" ? "failed" : ""} ${row.isFirst ? "first" : ""}">
    <div class="bubble"><span class="sr">${t("You")}: </span><p dir="auto"><${Text} body=${row.body} /></p><${Meta} row=${row} tick=${tick} /></div>
    ${tick === "failed" && html`<${NotSent} entry=${row.entry} />`}
  </div>`;
}

function Theirs({ row }) {
  const operator = row.operator ?? { id: "", name: t("Operator"), photo: null };
  return html`<div class="msg ${row.isFirst ? "first" : ""}">
    ${row.isLast ? html`<${Face} operator=${operator} />` : html`<span class="face"></span>`}
    <div class="bubble"><span class="sr">${operator.name}: </span><p dir="auto"><${Text} body=${row.body} /></p><${Meta} row=${row} /></div>
  </div>`;
}

function Row({ row, chat }) {
  if (row.kind === "day") return html`<div class="day"><span>${dayTitle(row.at, new Date().toISOString())}</span></div>`;
  if (row.kind === "unread") return html`<div class="rule"><span>${t("New messages")}</span></div>`;
  if (row.kind === "system") return html`<div class="sys"><span dir="auto">${row.body}</span></div>`;
  return row.author === "visitor" ? html`<${Own} row=${row} chat=${chat} />` : html`<${Theirs} row=${row} />`;
}

function Waiting({ chat }) {
  const place = placeInQueue(chat, store.queue.value);
  if (chat.state !== "queue" || chat.operator) return null;
  const told = place && store.texts.value.queue_position?.replaceAll("{place}", place);
  // The system has just said in the log that everybody is busy: that need not be said twice.
  if (!told && store.messages.value[store.messages.value.length - 1]?.author === "system") return null;
  const minutes = place && store.queue.value.wait_minutes;
  return html`<div class="sys queue" role="status"><${Icon} name="clock" size="sm" /><span><span dir="auto">${told || t("An operator will answer soon. You can go on writing.")}</span>
    ${minutes && html` <span>${tn("About {n} minute to wait.", "About {n} minutes to wait.", minutes)}</span>`}</span></div>`;
}

function Typing({ operator }) {
  if (!store.operatorTypes.value) return null;
  return html`<div class="msg first">
    ${operator ? html`<${Face} operator=${operator} />` : html`<span class="face"></span>`}
    <div class="bubble"><span class="sr">${t("is typing")}</span><span class="dots" aria-hidden="true"><i></i><i></i><i></i></span></div>
  </div>`;
}

/** Keeps the end in sight while the visitor is there, and stays put while they read further up. */
function useEndInSight(rows) {
  const box = useRef(null);
  const atEnd = useRef(true);
  const [isBehind, setBehind] = useState(false);
  const toEnd = () => (box.current.scrollTop = box.current.scrollHeight);
  const follow = () => {
    const { scrollHeight, scrollTop, clientHeight } = box.current;
    atEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_END_PIXELS;
    if (atEnd.current) setBehind(false);
  };
  const last = rows[rows.length - 1];
  useLayoutEffect(() => {
    if (atEnd.current || last?.author === "visitor") toEnd();
    else setBehind(true);
  }, [last?.key, store.operatorTypes.value]);
  useEffect(() => {
    const observer = new ResizeObserver(() => atEnd.current && box.current && toEnd());
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  return { box, follow, isBehind, toEnd };
}

/** Messages in order; only the newest are in the page, older ones come by a press. */
export function Messages({ chat }) {
  const [pages, setPages] = useState(1);
  const all = rowsOf({ messages: store.messages.value, entries: store.chatEntries.value, unreadFrom: store.unreadFrom.value });
  const rows = all.slice(-PAGE * pages);
  const { box, follow, isBehind, toEnd } = useEndInSight(rows);
  return html`<div class="log-place">
    <div class="log" role="log" aria-label=${t("Messages")} tabindex="0" ref=${box} onScroll=${follow}>
      ${all.length > rows.length && html`<button class="link older" type="button" onClick=${() => setPages(pages + 1)}>${t("Show earlier messages")}</button>`}
      ${rows.map((row) => html`<${Row} key=${row.key} row=${row} chat=${chat} />`)}
      <${Waiting} chat=${chat} />
      <${Typing} operator=${chat.operator} />
    </div>
    ${isBehind && html`<button class="newer" type="button" onClick=${toEnd}>${t("New messages")}<${Icon} name="down" size="sm" /></button>`}
  </div>`;
}
