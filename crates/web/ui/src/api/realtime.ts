// The WebSocket at /ws: rooms, resuming after a break, and what the connection is doing.
// Events only say that something changed; nothing here is the truth.
import { createStore } from "../lib/store";
import type { LiveEvent } from "./types";

export type Connection = "connecting" | "open" | "reconnecting";

type ServerMessage =
  | { type: "welcome"; lastEventId: number }
  | { type: "joined" | "denied"; room: string }
  | { type: "event"; event: LiveEvent }
  | { type: "resync" };

type ClientMessage = { type: "hello"; lastEventId: number | null } | { type: "join" | "leave"; room: string };

interface Handlers {
  event: (event: LiveEvent) => void;
  /** Events may have been missed: everything shown must be asked for again. */
  resync: () => void;
}

const WELCOME_WITHIN_MS = 8_000;
const MAX_BACKOFF_MS = 15_000;

/** How long to wait before the nth try in a row: doubling to 15 s, with a third of it random so that clients spread. */
export function backoffMs(failures: number, random = Math.random()): number {
  const full = Math.min(MAX_BACKOFF_MS, 400 * 2 ** failures);
  return Math.round(full * (2 / 3 + random / 3));
}

export class Realtime {
  readonly connection = createStore<Connection>("connecting");
  private socket: WebSocket | null = null;
  /** How many callers hold each room. */
  private rooms = new Map<string, number>();
  /** The newest event that is known; the server tells again what came after it. Null before the first welcome. */
  private lastEventId: number | null = null;
  /** The newest event there was when the server last said welcome. */
  private welcomeEventId = 0;
  private failures = 0;
  private reconnectTimer: ReturnType<typeof setTimeout> | undefined;
  private welcomeTimer: ReturnType<typeof setTimeout> | undefined;
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
    clearTimeout(this.reconnectTimer);
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
    if (holders === 0) this.sendWhenOpen({ type: "join", room });
    let left = false;
    return () => {
      if (left) return;
      left = true;
      const remaining = (this.rooms.get(room) ?? 1) - 1;
      if (remaining > 0) this.rooms.set(room, remaining);
      else {
        this.rooms.delete(room);
        this.sendWhenOpen({ type: "leave", room });
      }
    };
  }

  private readonly connectNow = () => {
    if (this.connection.get() === "open") return;
    clearTimeout(this.reconnectTimer);
    this.failures = 0;
    this.connect();
  };

  private connect(): void {
    if (this.stopped) return;
    this.socket?.close();
    const socket = new WebSocket(this.url);
    this.socket = socket;
    clearTimeout(this.welcomeTimer);
    this.welcomeTimer = setTimeout(() => socket.close(), WELCOME_WITHIN_MS);
    socket.onopen = () => {
      if (socket === this.socket) this.send({ type: "hello", lastEventId: this.lastEventId });
    };
    socket.onmessage = ({ data }) => {
      if (socket === this.socket) this.receive(JSON.parse(String(data)) as ServerMessage);
    };
    socket.onclose = () => {
      if (socket === this.socket) this.reconnectLater();
    };
  }

  private reconnectLater(): void {
    clearTimeout(this.welcomeTimer);
    if (this.stopped) return;
    this.connection.set("reconnecting");
    this.reconnectTimer = setTimeout(() => this.connect(), backoffMs(this.failures));
    this.failures += 1;
  }

  private receive(message: ServerMessage): void {
    switch (message.type) {
      case "welcome":
        return this.begin(message.lastEventId);
      case "event":
        // What is not kept has no number, such as progress.
        if (message.event.id > 0) this.lastEventId = Math.max(this.lastEventId ?? 0, message.event.id);
        return this.handlers.event(message.event);
      case "resync":
        // Everything is asked for again, so what came before the welcome need not be told again. Without a number, a
        // break that follows would pass for the first connection, and nobody would ask for what it swallowed.
        this.lastEventId = this.welcomeEventId;
        return this.handlers.resync();
      case "joined":
      case "denied":
        return;
    }
  }

  private begin(lastEventId: number): void {
    clearTimeout(this.welcomeTimer);
    const isReconnect = this.lastEventId !== null;
    this.welcomeEventId = lastEventId;
    // Only events move the number after the first welcome: the gap before this one may not have arrived yet.
    if (!isReconnect) this.lastEventId = lastEventId;
    this.failures = 0;
    for (const room of this.rooms.keys()) this.send({ type: "join", room });
    this.connection.set("open");
    if (isReconnect) this.handlers.resync();
  }

  // Before the welcome nothing is sent: the rooms are joined when it comes.
  private sendWhenOpen(message: ClientMessage): void {
    if (this.connection.get() === "open") this.send(message);
  }

  private send(message: ClientMessage): void {
    this.socket?.send(JSON.stringify(message));
  }
}
