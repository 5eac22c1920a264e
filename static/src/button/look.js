// How the button and the window's frame look. Everything stands in shadow roots: the page's styles and ours do not meet.

const BUBBLE = "M21 11.5a8.7 8 0 0 1-12.4 7.2L4 20l1.3-4.1A8.7 8 0 1 1 21 11.5zM8.3 11.5h.01M12.3 11.5h.01M16.3 11.5h.01";

const STYLE = `:host{all:initial}
*{box-sizing:border-box}
[hidden],.f .l:empty,.n:empty,.r .m{display:none!important}
.o{font:16px/1.3 system-ui,sans-serif}
button{font:inherit;border:0;cursor:pointer}
svg{width:30px;height:30px;fill:none;stroke:currentColor;stroke-width:1.75;stroke-linecap:round}
.b{position:relative;display:flex;align-items:center;gap:12px;min-height:56px;padding-inline:14px 18px;border-radius:14px;color:var(--t);background:var(--b);font-weight:600;text-align:start}
.b:hover{filter:brightness(.92)}
button:focus-visible{outline:3px solid var(--b);outline-offset:3px}
.f,.p{position:fixed;inset-block-end:var(--y);inset-inline-end:var(--x);z-index:2147483000;border-radius:32px;box-shadow:0 0 0 1px #10182814,0 12px 40px #1018283d}
.f{min-height:64px;padding:0 17px}
.bottom-start{inset-inline:var(--x) auto}
.m,.n{position:absolute;inset-inline-end:0;border:3px solid #fff;border-radius:32px}
.m{inset-block-end:0;width:18px;height:18px;background:#16a34a}
.offline .m{background:#6b7480;border-width:6px}
.n{inset-block-start:-5px;min-width:26px;padding:0 5px;background:#b42318;color:#fff;font:700 13px/20px system-ui;text-align:center}
b,iframe{display:block}
small{display:flex;align-items:center;gap:6px;font:13px/1.3 system-ui}
small::before{content:"";width:8px;height:8px;border-radius:50%;background:#4ade80}
.offline small::before{background:none;box-shadow:inset 0 0 0 2px}
.p{--x:20px;--y:20px;width:400px;height:min(720px,100vh - 40px);border-radius:24px;overflow:hidden;background:Canvas;color:CanvasText;color-scheme:light dark}
iframe{width:100%;height:100%;border:0;color-scheme:normal}
.c{position:absolute;inset-inline-end:0;padding:16px;background:0 0;color:inherit}
@media (max-width:520px){.f .l{display:none}.p{inset:var(--v,0) 0 auto;width:100%;height:var(--h,100%);border-radius:0}}
@media print{.f,.p{display:none}}`;

function dress(root, nonce) {
  try {
    // A sheet made by script stands above any style-src of the page.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
  } catch {
    root.append(element("style", { textContent: STYLE, nonce }));
  }
}

/** An element with properties set and children in it. */
export function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

/** The speech bubble; screen readers have the label instead. */
function icon() {
  const [svg, line] = ["svg", "path"].map((name) => document.createElementNS("http://www.w3.org/2000/svg", name));
  svg.setAttribute("viewBox", "0 0 24 24");
  line.setAttribute("d", BUBBLE);
  svg.append(line);
  return svg;
}

/** A shadow root on `host` with our styles and one container in it. */
export function shade(host, nonce) {
  const root = host.attachShadow({ mode: "open" });
  const container = element("div", { className: "o" });
  dress(root, nonce);
  root.append(container);
  return container;
}

/** The button's inside; the element itself is a button when it floats, and a link of the page's own when it stands in the text. */
export function face(tag) {
  const label = element("span", { className: "l" });
  const count = element("span", { className: "n" });
  const made = element(tag, { className: "b" }, icon(), label, element("span", { className: "m" }), count);
  return { made, label, count };
}

/** Draws the server's answer on a face, floating or in the page's flow. */
export function draw({ made, label, count }, { colors, direction, label: text, offset, position, state, texts }, unread, floats) {
  made.parentNode.dir = direction;
  made.parentNode.style.cssText = `--b:${colors.button};--t:${colors.button_text};--x:${offset[0]}px;--y:${offset[1]}px`;
  made.className = `b ${floats ? "f" : "r"} ${position} ${state}`;
  label.textContent = floats ? text : "";
  if (!floats) label.append(element("b", { textContent: text || texts.open }), element("small", { textContent: texts.status }));
  count.textContent = unread > 99 ? "99+" : unread || "";
}
