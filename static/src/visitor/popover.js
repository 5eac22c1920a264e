// What opens over the page and closes by Escape, by a press elsewhere, or when the focus goes away.

import { useEffect, useRef, useState } from "preact/hooks";

/** State of one popover; `root` goes on the element that holds its button and its content. */
export function usePopover() {
  const [isOpen, setOpen] = useState(false);
  const root = useRef(null);
  useEffect(() => {
    if (!isOpen) return undefined;
    const leave = (event) => {
      const isEscape = event.type === "keydown" && event.key === "Escape";
      if (event.type === "keydown" ? !isEscape : root.current?.contains(event.target)) return;
      if (isEscape) {
        event.preventDefault();
        root.current?.querySelector("button")?.focus();
      }
      setOpen(false);
    };
    const names = ["keydown", "pointerdown", "focusin"];
    for (const name of names) document.addEventListener(name, leave, true);
    return () => names.forEach((name) => document.removeEventListener(name, leave, true));
  }, [isOpen]);
  return { isOpen, toggle: () => setOpen(!isOpen), root };
}
