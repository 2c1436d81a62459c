// Which of the browser's tabs this is, so that what one is at another leaves alone. Pages served without TLS have no
// locks, by which that is known.
import { randomName } from "./randomName";

const NAME = "pagespace-tab:";

export const thisTab = randomName();

/** Shows the others that this tab is open, until it is closed. */
export function showTab(): void {
  const forEver = new Promise<never>(() => {});
  navigator.locks?.request(NAME + thisTab, () => forEver).catch(() => {});
}

/** The tabs that are open; null where nobody can know. */
export async function openTabs(): Promise<Set<string> | null> {
  if (!navigator.locks) return null;
  const held = (await navigator.locks.query()).held ?? [];
  return new Set(held.flatMap(({ name }) => (name?.startsWith(NAME) ? [name.slice(NAME.length)] : [])));
}

/** Does it while no other tab does the same. */
export function alone<T>(what: string, work: () => Promise<T>): Promise<T> {
  return navigator.locks ? (navigator.locks.request(`pagespace:${what}`, work) as Promise<T>) : work();
}
