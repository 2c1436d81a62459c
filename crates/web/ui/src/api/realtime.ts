// The WebSocket at /ws: rooms, resuming after a break, and what the connection is doing.
// Events only say "look again"; nothing here is the truth.
import { createStore } from "../lib/store";
import type { LiveEvent } from "./types";

export type Connection = "connecting" | "open" | "reconnecting";

type ServerMessage =
  | { type: "welcome"; lastEventId: number }
  | { type: "joined" | "denied"; room: string }
  | { type: "event"; event: LiveEvent }
  | { type: "resync" };

interface Handlers {
  event: (event: LiveEvent) => void;
  /** Events may have been missed: everything shown must be asked for again. */
  resync: () => void;
}

const WELCOME_WITHIN_MS = 8_000;

/** How long to wait before the nth try in a row: doubling to 15 s, with a third of it random so that clients spread. */
export function backoffMs(failures: number, random = Math.random()): number {
  const full = Math.min(15_000, 400 * 2 ** failures);
  return Math.round(full * (2 / 3 + random / 3));
}

export class Realtime {
  readonly connection = createStore<Connection>("connecting");
  private socket: WebSocket | null = null;
  private rooms = new Map<string, number>();
  private lastEventId: number | null = null;
  private failures = 0;
  private retryTimer = 0;
  private welcomeTimer = 0;
  private stopped = true;

  constructor(
    private readonly url: string,
    private readonly handlers: Handlers,
  ) {}

  start(): void {
    if (!this.stopped) return;
    this.stopped = false;
    window.addEventListener("online", this.connectNow);
    this.connect();
  }

  stop(): void {
    this.stopped = true;
    window.removeEventListener("online", this.connectNow);
    clearTimeout(this.retryTimer);
    clearTimeout(this.welcomeTimer);
    this.socket?.close();
    this.socket = null;
    this.lastEventId = null;
    this.connection.set("connecting");
  }

  /** Joins a room for as long as somebody needs it; call what it returns to leave. */
  join(room: string): () => void {
    const holders = this.rooms.get(room) ?? 0;
    this.rooms.set(room, holders + 1);
    if (holders === 0) this.say({ type: "join", room });
    let left = false;
    return () => {
      if (left) return;
      left = true;
      const now = (this.rooms.get(room) ?? 1) - 1;
      if (now > 0) this.rooms.set(room, now);
      else {
        this.rooms.delete(room);
        this.say({ type: "leave", room });
      }
    };
  }

  private readonly connectNow = () => {
    if (this.connection.get() === "open") return;
    clearTimeout(this.retryTimer);
    this.failures = 0;
    this.connect();
  };

  private connect(): void {
    if (this.stopped) return;
    this.socket?.close();
    const socket = new WebSocket(this.url);
    this.socket = socket;
    this.welcomeTimer = window.setTimeout(() => socket.close(), WELCOME_WITHIN_MS);
    socket.onopen = () => socket.send(JSON.stringify({ type: "hello", lastEventId: this.lastEventId }));
    socket.onmessage = ({ data }) => {
      if (socket === this.socket) this.hear(String(data));
    };
    socket.onclose = () => {
      if (socket === this.socket) this.retryLater();
    };
  }

  private retryLater(): void {
    clearTimeout(this.welcomeTimer);
    if (this.stopped) return;
    this.connection.set("reconnecting");
    this.retryTimer = window.setTimeout(() => this.connect(), backoffMs(this.failures));
    this.failures += 1;
  }

  private hear(text: string): void {
    const message = JSON.parse(text) as ServerMessage;
    switch (message.type) {
      case "welcome": {
        clearTimeout(this.welcomeTimer);
        const back = this.lastEventId !== null;
        // Only events move the mark after the first welcome: the gap before this one may not have arrived yet.
        if (!back) this.lastEventId = message.lastEventId;
        this.failures = 0;
        for (const room of this.rooms.keys()) this.socket?.send(JSON.stringify({ type: "join", room }));
        this.connection.set("open");
        if (back) this.handlers.resync();
        break;
      }
      case "event":
        if (message.event.id > 0) this.lastEventId = Math.max(this.lastEventId ?? 0, message.event.id);
        this.handlers.event(message.event);
        break;
      case "resync":
        this.lastEventId = null;
        this.handlers.resync();
        break;
      case "joined":
      case "denied":
        break;
    }
  }

  private say(message: object): void {
    // Before the welcome nothing is said: the rooms are joined when it comes.
    if (this.connection.get() === "open") this.socket?.send(JSON.stringify(message));
  }
}
