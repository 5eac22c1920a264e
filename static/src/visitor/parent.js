// The page around the frame. Its origin is pinned by its first message; before that nothing but "I am here" is said.

import { readMessage, TO_WINDOW } from "../shared/framing.js";

/** Talks with the button: `on` has shown({focus}), hidden(), begin({message, department}). Alone, it says nothing. */
export function createParent({ isEmbedded, on, scope = window }) {
  const { parent } = scope;
  let origin = null;
  let lastState = null;

  function hear(event) {
    if (event.source !== parent || (origin && event.origin !== origin)) return;
    const message = readMessage(event.data, TO_WINDOW);
    if (!message) return;
    if (!origin) {
      origin = event.origin;
      if (lastState) tell(lastState);
    }
    on[message.otvet](message);
  }

  function tell(message) {
    if (origin) parent.postMessage(message, origin);
  }

  function state(unread, chat) {
    lastState = { otvet: "state", unread, chat };
    tell(lastState);
  }

  if (!isEmbedded || parent === scope) return { isEmbedded: false, ready() {}, close() {}, state() {} };
  scope.addEventListener("message", hear);
  return {
    isEmbedded: true,
    ready: () => parent.postMessage({ otvet: "ready" }, "*"),
    close: () => tell({ otvet: "close" }),
    state,
  };
}
