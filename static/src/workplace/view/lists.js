// The left pane: search, and the three lists with their rows. One stop of the Tab key; arrows move inside.

import { useComputed, useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";

import { t } from "../../shared/i18n.js";
import { clockTime } from "../../shared/time.js";
import { hint } from "../keys.js";
import { matches } from "../lists.js";
import { tickOf } from "../timeline.js";
import { operatorName } from "../../cabinet/people.js";
import { languageLabel, visitorName, waitingReason } from "../words.js";
import { html, useWorkplace } from "./html.js";
import { Icon } from "./icons.js";
import { Dots, Picture, Unread, Waiting } from "./parts.js";

const TYPING_MS = 6000;

const GROUPS = [
  { name: "awaiting", title: () => t("Awaiting reply"), empty: (isAuto) => (isAuto ? t("Nothing is assigned to you now.") : t("Nobody is waiting.")) },
  { name: "mine", title: () => t("In progress"), empty: () => t("No conversations yet.") },
  { name: "others", title: () => t("Others"), empty: () => null },
];

export function Lists() {
  const { state, filtered } = useWorkplace();
  const isReady = useComputed(() => state.value.isReady).value;
  if (!isReady) return html`<nav class="lists" aria-label=${t("Chats")} aria-busy="true"><${Skeleton} /></nav>`;
  return html`<nav class="lists" aria-label=${t("Chats")}>
    <${Search} />
    <${Wish} />
    <div class="panes" onKeyDown=${moveAmongRows}>${GROUPS.map((group) => html`<${Group} key=${group.name} ...${group} />`)}
      ${filtered.value.isNothing && html`<p class="nothing">${t("Nothing found.")}</p>`}</div>
  </nav>`;
}

function Skeleton() {
  return html`<div class="skeleton" aria-hidden="true">${Array.from({ length: 7 }, (_, index) => html`<div key=${index} class="row"><i></i><b></b></div>`)}</div>`;
}

function Search() {
  const { search, filtered, select } = useWorkplace();
  const onKeyDown = (event) => {
    if (event.key === "Escape") search.value = "";
    else if (event.key === "Enter" && filtered.value.first) select(filtered.value.first);
    else if (event.key === "ArrowDown") focusRow(event, event.currentTarget.closest(".lists").querySelector("a.row"));
  };
  return html`<label class="find"><${Icon} name="find" />
    <input type="search" id="find" autocomplete="off" placeholder=${t("Find a chat or a visitor")} aria-label=${t("Find a chat or a visitor")}
      value=${search.value} onInput=${(event) => (search.value = event.target.value)} onKeyDown=${onKeyDown} />
    <kbd>${hint("find")}</kbd></label>`;
}

const WISHES = { online: () => t("Chats online"), waiting: () => t("Waiting") };

/** What the number of the main page counted, with how many chats that are now and the way back to all of them. */
function Wish() {
  const { wish, filtered, state, showAll } = useWorkplace();
  if (!wish.value) return null;
  const { show, department, operator } = wish.value;
  const { departments, operators } = state.value;
  const parts = [
    department !== null && (departments[department]?.name ?? t("No department")),
    operator !== null && operatorName(operators[operator]),
  ].filter(Boolean);
  const count = ["awaiting", "mine", "others"].reduce((sum, name) => sum + filtered.value[name].length, 0);
  return html`<p class="wish" role="status"><span class="cut" dir="auto">${[WISHES[show](), ...parts].join(" · ")}: <b>${count}</b></span>
    <button type="button" class="button" onClick=${showAll}>${t("Show all")}</button></p>`;
}

const JUMPS = {
  ArrowDown: (rows, at) => rows[Math.min(at + 1, rows.length - 1)],
  ArrowUp: (rows, at) => rows[Math.max(at - 1, 0)],
  Home: (rows) => rows[0],
  End: (rows) => rows[rows.length - 1],
};

function moveAmongRows(event) {
  const jump = JUMPS[event.key];
  if (!jump || event.altKey || event.ctrlKey || event.metaKey || !event.target.matches("a.row")) return;
  const rows = [...event.currentTarget.querySelectorAll("a.row")];
  focusRow(event, jump(rows, rows.indexOf(event.target)));
}

function focusRow(event, row) {
  if (!row) return;
  event.preventDefault();
  row.focus();
}

function Group({ name, title, empty }) {
  const { filtered, heldList, search, state, wish } = useWorkplace();
  const nothing = useComputed(() => empty(state.value.settings.auto_assignment)).value;
  const isShut = useSignal(false);
  const list = useRef(null);
  const ids = filtered.value[name];
  useGlide(list);
  const hold = () => (heldList.value = name);
  const release = (event) => {
    const section = event.currentTarget;
    if (event.type === "focusout" && (section.contains(event.relatedTarget) || section.matches(":hover"))) return;
    if (event.type === "pointerleave" && section.contains(document.activeElement)) return;
    if (heldList.value === name) heldList.value = null;
  };
  if (!ids.length && (search.value || wish.value || !nothing)) return null;
  return html`<section class="group" aria-labelledby="list-${name}">
    <h2 id="list-${name}"><button type="button" aria-expanded=${!isShut.value} onClick=${() => (isShut.value = !isShut.value)}>
      <${Icon} name="down" />${title()} <span class="count">${ids.length}</span></button></h2>
    ${!isShut.value &&
    html`<ul ref=${list} onPointerEnter=${hold} onPointerLeave=${release} onFocusIn=${hold} onFocusOut=${release}>
      ${ids.map((id) => html`<${Row} key=${id} id=${id} list=${name} />`)}
      ${!ids.length && html`<li class="empty">${nothing}</li>`}
    </ul>`}
  </section>`;
}

/** Rows that change their place glide there, so that the eye can follow. */
function useGlide(list) {
  const places = useRef(new Map());
  useLayoutEffect(() => {
    const next = new Map();
    for (const row of list.current?.children ?? []) {
      const before = places.current.get(row.dataset.id);
      next.set(row.dataset.id, row.offsetTop);
      const distance = before === undefined ? 0 : before - row.offsetTop;
      if (distance && !matchMedia("(prefers-reduced-motion: reduce)").matches) {
        row.animate([{ transform: `translateY(${distance}px)` }, { transform: "none" }], { duration: 180, easing: "ease-out" });
      }
    }
    places.current = next;
  });
}

function Row({ id, list }) {
  const { state, selected, select, tabStop, focusedRow } = useWorkplace();
  const chat = useComputed(() => state.value.chats[id]).value;
  const isCurrent = useComputed(() => selected.value === id).value;
  const isStop = useComputed(() => tabStop.value === id).value;
  if (!chat) return null;
  const name = visitorName(chat.visitor);
  const onClick = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    select(id, { isPressed: true });
  };
  return html`<li data-id=${id}><a class="row ${chat.unread ? "fresh" : ""}" href="#${id}" tabindex=${isStop ? 0 : -1}
    aria-current=${isCurrent ? "true" : null} onClick=${onClick} onFocus=${() => (focusedRow.value = id)}>
    <${Picture} id=${chat.visitor.id} name=${name} size=${32} />
    <div>
      <div class="line"><span class="name cut" dir="auto">${name}</span><${Place} chat=${chat} /><${When} chat=${chat} /></div>
      <div class="line"><${Words} chat=${chat} /><${Unread} count=${chat.unread} /><span class="language">${languageLabel(chat.language)}</span></div>
      ${list === "others" && html`<${Why} chat=${chat} />`}
    </div></a></li>`;
}

