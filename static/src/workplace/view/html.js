// The one door to Preact: templates as tagged strings, and the workplace for every component.

import htm from "htm";
import { createContext, h } from "preact";
import { useContext } from "preact/hooks";

export const html = htm.bind(h);

export const Workplace = createContext(null);

/** The workplace that this page shows. */
export function useWorkplace() {
  return useContext(Workplace);
}
