// The right pane: who the visitor is, as far as it is known.

import { useComputed } from "@preact/signals";

import { t, tn } from "../../shared/i18n.js";
import { fullTime } from "../../shared/time.js";
import { browserOf } from "../browsers.js";
import { isOpen } from "../store.js";
import { operatorName } from "../../cabinet/people.js";
import { languageLabel, visitorName } from "../words.js";
import { html, useWorkplace } from "./html.js";
import { Icon } from "./icons.js";
import { Elapsed, Picture } from "./parts.js";

export function Card() {
  const { state, selected, toggleCard } = useWorkplace();
  const chat = useComputed(() => state.value.chats[selected.value]).value;
  const entry = useComputed(() => state.value.opened[selected.value]).value;
  if (!chat) return null;
  const visitor = { ...chat.visitor, ...entry?.visitor };
  const name = visitorName(visitor);
  return html`<aside class="card" id="card" aria-label=${t("Visitor")}>
    <header><button type="button" class="button icon back" aria-label=${t("Back to the chat")} onClick=${toggleCard}><${Icon} name="back" /></button>
      <${Picture} id=${visitor.id} name=${name} size=${40} />
      <div class="who"><h2 class="name" dir="auto">${name}</h2><p><${Presence} chat=${chat} /></p></div></header>
    <section aria-label=${t("Contacts")}><${Contacts} visitor=${visitor} /></section>
    <section><h3>${t("Chat")}</h3><${Facts} chat=${chat} /></section>
    <section><h3>${t("Visits")}</h3><${Visits} visitor=${visitor} /></section>
  </aside>`;
}

function Presence({ chat }) {
  if (!isOpen(chat)) return t("the chat has ended");
  if (chat.visitor_left_at) return html`<span class="left-site">${t("left the site")} <${Elapsed} since=${chat.visitor_left_at} /></span>`;
  return html`${t("in touch")} <${Elapsed} since=${chat.started_at} />`;
}

function Contacts({ visitor }) {
  if (!visitor.email && !visitor.phone) return html`<p class="empty">${t("No contacts left yet.")}</p><${CrmLink} visitor=${visitor} />`;
  return html`${visitor.email && html`<${Fact} icon="mail" label=${t("E-mail")}><a class="cut code" href="mailto:${visitor.email}">${visitor.email}</a></${Fact}>`}
    ${visitor.phone && html`<${Fact} icon="phone" label=${t("Phone")}><a class="cut code" href="tel:${visitor.phone.replace(/[^+\d]/g, "")}">${visitor.phone}</a></${Fact}>`}<${CrmLink} visitor=${visitor} />`;
}

/** The visitor in the company's own CRM; the server has made the address. */
function CrmLink({ visitor }) {
  if (!visitor.crm_link) return null;
  return html`<${Fact} icon="open" label=${t("CRM")}><a class="cut" href=${visitor.crm_link} target="_blank" rel="noopener noreferrer">${t("Open in the CRM")}</a></${Fact}>`;
}

function Fact({ icon, label, children }) {
  return html`<div class="fact"><${Icon} name=${icon} label=${label} />${children}</div>`;
}

function Facts({ chat }) {
  const { state, boot } = useWorkplace();
  const { departments, operators } = state.value;
  const operator = operators[chat.operator_id];
  const rows = [
    [t("Department"), departments[chat.department_id]?.name ?? t("No department")],
    [t("Language"), languageLabel(chat.language)],
    [t("Placement"), chat.placement],
    [t("Operator"), operator && operatorName(operator)],
    [t("Began"), fullTime(chat.started_at, boot.time_zone)],
  ];
  return html`<${Fields} rows=${rows} />`;
}

/** Names and values; what is not known takes no place. */
function Fields({ rows }) {
  return html`<dl class="fields">${rows.map(
    ([name, value]) => value && html`<div key=${name}><dt>${name}</dt><dd dir="auto">${value}</dd></div>`,
  )}</dl>`;
}

function Visits({ visitor }) {
  const { boot } = useWorkplace();
  if (visitor.chats === undefined) return html`<p class="empty" aria-busy="true">…</p>`;
  const earlier = visitor.chats - 1;
  const rows = [
    [t("Chats"), earlier > 0 ? tn("{n} before this one", "{n} before this one", earlier) : t("this is the first one")],
    [t("First visit"), visitor.first_seen_at && fullTime(visitor.first_seen_at, boot.time_zone)],
    [t("Browser"), browserOf(visitor.user_agent ?? "")],
    [t("Place"), visitor.place && [visitor.place.city, visitor.place.country].filter(Boolean).join(", ")],
    [t("Address"), visitor.address && html`<bdi class="num">${visitor.address}</bdi>`],
  ];
  return html`<${Fields} rows=${rows} />${visitor.place?.credit === "DB-IP" && html`<${Credit} />`}`;
}

/** The words that the licence of the geography asks for beside it. */
function Credit() {
  return html`<p class="credit"><a lang="en" href="https://db-ip.com" target="_blank" rel="noopener noreferrer">IP Geolocation by DB-IP</a></p>`;
}
