// The person's own status in the header, and leaving: whoever has open chats is told how many before they go.

import { t, tn } from "../shared/i18n.js";
import { ask } from "./dialog.js";
import { say } from "./page.js";
import { call, close, onOperator } from "./socket.js";

/** The status menu: it shows every change at once, whoever made it and wherever. */
export function initStatus(root, boot) {
  const menu = root.getElementById("status-menu");
  if (!menu) return;
  onOperator((operator) => operator.id === boot.me && show(menu, operator));
  menu.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-status]");
    if (!button) return;
    menu.removeAttribute("open");
    menu.querySelector("summary").focus();
    await change(menu, button.dataset.status, boot);
  });
}

async function change(menu, status, boot) {
  if (status === "offline" && !(await mayLeave(boot, t("Go offline and keep them")))) return;
  const answer = await call("set_status", { status });
  if (answer.ok) show(menu, answer.operator);
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
    if (!(await mayLeave(boot, t("Sign out and keep them")))) return;
    form.dataset.asked = "1";
    close();
    form.requestSubmit();
  });
}

async function mayLeave(boot, keep) {
  const snapshot = await call("snapshot");
  const open = snapshot.ok ? snapshot.chats.filter((chat) => chat.operator_id === boot.me).length : boot.openChats;
  if (!open) return true;
  const question = tn(
    "You have {n} open chat. It stays yours; nobody answers it until you are back or somebody takes it over.",
    "You have {n} open chats. They stay yours; nobody answers them until you are back or somebody takes them over.",
    open,
  );
  const answer = await ask(question, [
    { value: "redirect", text: t("Redirect them first"), look: "primary" },
    { value: "keep", text: keep, look: "danger" },
  ]);
  if (answer === "redirect") location.assign("/workplace");
  return answer === "keep";
}
