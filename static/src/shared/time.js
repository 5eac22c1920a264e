// Times as people read them: by locale and time zone, days apart, durations that tick from one timer.

import { language, t } from "./i18n.js";

const formats = new Map();

function format(options, zone) {
  const key = JSON.stringify([language(), zone, options]);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(language(), { ...options, timeZone: zone }));
  return formats.get(key);
}

/** Hours and minutes; the browser's zone where none is named. */
export function clockTime(iso, zone) {
  return format({ hour: "2-digit", minute: "2-digit" }, zone).format(new Date(iso));
}

/** Date and time in full, for a tooltip. */
export function fullTime(iso, zone) {
  return format({ dateStyle: "long", timeStyle: "short" }, zone).format(new Date(iso));
}

/** The calendar day in the zone, as a key: equal for two moments of one day. */
export function dayKey(iso, zone) {
  const parts = format({ year: "numeric", month: "2-digit", day: "2-digit", calendar: "gregory", numberingSystem: "latn" }, zone)
    .formatToParts(new Date(iso))
    .filter((part) => part.type !== "literal");
  const value = Object.fromEntries(parts.map((part) => [part.type, part.value]));
  return `${value.year}-${value.month}-${value.day}`;
}

/** The day's heading in a log: Today, Yesterday, or the date (with the year when it is another one). */
export function dayTitle(iso, now, zone) {
  const day = dayKey(iso, zone);
  const daysAgo = Math.round((Date.parse(dayKey(now, zone)) - Date.parse(day)) / 86_400_000);
  if (daysAgo === 0) return t("Today");
  if (daysAgo === 1) return t("Yesterday");
  const isThisYear = day.slice(0, 4) === dayKey(now, zone).slice(0, 4);
  return format({ day: "numeric", month: "long", ...(isThisYear ? {} : { year: "numeric" }) }, zone).format(new Date(iso));
}

/** A moment to come, as one would say it: "tomorrow at 9:00 AM", "Monday, November 23 at 9:00 AM". */
export function comingTime(iso, now, zone) {
  const daysAhead = Math.round((Date.parse(dayKey(iso, zone)) - Date.parse(dayKey(now, zone))) / 86_400_000);
  const clock = { hour: "numeric", minute: "2-digit" };
  if (daysAhead > 1) return format({ weekday: "long", day: "numeric", month: "long", ...clock }, zone).format(new Date(iso));
  const day = new Intl.RelativeTimeFormat(language(), { numeric: "auto" }).format(daysAhead, "day");
  return t("{day} at {time}", { day, time: format(clock, zone).format(new Date(iso)) });
}

/** A duration as a clock shows it: 0:07, 12:45, 1:02:33; never negative, whatever the clocks say. */
export function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const pad = (value) => String(value).padStart(2, "0");
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return hours ? `${hours}:${pad(minutes)}:${pad(rest)}` : `${minutes}:${pad(rest)}`;
}

/** One timer for everything that ticks on a page; it runs only while somebody listens. `subscribe` returns its end. */
export function createTicker({ every = 1000, now = () => Date.now(), start = setInterval, stop = clearInterval } = {}) {
  const listeners = new Set();
  let timer = null;
  const tick = () => {
    for (const listener of [...listeners]) listener(now());
  };
  return {
    subscribe(listener) {
      listeners.add(listener);
      timer ??= start(tick, every);
      return () => {
        listeners.delete(listener);
        if (listeners.size) return;
        stop(timer);
        timer = null;
      };
    },
  };
}
