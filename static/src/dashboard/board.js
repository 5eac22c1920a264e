// Keeps the main page's numbers, and the rows behind them, live: the server draws the page, this puts new numbers into
// their places.

import { language, t } from "../shared/i18n.js";
import { call, onEvent, onState } from "../admin/socket.js";
import { show as showStatus } from "../admin/status.js";
import { shapeOf, valueAt } from "./numbers.js";

const STATES = {
  connecting: () => t("Connecting…"),
  live: () => t("Updates by itself"),
  polling: () => t("Updates by itself"),
  offline: () => t("No connection: the numbers may be old"),
};
const POLL_MS = 5000;

/** Watches the dashboard where the page has one. */
export function init(root) {
  const isBoard = Boolean(root.getElementById("dashboard"));
  if (!isBoard && !root.getElementById("rows")) return;
  let timer = null;
  const watch = async () => {
    const answer = await call("watch_dashboard");
    if (answer.ok && isBoard) await draw(root, answer.dashboard);
  };
  // The rows behind a number are the server's to choose: it draws them anew whenever the numbers may have moved.
  onEvent((name, data) => name === "dashboard" && (isBoard ? draw(root, data) : redraw(root, "rows")));
  onState((state) => {
    const line = root.querySelector("[data-live]");
    line.dataset.live = state;
    line.querySelector("[data-live-text]").textContent = STATES[state]();
    clearInterval(timer);
    if (state === "live") watch();
    // Without a socket nobody tells us: ask.
    if (state === "polling") timer = setInterval(isBoard ? watch : () => redraw(root, "rows"), POLL_MS);
  });
}

async function draw(root, numbers) {
  // A department or a person came or went: the server draws the page's part anew.
  if (root.getElementById("dashboard").dataset.shape !== shapeOf(numbers) && !(await redraw(root, "dashboard"))) return;
  const board = root.getElementById("dashboard");
  fill(board, numbers, (place) => !place.closest("[data-department], [data-operator]"));
  board.querySelector("[data-waiting]").dataset.waiting = numbers.now.waiting;
  wait(board.querySelector('[data-wait="now"]'), numbers.now.waiting_since);
  for (const row of numbers.departments) {
    const place = board.querySelector(`[data-department="${row.id ?? 0}"]`);
    fill(place, row);
    wait(place.querySelector("[data-wait]"), row.waiting_since);
  }
  for (const person of numbers.groups.flatMap((group) => group.operators)) {
    for (const place of board.querySelectorAll(`[data-operator="${person.id}"]`)) {
      fill(place, person);
      showStatus(place, person);
    }
  }
}

async function redraw(root, id) {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" }).catch(() => null);
  if (!answer?.ok) return false;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById(id);
  if (!fresh) return false;
  const old = root.getElementById(id);
  // Nobody loses the row under their hand because nothing changed.
  if (!fresh.isEqualNode(old) && !old.contains(document.activeElement)) old.replaceWith(root.adoptNode(fresh));
  return true;
}

function fill(place, numbers, belongs = () => true) {
  for (const cell of place.querySelectorAll("[data-n]")) {
    if (!belongs(cell)) continue;
    const value = valueAt(numbers, cell.dataset.n);
    const isExact = "hundredths" in cell.dataset;
    const text = value === null ? "—" : format(value, isExact ? 2 : 0);
    if (cell.textContent !== text) cell.textContent = text;
    cell.closest("td")?.classList.toggle("zero", !value);
    const unit = cell.nextElementSibling;
    if (unit?.matches("[data-unit]")) unit.hidden = value === null;
  }
}

function wait(place, since) {
  place.querySelector("[data-late]").hidden = !since;
  place.querySelector("[data-nobody]").hidden = Boolean(since);
  place.querySelector("time").dataset.since = since ?? "";
}

function format(value, digits) {
  return new Intl.NumberFormat(language(), { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
}
