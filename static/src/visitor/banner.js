// Says that the connection is gone, once it has been gone for long enough to matter.

import { html } from "htm/preact";
import { useEffect, useState } from "preact/hooks";

import { t } from "../shared/i18n.js";
import { Icon } from "./icons.js";
import * as store from "./store.js";

const PATIENCE_MS = 2_500;

/** The banner; the place for its words is there from the start, so that screen readers notice them. */
export function ConnectionBanner() {
  const state = store.connection.value;
  const isLost = state === "connecting" || state === "offline";
  const [isTold, setTold] = useState(false);
  useEffect(() => {
    if (!isLost) return setTold(false);
    const timer = setTimeout(() => setTold(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [isLost]);
  return html`<div role="status">
    ${isTold && html`<div class="net"><${Icon} name="offline" />${t("No connection. What you write is kept and will be sent by itself.")}</div>`}
  </div>`;
}
