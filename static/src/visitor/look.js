// Light or dark, and the placement's colours as custom properties.

const WHITE = "#ffffff";

function isDark(color) {
  const [red, green, blue] = [1, 3, 5].map((place) => parseInt(color.slice(place, place + 2), 16));
  return 0.299 * red + 0.587 * green + 0.114 * blue < 110;
}

/** Puts the placement's colours on the page and follows the system's light and dark. A dark background is dark always. */
export function dress(colors) {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const names = ["window", "window_second", "button", "button_second", "on_window", "on_button"];
  for (const name of names) root.style.setProperty(`--placement-${name.replace("_", "-")}`, colors[name]);
  const choose = () => {
    const dark = isDark(colors.background) || system.matches;
    root.dataset.theme = dark ? "dark" : "light";
    const isOwn = colors.background !== WHITE && isDark(colors.background) === dark;
    root.style.setProperty("--placement-background", isOwn ? colors.background : "var(--paper)");
  };
  system.addEventListener("change", choose);
  choose();
}
