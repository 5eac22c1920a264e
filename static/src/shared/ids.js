// Random names made by the browser.

/** A random UUID (version 4); crypto.randomUUID exists on https pages only, and our window also stands on http ones. */
export function newId() {
  const digits = crypto.getRandomValues(new Uint8Array(36));
  return "xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx".replace(/x/g, (_, place) => (digits[place] % 16).toString(16));
}
