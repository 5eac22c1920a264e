// What the unit tests share: time that moves when the test says so.

/** Timers whose clock stands still until `advance`; chance is always 0, so back-off is exact. */
export function fakeTimers(start = 0) {
  let now = start;
  let count = 0;
  const pending = new Map();
  return {
    now: () => now,
    random: () => 0,
    set(action, delay) {
      count += 1;
      pending.set(count, { action, at: now + delay });
      return count;
    },
    clear: (timer) => void pending.delete(timer),
    /** In how many milliseconds the next timer is due. */
    next: () => Math.min(...[...pending.values()].map(({ at }) => at)) - now,
    advance(milliseconds) {
      now += milliseconds;
      const due = [...pending].filter(([, { at }]) => at <= now).sort(([, one], [, other]) => one.at - other.at);
      for (const [timer, { action }] of due) if (pending.delete(timer)) action();
    },
  };
}

/** Resolves when every promise that was ready has run its followers. */
export function settled() {
  return new Promise((resolve) => setImmediate(resolve));
}
