// What stands for a person without a photo.

/** Up to two letters for the round picture. */
export function initials(name) {
  const words = name.match(/[\p{L}\p{N}]+/gu) ?? ["?"];
  const letters = words.length > 1 ? [words[0], words[1]].map((word) => [...word][0]) : [...words[0]].slice(0, 2);
  return letters.join("").toLocaleUpperCase();
}

/** A hue that stays with its owner; neighbours in numbers lie far apart on the wheel. */
export function hueOf(id) {
  let sum = 7;
  for (const sign of String(id)) sum = (sum * 31 + sign.codePointAt(0)) % 3600;
  return (sum * 137) % 360;
}
