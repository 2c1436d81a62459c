// Light, dark or as the system says. public/theme.js applies the choice before the first paint.
import { createStore } from "./store";

export type Theme = "system" | "light" | "dark";
const KEY = "pagespace.theme";

export const theme = createStore<Theme>((document.documentElement.dataset["theme"] as Theme | undefined) ?? "system");

export function setTheme(next: Theme): void {
  theme.set(next);
  try {
    if (next === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, next);
  } catch {
    // Blocked storage only means that the choice lasts for this visit.
  }
  if (next === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = next;
}
