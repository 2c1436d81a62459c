// What every child of the benchmark does, whatever its queue: say `ready`, wait for `go`, work, print one line of JSON with
// the results and its own cost. The Rust child (queue/child.rs) speaks the same.
import { createInterface } from "node:readline";

export const QUEUE = "bench";

// 125 bytes of JSON, like the anchors that the targets were set by.
const FILL = "x".repeat(60);
export const payload = (id) => ({ id, to: `user${id}@example.com`, kind: "thumbnail", s: FILL });
export const batch = (first, size, wrap) => Array.from({ length: size }, (_, i) => wrap(payload(first + i)));

// Of the wall clock, which sender and worker share, with the fraction that Date.now() lacks.
const now_us = () => (performance.timeOrigin + performance.now()) * 1000;

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
/** The next line from the driver; null at the end. */
const heard = async () => {
  const { value, done } = await lines.next();
  return done ? null : value;
};
const say = (line) => process.stdout.write(`${line}\n`);

/** Runs the role named on the command line. A role prepares, and answers what to do after `go`. */
export const main = async (roles) => {
  const [role, parameters] = process.argv.slice(2);
  if (!roles[role]) throw new Error(`no such role: ${role}`);
  const act = await roles[role](JSON.parse(parameters ?? "{}"));
  say("ready");
  if ((await heard()) !== "go") process.exit(1);
  const before = process.cpuUsage();
  const begun = performance.now();
  const results = await act();
  const seconds = (performance.now() - begun) / 1000;
  const { user, system } = process.cpuUsage(before);
  const cost = { seconds, cpu_s: (user + system) / 1e6, rss_mb: process.memoryUsage.rss() / 2 ** 20 };
  const line = JSON.stringify({ ...cost, peak_rss_mb: process.resourceUsage().maxRSS / 1024, ...results });
  // Without a goodbye to the queue, which would take some of them seconds: the database is thrown away.
  process.stdout.write(`${line}\n`, () => process.exit(0));
};

/** `callers` at a time call `act`, and each awaits its own call, until there were `total`. */
export const calling = async (callers, total, act) => {
  let next = 0;
  const caller = async () => {
    while (next < total) await act(next++);
  };
  await Promise.all(Array.from({ length: callers }, caller));
};

/** A worker that runs until `stop`. It says how many are done while `report` asks for it, and how late each was at the end. */
export const working = async ({ report }, start) => {
  const counts = { done: 0, late_us: [] };
  const handled = (job) => {
    counts.done++;
    if (job.sent_us) counts.late_us.push(Math.round(now_us() - job.sent_us));
  };
  // What is idle or woken has started before; a drain begins with the clock.
  if (!report) await start(handled);
  return async () => {
    if (report) {
      setInterval(() => say(`done ${counts.done}`), 50);
      await start(handled);
    }
    while (![null, "stop"].includes(await heard()));
    return counts;
  };
};

/** Sends one at a time, 10 to 30 ms apart, the moment of the call inside. */
export const sending = async (sends, send) => {
  for (let i = 0; i < sends; i++) {
    await new Promise((resolve) => setTimeout(resolve, 10 + ((i * 7) % 20)));
    await send({ ...payload(i), sent_us: now_us() });
  }
};

/** Keeps up with the driver: `target N` asks for N jobs in all, put in by batches, two at a time; `stop` ends it. */
export const feeding = async (size, insert) => {
  let sent = 0;
  for (let line = await heard(); line !== null && line !== "stop"; line = await heard()) {
    const target = Number(line.split(" ")[1]);
    const first = sent;
    const batches = Math.max(0, Math.floor((target - sent) / size));
    await calling(2, batches, (i) => insert(first + i * size, size));
    sent += batches * size;
    say(`fed ${sent}`);
  }
  return { sent };
};
