// `/` and Ctrl-K, or ⌘K, open the search from anywhere.
import { useEffect } from "react";

export function useSearchKeys(open: () => void): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const { target } = event;
      const isInDialog = target instanceof HTMLElement && target.closest("[role=dialog], [role=alertdialog]") !== null;
      const isTyping = target instanceof HTMLElement && target.closest("input, textarea, select") !== null;
      const isSlash = event.key === "/" && !isTyping && !event.metaKey && !event.ctrlKey && !event.altKey;
      const isK = event.key.toLowerCase() === "k" && (event.metaKey || event.ctrlKey) && !event.altKey;
      if (isInDialog || !(isSlash || isK)) return;
      event.preventDefault();
      open();
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, [open]);
}
