// The keys of the viewer, wherever the cursor is on the page but in a field.
import { useEffect, useRef, type RefObject } from "react";

interface Actions {
  onPage: (by: 1 | -1) => void;
  onFirst: () => void;
  onLast: () => void;
  onZoom: (by: 1 | -1) => void;
  onFit: () => void;
  onTurn: (by: 1 | 3) => void;
  onFullScreen: () => void;
  /** To the next file or the one before; null where the arrows scroll. */
  onFile: ((by: 1 | -1) => void) | null;
}

function action(key: string, actions: Actions): (() => void) | null {
  switch (key) {
    case "PageDown":
      return () => actions.onPage(1);
    case "PageUp":
      return () => actions.onPage(-1);
    case "Home":
      return actions.onFirst;
    case "End":
      return actions.onLast;
    case "+":
    case "=":
      return () => actions.onZoom(1);
    case "-":
      return () => actions.onZoom(-1);
    case "0":
      return actions.onFit;
    case "r":
      return () => actions.onTurn(1);
    case "R":
      return () => actions.onTurn(3);
    case "f":
      return actions.onFullScreen;
    case "ArrowRight":
      return actions.onFile && (() => actions.onFile?.(1));
    case "ArrowLeft":
      return actions.onFile && (() => actions.onFile?.(-1));
    default:
      return null;
  }
}

/** What moves within something else: tabs, menus, dialogs. */
const ELSEWHERE = "input, textarea, select, [role=dialog], [role=menu], [role=tablist], [role=listbox], [role=grid]";

export function usePageKeys(root: RefObject<HTMLElement | null>, actions: Actions): void {
  const latest = useRef(actions);
  useEffect(() => void (latest.current = actions));
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const target = event.target instanceof Element ? event.target : null;
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || target?.closest(ELSEWHERE))
        return;
      // A page that is not shown, behind another tab, has no keys.
      if (!root.current?.checkVisibility()) return;
      const act = action(event.key, latest.current);
      if (!act) return;
      event.preventDefault();
      act();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [root]);
}
