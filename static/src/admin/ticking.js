// Durations on the page: every `time[data-since]` shows how long ago its moment was, from one timer.

import { createTicker, duration } from "../shared/time.js";

const LONG_SECONDS = 180;

/** `serverNow` (ISO) corrects for a browser whose clock is wrong. */
export function initTicking(root, serverNow) {
  const skew = serverNow ? Date.parse(serverNow) - Date.now() : 0;
  const draw = (now = Date.now()) => {
    for (const time of root.querySelectorAll("time[data-since]")) {
      if (!time.dataset.since) continue;
      const seconds = (now + skew - Date.parse(time.dataset.since)) / 1000;
      time.textContent = duration(seconds);
      const late = time.closest("[data-late]");
      if (late) late.dataset.late = seconds > LONG_SECONDS ? "long" : "";
    }
  };
  createTicker().subscribe(draw);
  draw();
}
