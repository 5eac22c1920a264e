// Light or dark, and the placement's colours as custom properties.

const WHITE = "#ffffff";

function channels(color) {
  return [1, 3, 5].map((place) => parseInt(color.slice(place, place + 2), 16) / 255);
}

/** Whether light text is wanted on the colour. */
export function isDark(color) {
  const [red, green, blue] = channels(color);
  return 0.299 * red + 0.587 * green + 0.114 * blue < 0.43;
}

/** The colour's hue, light enough to stand out in the dark. */
export function lightened(color, lightness) {
  const [red, green, blue] = channels(color);
  const [most, least] = [Math.max(red, green, blue), Math.min(red, green, blue)];
  const span = most - least;
  const sixths = { [blue]: (red - green) / span + 4, [green]: (blue - red) / span + 2, [red]: (green - blue) / span }[most];
  const saturation = span ? Math.min(66, Math.round((100 * span) / (1 - Math.abs(most + least - 1)))) : 0;
  return `hsl(${span ? Math.round((sixths * 60 + 360) % 360) : 0} ${saturation}% ${lightness}%)`;
}

/** Puts the placement's colours on the page and follows the system's light and dark. A dark background is dark always. */
export function dress(colors) {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const names = ["window", "window_second", "button", "button_second", "on_window", "on_button"];
  for (const name of names) root.style.setProperty(`--placement-${name.replace("_", "-")}`, colors[name]);
  root.style.setProperty("--placement-button-light", lightened(colors.button, 54));
  root.style.setProperty("--placement-button-lighter", lightened(colors.button_second, 72));
  const choose = () => {
    const dark = isDark(colors.background) || system.matches;
    root.dataset.theme = dark ? "dark" : "light";
    const isOwn = colors.background !== WHITE && isDark(colors.background) === dark;
    root.style.setProperty("--placement-background", isOwn ? colors.background : "var(--paper)");
  };
  system.addEventListener("change", choose);
  choose();
}
