// The strip above: where one is, how one is doing, and what one can set.

import { t } from "../../shared/i18n.js";
import { isWaiting } from "../lists.js";
import { isOpen } from "../store.js";
import { hint } from "../keys.js";
import { STATUSES, statusHint, statusName } from "../../cabinet/people.js";
import { html, useWorkplace } from "./html.js";
import { Icon, StatusDot } from "./icons.js";
import { Elapsed, Picture, Popover } from "./parts.js";
import { SoundMenu, SoundSettings } from "./sound_menu.js";

export function Header() {
  const { boot, dialog } = useWorkplace();
  return html`<header class="top">
    <a class="button icon home" href=${boot.urls.home} aria-label=${t("Operator menu")} data-tip=${t("Operator menu")}><${Icon} name="home" /></a>
    <${Sections} />
    <h1>${t("Workplace")}</h1>
    <${Figures} />
    <span class="push"></span>
    <${Connection} />
    <${SoundMenu} />
    <button type="button" class="button icon wide" aria-label=${t("Hotkeys")} data-tip="${t("Hotkeys")}  ${hint("help")}"
      onClick=${() => (dialog.value = { name: "help" })}><${Icon} name="keys" /></button>
    <${Theme} />
    <${Languages} />
    <${StatusMenu} />
    <${Person} />
    <${SignOut} />
    <${More} />
  </header>`;
}

/** The toolbar of the cabinet, folded up: here the screen belongs to the chats. */
function Sections() {
  const { boot } = useWorkplace();
  return html`<${Popover} className="sections" label=${t("Sections")} name=${t("Sections")} tip=${t("Sections")} face=${html`<${Icon} name="menu" />`}>
    ${() => html`<nav aria-label=${t("Sections")}>${boot.sections.map(
      ({ title, url, path, is_current: isCurrent }) => html`<a key=${url} class="item" href=${url} aria-current=${isCurrent ? "page" : null}>
        <svg viewBox="0 0 24 24" aria-hidden="true"><path d=${path} /></svg><span>${title}</span></a>`,
    )}</nav>`}
  </${Popover}>`;
}

/** A second's look: own chats of the limit, and how many wait. */
function Figures() {
  const { load, limit, state } = useWorkplace();
  const waiting = Object.values(state.value.chats).filter((chat) => isOpen(chat) && isWaiting(chat)).length;
  const bars = Math.min(limit.value, 10);
  const used = Math.round((Math.min(load.value, limit.value) / limit.value) * bars) || 0;
  return html`<ul class="figures" aria-label=${t("How I am doing")}>
    <li><span class="load ${load.value >= limit.value ? "full" : ""}" aria-hidden="true">
      ${Array.from({ length: bars }, (_, index) => html`<i key=${index} class=${index < used ? "used" : null}></i>`)}</span>
      <b>${load.value} / ${limit.value}</b> <span class="word">${t("chats")}</span></li>
    <li class=${waiting ? "waiting" : null}><${Icon} name="clock" />
      <span class="word">${t("waiting")}</span> <b>${waiting}</b></li>
  </ul>`;
}

const CONNECTIONS = {
  connecting: { icon: "unplugged", text: () => t("Connecting…") },
  offline: { icon: "unplugged", text: () => t("No connection") },
  polling: { icon: "unplugged", text: () => t("Slow connection") },
};

function Connection() {
  const { connection } = useWorkplace();
  const shown = CONNECTIONS[connection.value];
  return html`<span role="status" class="connection ${shown ? "weak" : ""}" data-state=${connection.value}>
    ${shown ? html`<${Icon} name=${shown.icon} /><span class="word">${shown.text()}</span>` : html`<span class="hidden">${t("Connected")}</span>`}
  </span>`;
}

async function send(url, boot, fields) {
  const body = new URLSearchParams({ ...fields, csrf_token: boot.csrf_token });
  await fetch(url, { method: "POST", body, redirect: "manual" }).catch(() => null);
}

function useTheme() {
  const { boot, theme } = useWorkplace();
  const isDark = theme.value === "dark";
  const turn = () => {
    theme.value = isDark ? "light" : "dark";
    send(boot.urls.theme, boot, { theme: theme.value });
  };
  return { label: isDark ? t("Light theme") : t("Dark theme"), icon: isDark ? "sun" : "moon", turn };
}