function Place({ chat }) {
  const { state } = useWorkplace();
  const department = useComputed(() => state.value.departments[chat.department_id]).value;
  return department ? html`<span class="chip" dir="auto">${department.name}</span>` : null;
}

/** How long they wait; once answered, when the last words were said and whether they were seen. */
function When({ chat }) {
  const { boot } = useWorkplace();
  if (chat.waiting_since) return html`<${Waiting} since=${chat.waiting_since} />`;
  if (!chat.last) return null;
  const tick = tickOf({ seq: chat.last_seq }, chat.read);
  const label = tick === "seen" ? t("seen") : t("sent, not seen yet");
  return html`<span class="wait said">${chat.last.author === "operator" && html`<${Icon} name=${tick} label=${label} />`}
    <time datetime=${chat.last.at}>${clockTime(chat.last.at, boot.time_zone)}</time></span>`;
}

function Words({ chat }) {
  const { state, now } = useWorkplace();
  const typing = useComputed(() => state.value.typing[chat.id]?.text).value;
  if (typing && now.value - typing.at < TYPING_MS) {
    return html`<span class="words cut typing"><${Dots} />${t("is typing")}</span>`;
  }
  if (!chat.last) return html`<span class="words cut none">${t("has not written yet")}</span>`;
  return html`<span class="words cut" dir="auto">${chat.last.body}</span>`;
}

/** Why it stands among the others: whose it is, or why nobody has it. */
function Why({ chat }) {
  const { state } = useWorkplace();
  const operator = useComputed(() => state.value.operators[chat.operator_id]).value;
  const reason = useComputed(() => waitingReason(chat, state.value)).value;
  const text = operator ? t("with {name}", { name: operatorName(operator) }) : reason;
  if (!text) return null;
  return html`<p class="why"><${Icon} name=${operator ? "people" : "info"} /><span class="cut" dir="auto">${text}</span></p>`;
}
