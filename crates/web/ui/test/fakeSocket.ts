// A WebSocket whose other end is the test.

export class FakeSocket {
  /** All that were opened, the newest last. */
  static all: FakeSocket[] = [];

  readonly sent: Record<string, unknown>[] = [];
  closed = false;
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;

  constructor(readonly url: string) {
    FakeSocket.all.push(this);
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text) as Record<string, unknown>);
  }

  close(): void {
    this.closed = true;
  }

  open(): void {
    this.onopen?.();
  }

  receive(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  welcome(lastEventId = 0): void {
    this.open();
    this.receive({ type: "welcome", lastEventId });
  }

  event(event: object): void {
    this.receive({ type: "event", event });
  }

  /** The connection breaks, or a close that was asked for is done. */
  break(): void {
    this.closed = true;
    this.onclose?.();
  }

  static get newest(): FakeSocket {
    const socket = FakeSocket.all.at(-1);
    if (!socket) throw new Error("no socket was opened");
    return socket;
  }
}
