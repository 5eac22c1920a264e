// The operator's workplace: reads what the page brought, connects, draws.

import { render } from "preact";

import { setCatalogue } from "../shared/i18n.js";
import { createSound } from "../shared/sound.js";
import { pageStorage } from "../shared/storage.js";
import { createTicker } from "../shared/time.js";
import { connect } from "../shared/transport.js";
import { bindPage, createPage } from "./page.js";
import { html } from "./view/html.js";
import { App } from "./view/app.js";
import { createWorkplace } from "./workplace.js";

const boot = JSON.parse(document.getElementById("boot").textContent);
setCatalogue(boot.words, boot.language);

const http = { base: "/operator/api", headers: () => ({ "X-CSRFToken": boot.csrf_token }) };
const workplace = createWorkplace({
  boot,
  storage: pageStorage(),
  createSound,
  page: createPage(),
  open: (hooks) => connect({ namespace: "/operator", auth: () => ({}), http, ...hooks }),
});
bindPage(workplace);
createTicker().subscribe((now) => (workplace.now.value = now));
render(html`<${App} workplace=${workplace} />`, document.getElementById("workplace"));
