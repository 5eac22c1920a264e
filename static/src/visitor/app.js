// The window: which screen stands in it, where the focus goes, what the page's title says.

import { html } from "htm/preact";
import { useEffect, useRef } from "preact/hooks";

import { ConnectionBanner } from "./banner.js";
import { PreChat } from "./prechat.js";
import { Chat, Ended, Loading, Offline } from "./screens.js";
import * as store from "./store.js";

const SCREENS = { loading: Loading, offline: Offline, prechat: PreChat, chat: Chat, ended: Ended };

/** Moves the focus to where the visitor would write. */
export function focusBox() {
  (document.querySelector("[data-focus]") ?? document.querySelector(".ended, h1"))?.focus();
}

/** Draws the screen of the moment; a new screen takes the focus only when the window has it. */
export function App({ boot, onMinimise }) {
  const name = store.screen.value;
  const before = useRef(name);
  useEffect(() => {
    if (before.current !== name && document.hasFocus()) focusBox();
    before.current = name;
  }, [name]);
  return html`<div class="window">
    <${ConnectionBanner} />
    <${SCREENS[name]} key=${name === "chat" ? store.chat.value.id : name} boot=${boot} chat=${store.chat.value} onMinimise=${onMinimise} />
  </div>`;
}
