// Time and chance as one object, so that tests can hand in their own.

export const browserTimers = {
  now: () => Date.now(),
  set: (action, delay) => setTimeout(action, delay),
  clear: (timer) => clearTimeout(timer),
  random: () => Math.random(),
};

const LONGEST_MS = 30_000;

/** How long to wait before try number `attempt` (1, 2, …): 1, 2, 4 … 30 s, each shortened by up to a half by chance. */
export function backOff(attempt, random) {
  const full = Math.min(1000 * 2 ** Math.max(0, attempt - 1), LONGEST_MS);
  return Math.round(full * (1 - random() / 2));
}
