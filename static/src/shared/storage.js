// The browser's storage, or the page's memory where the browser refuses it.

/** A Storage that lives as long as the page. */
export function memoryStorage() {
  const items = new Map();
  return {
    get length() {
      return items.size;
    },
    key: (index) => [...items.keys()][index] ?? null,
    getItem: (name) => items.get(name) ?? null,
    setItem: (name, value) => void items.set(name, String(value)),
    removeItem: (name) => void items.delete(name),
  };
}

/** localStorage where it works (private windows and strict settings throw on touch), else memory. */
export function pageStorage(scope = globalThis) {
  return workingStorage(() => scope.localStorage);
}

/** The same for what is this tab's alone, and ends with it. */
export function tabStorage(scope = globalThis) {
  return workingStorage(() => scope.sessionStorage);
}

function workingStorage(reach) {
  try {
    const storage = reach();
    storage.setItem("otvet.probe", "1");
    storage.removeItem("otvet.probe");
    return storage;
  } catch {
    return memoryStorage();
  }
}
