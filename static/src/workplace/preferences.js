// What a person set for this browser; every tab follows.

import { signal } from "@preact/signals";

const DEFAULTS = {
  sound: "on", // on, off
  repeat: "off", // sound again until a waiting chat is taken: on, off
  enter: "enter", // what sends: enter, control
  card: "shown", // visitor's card: shown, hidden
};

/** Signals of all preferences with `set(name, value)`; `hear` takes the window's storage event. */
export function createPreferences(storage, prefix = "otvet.workplace.") {
  const signals = {};
  for (const [name, value] of Object.entries(DEFAULTS)) signals[name] = signal(storage.getItem(prefix + name) ?? value);
  return {
    ...signals,
    set(name, value) {
      signals[name].value = value;
      try {
        storage.setItem(prefix + name, value);
      } catch {
        // A full storage forgets the preference with the page.
      }
    },
    hear({ key, newValue }) {
      const name = key?.startsWith(prefix) ? key.slice(prefix.length) : null;
      if (name in signals) signals[name].value = newValue ?? DEFAULTS[name];
    },
  };
}
