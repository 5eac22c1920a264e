// The scripts of the cabinet's pages: one file, each part looks for what it serves.

import { init as initDashboard } from "../dashboard/board.js";
import { initConfirmations } from "./dialog.js";
import { initChanges, initCounters, initFilters, initFirstError, initTabs } from "./forms.js";
import { initHours } from "./hours.js";
import { initMenus, initReveal, initSections, initTheme } from "./menus.js";
import { speak, written } from "./page.js";
import { initPicks } from "./pick.js";
import { initScreens } from "./screens.js";
import { open } from "./socket.js";
import { initSignOut, initStatus } from "./status.js";
import { initTicking } from "./ticking.js";
import { initWaiting } from "./waiting.js";

speak();
const boot = written("boot");
initTheme(document);
initMenus(document);
initSections(document);
initReveal(document);
initConfirmations(document);
initTabs(document);
initCounters(document);
initPicks(document);
initHours(document);
initChanges(document);
initFilters(document);
initFirstError(document);
initTicking(document, boot.now);
initScreens(document);
if (boot.me) {
  initStatus(document, boot);
  initSignOut(document, boot);
  initWaiting(document, boot);
  initDashboard(document);
  open(boot);
}
