// The person's own status in the header, and leaving: whoever has open chats is told how many before they go.

import { t } from "../shared/i18n.js";
import { mayLeave } from "./leaving.js";
import { say, unsay } from "./page.js";
import { call, close, onEvent, onOperator } from "./socket.js";

/** The status menu: it shows every change at once, whoever made it and wherever. */
export function initStatus(root, boot) {
  const menu = root.getElementById("status-menu");
  if (!menu) return;
  onOperator((operator) => operator.id === boot.me && show(menu, operator));
  onEvent((name, data) => name === "disconnected" && say(t("You were disconnected by {name}. Choose a status to go on.", { name: data.by }), { stays: true }));
  menu.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-status]");
    if (!button) return;
    menu.removeAttribute("open");
    menu.querySelector("summary").focus();
    await change(menu, button.dataset.status, boot);
  });
}

async function change(menu, status, boot) {
  if (status === "offline" && !(await mayLeave(boot, t("Keep them and go offline")))) return;
  const answer = await call("set_status", { status });
  if (answer.ok) {
    show(menu, answer.operator);
    unsay();
  }
  else say(answer.message || t("The status was not changed: no answer from the server."));
}

/** Draws a status and since when into an element that holds a dot, a name and a time. */
export function show(place, { status, status_since: since }) {
  const picture = document.querySelector(`#status-menu [data-status="${status}"]`);
  if (!picture) return;
  place.querySelector("[data-status-dot]")?.replaceChildren(picture.querySelector(".dot").cloneNode(true));
  const name = place.querySelector("[data-status-name]");
  if (name) name.textContent = picture.querySelector("span").textContent;
  const time = place.querySelector("time[data-since]");
  if (time) {
    time.dataset.since = since;
    // Nobody asks how long somebody has been away.
    time.hidden = status === "offline";
  }
  for (const button of place.querySelectorAll("button[data-status]")) {
    button.setAttribute("aria-pressed", String(button.dataset.status === status));
  }
}

/** Signing out with open chats asks first. */
export function initSignOut(root, boot) {
  root.addEventListener("submit", async (event) => {
    const form = event.target.closest("form[data-sign-out]");
    if (!form || form.dataset.asked) return;
    event.preventDefault();
    if (!(await mayLeave(boot, t("Keep them and sign out")))) return;
    form.dataset.asked = "1";
    close();
    form.requestSubmit();
  });
}
