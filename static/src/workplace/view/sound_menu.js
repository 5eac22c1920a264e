// Sounds and notifications: on, off, a test, and the repetition while somebody waits.

import { useState } from "preact/hooks";

import { t } from "../../shared/i18n.js";
import { html, useWorkplace } from "./html.js";
import { Icon } from "./icons.js";
import { Popover } from "./parts.js";

export function SoundMenu() {
  const { preferences } = useWorkplace();
  const isOn = preferences.sound.value === "on";
  const label = isOn ? t("Sound is on") : t("Sound is off");
  return html`<${Popover} className="wide sounds" label=${t("Sound")} name=${label} tip=${label} face=${html`<${Icon} name=${isOn ? "sound" : "silent"} />`}>
    ${() => html`<${SoundSettings} />`}
  </${Popover}>`;
}

export function SoundSettings() {
  const { preferences, testSound } = useWorkplace();
  return html`<${Switch} name="sound" text=${t("Sound")} />
    <${Switch} name="repeat" text=${t("Repeat until a waiting chat is taken")} isOff=${preferences.sound.value !== "on"} />
    <button type="button" class="button outlined" onClick=${testSound}><${Icon} name="sound" />${t("Test the sound")}</button>
    <${Notifications} />`;
}

function Switch({ name, text, isOff }) {
  const { preferences } = useWorkplace();
  const isOn = preferences[name].value === "on";
  return html`<label class="choice"><input type="checkbox" role="switch" checked=${isOn} disabled=${isOff}
    onChange=${(event) => preferences.set(name, event.target.checked ? "on" : "off")} />${text}</label>`;
}

const PERMISSIONS = {
  granted: () => t("Notifications are allowed in this browser."),
  denied: () => t("Notifications are forbidden in the browser's settings."),
};

function Notifications() {
  const [permission, setPermission] = useState(globalThis.Notification?.permission ?? "none");
  if (permission === "none") return null;
  if (PERMISSIONS[permission]) return html`<p class="hint"><${Icon} name="bell" />${PERMISSIONS[permission]()}</p>`;
  const ask = async () => setPermission(await Notification.requestPermission());
  return html`<button type="button" class="button outlined" onClick=${ask}><${Icon} name="bell" />${t("Allow notifications")}</button>`;
}
