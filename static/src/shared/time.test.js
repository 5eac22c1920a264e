import assert from "node:assert/strict";
import { test } from "node:test";

import { setCatalogue } from "./i18n.js";
import { clockTime, comingTime, createTicker, dayKey, dayTitle, duration } from "./time.js";

test("a moment is shown in the zone's time and belongs to the zone's day", () => {
  setCatalogue({}, "ru");
  assert.equal(clockTime("2026-11-22T21:31:05.123Z", "Europe/Moscow"), "00:31");
  assert.equal(dayKey("2026-11-22T21:31:05.123Z", "Europe/Moscow"), "2026-11-23");
  assert.equal(dayKey("2026-11-22T20:59:59Z", "Europe/Moscow"), "2026-11-22");
});

test("days are called today, yesterday, or by their date", () => {
  setCatalogue({ Today: "Сегодня", Yesterday: "Вчера" }, "ru");
  const now = "2026-03-30T09:00:00Z";
  assert.equal(dayTitle("2026-03-30T01:00:00Z", now, "Europe/Berlin"), "Сегодня");
  // The clocks went forward in the night before: that day had 23 hours.
  assert.equal(dayTitle("2026-03-28T23:30:00Z", now, "Europe/Berlin"), "Вчера");
  assert.equal(dayTitle("2026-03-01T12:00:00Z", now, "Europe/Berlin"), "1 марта");
  assert.match(dayTitle("2025-03-01T12:00:00Z", now, "Europe/Berlin"), /1 марта 2025/);
});

test("a moment to come is told by the zone of who reads it", () => {
  setCatalogue({ "{day} at {time}": "{day} в {time}" }, "ru");
  const now = "2026-11-20T17:00:00Z";
  assert.equal(comingTime("2026-11-20T18:00:00Z", now, "Europe/Moscow"), "сегодня в 21:00");
  assert.equal(comingTime("2026-11-21T06:00:00Z", now, "Europe/Moscow"), "завтра в 9:00");
  assert.match(comingTime("2026-11-23T06:00:00Z", now, "Europe/Moscow"), /^понедельник, 23 ноября.+9:00$/);
  // In Vladivostok it is tomorrow already.
  assert.equal(comingTime("2026-11-21T06:00:00Z", now, "Asia/Vladivostok"), "сегодня в 16:00");
});

test("durations read like a clock and never go below zero", () => {
  assert.deepEqual([-5, 0, 7, 65, 599.9, 3753].map(duration), ["0:00", "0:00", "0:07", "1:05", "9:59", "1:02:33"]);
});

test("the ticker runs one timer, and only while somebody listens", () => {
  let running = 0;
  let fire = null;
  const ticker = createTicker({ now: () => 42, start: (tick) => ((running += 1), (fire = tick)), stop: () => (running -= 1) });
  const heard = [];
  const endOne = ticker.subscribe((now) => heard.push(now));
  const endTwo = ticker.subscribe((now) => heard.push(now));
  assert.equal(running, 1);
  fire();
  assert.deepEqual(heard, [42, 42]);
  endOne();
  assert.equal(running, 1);
  endTwo();
  assert.equal(running, 0);
});
