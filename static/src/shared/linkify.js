// Finds links in what people type. Only http(s), mailto and tel ever become links; the rest stays text.

// No quotes, angle brackets, control or direction-changing characters: those would let a link look like another one.
const STOP = "\\s<>\"'`«»“”\\u0000-\\u001f\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069";
const PATTERN = new RegExp(
  [
    `https?://[^/${STOP}][^${STOP}]*`,
    `www\\.[^${STOP}]+\\.[^${STOP}]+`,
    `(?:mailto:)?[\\p{L}\\p{N}._%+-]{1,64}@[\\p{L}\\p{N}-]{1,63}(?:\\.[\\p{L}\\p{N}-]{1,63}){0,8}\\.\\p{L}{2,24}`,
    "(?:tel:)?\\+\\d[\\d ()\\u00a0-]{7,18}\\d",
  ].join("|"),
  "giu",
);
const ALLOWED = new Set(["http:", "https:", "mailto:", "tel:"]);
const OPENING = { ")": "(", "]": "[", "}": "{" };

function count(text, sign) {
  return text.split(sign).length - 1;
}

/** The link without the punctuation that ends the sentence around it; a closing bracket stays where it has its opening one. */
function trimmed(text) {
  let end = text;
  for (;;) {
    const last = end[end.length - 1];
    const isStray = OPENING[last] && count(end, last) > count(end, OPENING[last]);
    if (!isStray && !".,;:!?…".includes(last)) return end;
    end = end.slice(0, -1);
  }
}

function target(text) {
  if (/^(https?:\/\/|mailto:)/i.test(text)) return text;
  if (/^(tel:)?\+/i.test(text)) return `tel:${text.replace(/[^\d+]/g, "")}`;
  return text.includes("@") ? `mailto:${text}` : `http://${text}`;
}

function safeHref(text) {
  try {
    const url = new URL(target(text));
    const hasHost = !url.protocol.startsWith("http") || (url.hostname && !url.username && !url.password);
    return ALLOWED.has(url.protocol) && hasHost ? url.href : null;
  } catch {
    return null;
  }
}

/** The text as a list of strings and links `{href, text}`, in order; joined together it is the text again. */
export function linkify(text) {
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(PATTERN)) {
    const before = text[match.index - 1];
    const shown = trimmed(match[0]);
    const href = before && /[\p{L}\p{N}@/:]/u.test(before) ? null : safeHref(shown);
    if (!href) continue;
    if (match.index > from) parts.push(text.slice(from, match.index));
    parts.push({ href, text: shown });
    from = match.index + shown.length;
  }
  if (from < text.length) parts.push(text.slice(from));
  return parts;
}
