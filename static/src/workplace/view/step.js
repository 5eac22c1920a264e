// One step of a chat's life in its log; an assignment can be opened to see why.

import { useComputed } from "@preact/signals";

import { t } from "../../shared/i18n.js";
import { clockTime, fullTime } from "../../shared/time.js";
import { choiceText, stepText } from "../words.js";
import { html, useWorkplace } from "./html.js";
import { Icon } from "./icons.js";

const ICONS = {
  assign: "route",
  take: "take",
  take_over: "take",
  redirect: "redirect",
  return_to_queue: "clock",
  reopen: "chat",
  start: "chat",
  close_by_visitor: "done",
  close_by_operator: "done",
  close_by_time: "done",
};

export function Step({ step }) {
  const { state, boot } = useWorkplace();
  const text = useComputed(() => stepText(step, state.value)).value;
  const time = html`<time datetime=${step.at} title=${fullTime(step.at, boot.time_zone)}>${clockTime(step.at, boot.time_zone)}</time>`;
  const why = step.why?.tiebreak ? choiceText(step.why) : null;
  return html`<li class="event step">
    <p><${Icon} name=${ICONS[step.step] ?? "info"} /><span dir="auto">${why ? html`<b>${text}:</b> ${why}` : text}</span>${time}</p>
    ${step.note && html`<p class="remark"><span class="hidden">${t("Note:")} </span><span dir="auto">${step.note}</span></p>`}
  </li>`;
}
