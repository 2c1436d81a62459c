import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { backoffMs, Realtime } from "../src/api/realtime";
import { FakeSocket } from "./fakeSocket";

let page: EventTarget;

beforeEach(() => {
  vi.useFakeTimers();
  page = new EventTarget();
  FakeSocket.all = [];
  vi.stubGlobal("window", page);
  vi.stubGlobal("WebSocket", FakeSocket);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

function started() {
  const handlers = { event: vi.fn(), resync: vi.fn() };
  const realtime = new Realtime("ws://server/ws", handlers);
  realtime.start();
  return { realtime, ...handlers };
}

/** The connection breaks and the next one is opened. */
function reconnected(): FakeSocket {
  FakeSocket.newest.break();
  vi.runOnlyPendingTimers();
  return FakeSocket.newest;
}

const hello = (socket: FakeSocket) => {
  socket.open();
  return socket.sent[0];
};

test("it is open once the server has said welcome, and not before", () => {
  const { realtime, resync } = started();
  FakeSocket.newest.open();
  expect(realtime.connection.get()).toBe("connecting");
  expect(FakeSocket.newest.sent).toEqual([{ type: "hello", lastEventId: null }]);
  FakeSocket.newest.receive({ type: "welcome", lastEventId: 7 });
  expect(realtime.connection.get()).toBe("open");
  expect(resync).not.toHaveBeenCalled();
});

test("starting twice opens one connection", () => {
  started().realtime.start();
  expect(FakeSocket.all).toHaveLength(1);
});

test("rooms wanted before the welcome are joined when it comes, later ones at once", () => {
  const { realtime } = started();
  realtime.join("drive:a");
  expect(FakeSocket.newest.sent).toEqual([]);
  FakeSocket.newest.welcome();
  realtime.join("file:b");
  expect(FakeSocket.newest.sent.slice(1)).toEqual([
    { type: "join", room: "drive:a" },
    { type: "join", room: "file:b" },
  ]);
});

test("a room is left when the last who needs it is gone, and leaving twice counts once", () => {
  const { realtime } = started();
  FakeSocket.newest.welcome();
  const leaveFirst = realtime.join("drive:a");
  const leaveSecond = realtime.join("drive:a");
  leaveFirst();
  leaveFirst();
  expect(FakeSocket.newest.sent.slice(1)).toEqual([{ type: "join", room: "drive:a" }]);
  leaveSecond();
  expect(FakeSocket.newest.sent.slice(2)).toEqual([{ type: "leave", room: "drive:a" }]);
});

test("after a break the rooms are joined again, but those left meanwhile are not", () => {
  const { realtime } = started();
  realtime.join("drive:a");
  const leave = realtime.join("file:b");
  FakeSocket.newest.welcome();
  FakeSocket.newest.break();
  leave();
  vi.runOnlyPendingTimers();
  FakeSocket.newest.welcome();
  expect(FakeSocket.newest.sent.slice(1)).toEqual([{ type: "join", room: "drive:a" }]);
});

test("after a break the server hears which event was the last, and everything is asked for again", () => {
  const { event, resync, realtime } = started();
  FakeSocket.newest.welcome(7);
  FakeSocket.newest.event({ id: 9, kind: "file.created" });
  expect(event).toHaveBeenCalledOnce();
  const socket = reconnected();
  expect(realtime.connection.get()).toBe("reconnecting");
  expect(hello(socket)).toEqual({ type: "hello", lastEventId: 9 });
  socket.receive({ type: "welcome", lastEventId: 12 });
  expect(resync).toHaveBeenCalledOnce();
});

test("a welcome after a break does not skip the events between", () => {
  started();
  FakeSocket.newest.welcome(7);
  // Welcomed at 12, and gone again before 8 to 12 were told.
  reconnected().welcome(12);
  expect(hello(reconnected())).toEqual({ type: "hello", lastEventId: 7 });
});

test("events that are not kept, and late ones, do not move the last number back", () => {
  started();
  FakeSocket.newest.welcome(7);
  for (const id of [9, 8, 0]) FakeSocket.newest.event({ id, kind: "file.progress" });
  expect(hello(reconnected())).toEqual({ type: "hello", lastEventId: 9 });
});

// With no number at all the next connection passed for the first one: nobody asked for what the break had swallowed.
test("a break after a resync is a gap like any other", () => {
  const { resync } = started();
  FakeSocket.newest.welcome(7);
  const socket = reconnected();
  socket.welcome(500);
  socket.receive({ type: "resync" });
  expect(resync).toHaveBeenCalledTimes(2);
  const next = reconnected();
  expect(hello(next)).toEqual({ type: "hello", lastEventId: 500 });
  next.receive({ type: "welcome", lastEventId: 510 });
  expect(resync).toHaveBeenCalledTimes(3);
});

test("a log that began anew gives smaller numbers, and they are taken", () => {
  started();
  FakeSocket.newest.welcome(700);
  const socket = reconnected();
  socket.welcome(3);
  socket.receive({ type: "resync" });
  expect(hello(reconnected())).toEqual({ type: "hello", lastEventId: 3 });
});

test("tries in a row wait longer and longer, up to 15 seconds, and a welcome begins anew", () => {
  expect([0, 1, 2, 10].map((failures) => backoffMs(failures, 1))).toEqual([400, 800, 1_600, 15_000]);
  expect(backoffMs(10, 0)).toBe(10_000);

  vi.spyOn(Math, "random").mockReturnValue(1);
  started();
  FakeSocket.newest.break();
  vi.advanceTimersByTime(399);
  expect(FakeSocket.all).toHaveLength(1);
  vi.advanceTimersByTime(1);
  FakeSocket.newest.break();
  vi.advanceTimersByTime(799);
  expect(FakeSocket.all).toHaveLength(2);
  vi.advanceTimersByTime(1);
  FakeSocket.newest.welcome();
  FakeSocket.newest.break();
  vi.advanceTimersByTime(400);
  expect(FakeSocket.all).toHaveLength(4);
});

test("a server that never says welcome is given up", () => {
  const { realtime } = started();
  FakeSocket.newest.open();
  vi.advanceTimersByTime(8_000);
  expect(FakeSocket.newest.closed).toBe(true);
  FakeSocket.newest.break();
  expect(realtime.connection.get()).toBe("reconnecting");
});

test("the network coming back is not waited out, and an open connection stays", () => {
  const { realtime } = started();
  FakeSocket.newest.break();
  page.dispatchEvent(new Event("online"));
  expect(FakeSocket.all).toHaveLength(2);
  vi.runOnlyPendingTimers();
  expect(FakeSocket.all, "the try that was planned is taken back").toHaveLength(2);
  FakeSocket.newest.closed = false;
  FakeSocket.newest.welcome();
  page.dispatchEvent(new Event("online"));
  expect(realtime.connection.get()).toBe("open");
  expect(FakeSocket.all).toHaveLength(2);
});

test("a connection that was replaced is not listened to", () => {
  const { realtime, event } = started();
  const [first] = FakeSocket.all;
  page.dispatchEvent(new Event("online"));
  first?.event({ id: 1, kind: "file.created" });
  first?.break();
  expect(event).not.toHaveBeenCalled();
  expect(realtime.connection.get()).toBe("connecting");
});

test("once stopped it stays away", () => {
  const { realtime } = started();
  FakeSocket.newest.welcome();
  realtime.stop();
  expect(FakeSocket.newest.closed).toBe(true);
  FakeSocket.newest.break();
  page.dispatchEvent(new Event("online"));
  vi.advanceTimersByTime(60_000);
  expect(FakeSocket.all).toHaveLength(1);
});
