// What stands for a person without a photo; web/faces.py says the same to the panel's pages.

/** Up to two letters for the round picture. */
export function initials(name) {
  const words = name.match(/[\p{L}\p{N}]+/gu) ?? ["?"];
  const letters = words.length > 1 ? [words[0], words[1]].map((word) => [...word][0]) : [...words[0]].slice(0, 2);
  return letters.join("").toLocaleUpperCase();
}

const STEP = 30;

/** One of twelve hues: an operator's by their name, a visitor's by their number, whatever page shows them. */
export function hueOf(id) {
  let sum = 7;
  for (const sign of String(id)) sum = (sum * 31 + sign.codePointAt(0)) % 3600;
  return Math.floor(((sum * 137) % 360) / STEP) * STEP;
}
