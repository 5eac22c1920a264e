// Statuses of operators in lists and forms, and how many are online in each department: live.

import { onlineIn } from "../cabinet/targets.js";
import { written } from "./page.js";
import { show } from "./status.js";
import { onOperator } from "./socket.js";

/** Every element that shows somebody's status follows it; the button that disconnects shows for the online only. */
export function initStatuses(root) {
  if (!root.querySelector("[data-operator]")) return;
  onOperator((operator) => {
    for (const place of root.querySelectorAll(`[data-operator="${operator.id}"]`)) show(place, operator);
    const button = root.querySelector(`[data-disconnect="${operator.id}"]`);
    if (button) button.hidden = operator.status !== "online";
  });
}

/** The number of operators online in each department of the list. */
export function initDepartments(root) {
  const places = root.querySelectorAll("[data-online-in]");
  if (!places.length) return;
  const people = new Map(written("people").map((person) => [person.id, person]));
  onOperator((operator) => {
    people.set(operator.id, operator);
    for (const place of places) draw(place, onlineIn(Object.fromEntries(people), Number(place.dataset.onlineIn)));
  });
}

function draw(place, count) {
  place.querySelector("[data-number]").textContent = String(count);
  const dot = document.querySelector(`#status-menu [data-status="${count ? "online" : "offline"}"] .dot`);
  if (dot) place.querySelector("[data-status-dot]").replaceChildren(dot.cloneNode(true));
}
