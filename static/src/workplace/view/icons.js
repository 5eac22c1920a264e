// Line icons, 24 × 24. Those that point are mirrored where the text runs from the right.

import { html } from "./html.js";

const PATHS = {
  alert: "M12 4 21 19.500H3z M12 10v4 M12 16.800v.1",
  back: "M14.5 5.5 8 12l6.5 6.5",
  bell: "M6 16.500V11a6 6 0 0 1 12 0v5.500l1.5 1.500h-15z M10 20.500h4",
  chat: "M4 6.500A1.5 1.5 0 0 1 5.5 5h13A1.5 1.5 0 0 1 20 6.500v9a1.5 1.5 0 0 1-1.5 1.500H10l-4.5 3.500V17A1.5 1.5 0 0 1 4 15.500z",
  clock: "M12 3.500a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z M12 7.500V12l3 2",
  close: "M6.5 6.500l11 11 M17.5 6.500l-11 11",
  done: "M12 3.500a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z M8.5 12.200l2.5 2.5 4.7-5",
  down: "m6.5 9.5 5.5 5.5 5.5-5.5",
  find: "M11 4.500a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13z M16 16l4 4",
  home: "M4 11.5 12 4.500l8 7V19a1 1 0 0 1-1 1h-4.500v-5.500h-5V20H5a1 1 0 0 1-1-1z",
  info: "M12 3.500a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z M12 11.500v4.5 M12 8.200v.1",
  keys: "M5 6h14a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V8a2 2 0 0 1 2-2z M7 10h.01 M12 10h.01 M17 10h.01 M8 14h8",
  leave: "M10 4.500H6A1.5 1.5 0 0 0 4.5 6v12A1.5 1.5 0 0 0 6 19.500h4 M15 8l4 4-4 4 M9.5 12H19",
  mail: "M5.5 5.500h13a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2h-13a2 2 0 0 1-2-2v-9a2 2 0 0 1 2-2z M4 7.500l8 6 8-6",
  moon: "M19.5 14.500A8 8 0 0 1 9.5 4.500a8 8 0 1 0 10 10z",
  people: "M9 5.500a3.3 3.3 0 1 0 0 6.6 3.3 3.3 0 0 0 0-6.600z M3 19.500c.5-3.4 2.8-5.2 6-5.200s5.5 1.8 6 5.2 M15.5 5.800a3.3 3.3 0 0 1 0 6 M17.5 14.700c2 .7 3.2 2.3 3.5 4.8",
  phone: "M5 4.500h3.500l1.5 4-2 1.500c1 2.3 3.7 5 6 6l1.5-2 4 1.500V19a1.5 1.5 0 0 1-1.6 1.500C11 20 4 13 3.5 6.100A1.5 1.5 0 0 1 5 4.500z",
  redirect: "m14 5 5.5 5.500L14 16 M19 10.500H10A5.5 5.5 0 0 0 4.5 16v3",
  route: "M6 15.700a2.3 2.3 0 1 0 0 4.6 2.3 2.3 0 0 0 0-4.600z M18 3.700a2.3 2.3 0 1 0 0 4.6 2.3 2.3 0 0 0 0-4.600z M8.3 18H14a3 3 0 0 0 0-6h-4a3 3 0 0 1 0-6h5.5",
  seen: "m2.5 12.5 4 4 8-9 M11.5 16.200l.3.3 8.7-9",
  send: "M4.5 12h13 M12 6l6 6-6 6",
  sent: "m6 12.5 4 4 8-9",
  silent: "M4.5 9.500v5H8l4.5 4v-13L8 9.500z M16 9.500l5 5 M21 9.500l-5 5",
  sound: "M4.5 9.500v5H8l4.5 4v-13L8 9.500z M16 9a4.5 4.5 0 0 1 0 6 M18.6 6.500a8 8 0 0 1 0 11",
  sun: "M12 7.800a4.2 4.2 0 1 0 0 8.4 4.2 4.2 0 0 0 0-8.400z M12 2.500v2 M12 19.500v2 M2.5 12h2 M19.5 12h2 M5.3 5.300l1.4 1.4 M17.3 17.300l1.4 1.4 M18.7 5.300l-1.4 1.4 M6.7 17.300l-1.4 1.4",
  take: "M4 6.500A1.5 1.5 0 0 1 5.5 5h13A1.5 1.5 0 0 1 20 6.500v9a1.5 1.5 0 0 1-1.5 1.500H10l-4.5 3.500V17A1.5 1.5 0 0 1 4 15.500z M8.5 11l2.5 2.5 4.5-5",
  template: "M7 4h10a3 3 0 0 1 3 3v10a3 3 0 0 1-3 3H7a3 3 0 0 1-3-3V7a3 3 0 0 1 3-3z M14 8.500l-4 7",
  unplugged: "M3.5 9.500a13 13 0 0 1 5-2.9 M20.5 9.500a13 13 0 0 0-8-3.6 M6.5 13a8.5 8.5 0 0 1 4-2.2 M17.5 13a8.5 8.5 0 0 0-1.7-1.3 M9.7 16.200a4 4 0 0 1 4.6 0 M12 19h.01 M4 4l16 16",
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
