// How well text can be read on a colour (WCAG 2.2), for the colours that an administrator chooses.

export const INK = "#171b22";
export const PAPER = "#ffffff";
export const READABLE = 4.5;

const HEX = /^#[0-9a-f]{6}$/i;

/** Whether the text is a colour as `#rrggbb`. */
export function isColor(text) {
  return HEX.test(text);
}

function luminance(color) {
  const [red, green, blue] = [1, 3, 5]
    .map((place) => Number.parseInt(color.slice(place, place + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** The contrast of two colours, from 1 to 21. */
export function contrast(one, other) {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

/** Dark or light text, whichever stands out more on the colour. */
export function readableOn(color) {
  return contrast(color, PAPER) >= contrast(color, INK) ? PAPER : INK;
}
