// Line icons, 24 × 24. Those that point are mirrored where the text runs from the right.

import { alert, back, bell, chat, clock, done, down, exit, home, info, keys, mail, menu, moon, open, phone, redirect, route, search, seen, send, sent, silent, sound, sun, take, template, unplugged, users, x } from "../../shared/icons.json";
import { html } from "./html.js";

const PATHS = {
  alert, back, bell, chat, clock, close: x, done, down, find: search, home, info, keys, leave: exit, mail, menu, moon, open, people: users, phone, redirect, route, seen, send, sent, silent, sound, sun, take, template, unplugged,
};

const TURNED = new Set(["back", "redirect", "leave", "send", "route"]);

/** An icon by name; with a label it speaks, without one it stands beside words. */
export function Icon({ name, label }) {
  const role = label ? { role: "img", "aria-label": label } : { "aria-hidden": "true" };
  return html`<svg viewBox="0 0 24 24" class=${TURNED.has(name) ? "turn" : null} ...${role}><path d=${PATHS[name]} /></svg>`;
}

const SHAPES = {
  online: html`<circle cx="5" cy="5" r="4.5" />`,
  invisible: html`<circle class="line" cx="5" cy="5" r="3.8" stroke-dasharray="2.4 1.6" />`,
  before_lunch: html`<circle class="line" cx="5" cy="5" r="4" /><path d="M5 .8v8.4a4.2 4.2 0 0 0 0-8.4z" />`,
  lunch: html`<circle cx="5" cy="5" r="4.5" /><path class="bar" d="M2.6 5h4.8" />`,
  break: html`<rect x="1" y="1" width="8" height="8" rx="1.5" />`,
  offline: html`<circle class="line" cx="5" cy="5" r="3.7" />`,
};

/** A status's sign: each has a shape of its own, for colour never speaks alone. */
export function StatusDot({ status }) {
  return html`<svg class="status-dot ${status}" viewBox="0 0 10 10" aria-hidden="true">${SHAPES[status]}</svg>`;
}
