// The visitor's browser and system in two words, from what the browser says of itself.

// The first that matches names it: most browsers also claim to be those below them.
const BROWSERS = [
  ["Edge", /Edg(?:A|iOS)?\/(\d+)/],
  ["Yandex Browser", /YaBrowser\/(\d+)/],
  ["Opera", /OPR\/(\d+)/],
  ["Samsung Internet", /SamsungBrowser\/(\d+)/],
  ["Firefox", /(?:Firefox|FxiOS)\/(\d+)/],
  ["Chrome", /(?:Chrome|CriOS)\/(\d+)/],
  ["Safari", /Version\/(\d+)[^ ]* (?:Mobile\/\w+ )?Safari/],
];
const SYSTEMS = [
  ["Windows", /Windows/],
  ["Android", /Android/],
  ["iOS", /iPhone|iPad|iPod/],
  ["macOS", /Mac OS X/],
  ["ChromeOS", /CrOS/],
  ["Linux", /Linux/],
];

/** "Chrome 142, Windows"; null where nothing is recognised. */
export function browserOf(userAgent) {
  const browser = BROWSERS.map(([name, pattern]) => [name, pattern.exec(userAgent)?.[1]]).find(([, version]) => version);
  const system = SYSTEMS.find(([, pattern]) => pattern.test(userAgent));
  return [browser?.join(" "), system?.[0]].filter(Boolean).join(", ") || null;
}
