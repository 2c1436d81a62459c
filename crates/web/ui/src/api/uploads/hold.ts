// Nothing is sent for a while: the server has asked for that, or nothing comes through. Longer each time, up to half a
// minute.
import { createStore } from "../../lib/store";

const LONGEST_MS = 30_000;

export type Why = "busy" | "connection" | "fault" | "offline";

export interface Held {
  why: Why;
  /** Until when, on the clock of `Date.now()`. */
  untilMs: number;
}

export class Hold {
  readonly held = createStore<Held | null>(null);
  /** Times in a row in which nothing came through. */
  private misses = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** `goOn` is called when it is over. */
  constructor(private readonly goOn: () => void) {}

  isOn = () => this.timer !== undefined;

  /** For so long; the last word counts. */
  wait(ms: number, why: Why): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.end(), ms);
    this.held.set({ why, untilMs: Date.now() + ms });
  }

  /** Nothing came through. Those who fail together are one time. */
  miss(why: Why): void {
    if (this.isOn()) return;
    this.wait(Math.min(LONGEST_MS, 1000 * 2 ** this.misses), why);
    this.misses += 1;
  }

  /** Something came through. */
  pass(): void {
    this.misses = 0;
  }

  end(): void {
    this.dispose();
    this.goOn();
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.held.set(null);
  }
}