function Theme() {
  const { label, icon, turn } = useTheme();
  return html`<button type="button" class="button icon wide" aria-label=${label} data-tip=${label} onClick=${turn}><${Icon} name=${icon} /></button>`;
}

function Languages() {
  const { boot } = useWorkplace();
  const current = boot.languages.find((one) => one.tag === boot.language);
  const face = html`<span>${current.label}</span><${Icon} name="down" />`;
  return html`<${Popover} className="wide" panelRole="menu" label=${t("Interface language")} name="${t("Interface language")}: ${current.label}" tip=${t("Interface language")} face=${face}>
    ${() => html`<${LanguageForm} role="menuitemradio" />`}
  </${Popover}>`;
}

function LanguageForm({ role }) {
  const { boot } = useWorkplace();
  return html`<form method="post" action=${boot.urls.language}>
    <input type="hidden" name="csrf_token" value=${boot.csrf_token} />
    <input type="hidden" name="next" value=${boot.urls.workplace} />
    ${boot.languages.map(({ tag, name, label }) => {
      const isCurrent = tag === boot.language;
      const mark = role ? { role, "aria-checked": isCurrent } : { "aria-pressed": isCurrent };
      return html`<button key=${tag} class="item" name="language" value=${tag} lang=${tag} ...${mark}><span dir="auto">${name}</span><small>${label}</small></button>`;
    })}
  </form>`;
}

function StatusMenu() {
  const workplace = useWorkplace();
  const { state, commands, dialog, load } = workplace;
  const { status, status_since: since } = state.value.me ?? workplace.boot.me;
  const choose = (wanted) => {
    if (wanted === "offline" && load.value) dialog.value = { name: "leave", count: load.value };
    else commands.setStatus(wanted);
  };
  const face = html`<span class="hidden">${t("Status")}: </span><${StatusDot} status=${status} /><span class="word">${statusName(status)}</span>
    ${since && html`<${Elapsed} since=${since} />`}<${Icon} name="down" />`;
  return html`<${Popover} className="status" panelRole="menu" label=${t("Status")} face=${face}>
    ${(close) =>
      STATUSES.map(
        (one) => html`<button key=${one} type="button" class="item" role="menuitemradio" aria-checked=${one === status}
          onClick=${() => (close(), choose(one))}><${StatusDot} status=${one} /><span>${statusName(one)}</span>
          <small>${one === status ? t("now") : statusHint(one)}</small></button>`,
      )}
  </${Popover}>`;
}

function Person() {
  const { boot, state } = useWorkplace();
  const { name, photo } = state.value.me ?? boot.me;
  return html`<a class="me" href=${boot.urls.profile} title=${t("My profile")}><${Picture} name=${name} photo=${photo} size=${28} />
    <span class="cut" dir="auto">${name}</span></a>`;
}

function SignOut({ hasWords }) {
  const { boot, load, dialog } = useWorkplace();
  // The form itself is sent only once the person knows what becomes of the chats.
  const onSubmit = (event) => {
    if (!load.value) return;
    event.preventDefault();
    dialog.value = { name: "leave", count: load.value, form: event.currentTarget };
  };
  const look = hasWords ? { class: "item" } : { class: "button icon", "aria-label": t("Sign out"), "data-tip": t("Sign out") };
  return html`<form class=${hasWords ? null : "wide"} method="post" action=${boot.urls.sign_out} onSubmit=${onSubmit}>
    <input type="hidden" name="csrf_token" value=${boot.csrf_token} />
    <button ...${look}><${Icon} name="leave" />${hasWords && html`<span>${t("Sign out")}</span>`}</button>
  </form>`;
}

/** On a phone all that has no room in the strip stands behind the person's picture. */
function More() {
  const { boot, state } = useWorkplace();
  const { name, photo } = state.value.me ?? boot.me;
  const theme = useTheme();
  const face = html`<${Picture} name=${name} photo=${photo} size=${28} /><span class="hidden">${name}</span>`;
  return html`<${Popover} className="more" label=${name} face=${face}>
    ${() => html`<p class="more-name" dir="auto">${name}</p>
      <${SoundSettings} />
      <button type="button" class="item" onClick=${theme.turn}><${Icon} name=${theme.icon} /><span>${theme.label}</span></button>
      <hr /><${LanguageForm} /><hr /><${SignOut} hasWords />`}
  </${Popover}>`;
}
