// How many visitors wait: on the workplace's item of the toolbar, live on every page.

import { isWaiting } from "../workplace/lists.js";
import { call, onEvent, onState } from "./socket.js";

/** The ids of the chats that wait, after an event; the same set where it changes nothing. */
export function afterEvent(waiting, name, data) {
  if (name === "snapshot") return new Set(data.chats.filter(isWaiting).map((chat) => chat.id));
  const id = data?.chat;
  const waits = name === "change" && data.view ? isWaiting(data.view) : name === "gone" ? false : waiting.has(id);
  if (waits === waiting.has(id)) return waiting;
  const next = new Set(waiting);
  if (waits) next.add(id);
  else next.delete(id);
  return next;
}

/** Keeps the number beside the workplace's name. */
export function initWaiting(root, boot) {
  const badge = root.querySelector("[data-waiting-count]");
  if (!badge) return;
  let waiting = new Set(boot.waiting);
  const draw = (next) => {
    waiting = next;
    badge.querySelector("[data-number]").textContent = String(waiting.size);
    badge.hidden = !waiting.size;
  };
  onEvent((name, data) => draw(afterEvent(waiting, name, data)));
  onState(async (state) => {
    if (state !== "live") return;
    // What happened before the line was open, or while it was cut.
    const answer = await call("waiting");
    if (answer.ok) draw(new Set(answer.chats));
  });
}
