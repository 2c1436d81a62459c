// pg-boss as a child of the benchmark. The settings are the fastest of those tried on a machine with two cores; the
// defaults drain half a job a second.
//
// - A pool of 20, as many as the 40 connections of our Postgres leave to each of two processes.
// - drain: four loops of fetch, handle and complete, 1,000 at a time; 1,000 to 10,000 at a time, two to eight loops and a
//   table of its own (`partition`) were within the noise of it. BENCH_PGBOSS=work drains with its runner, work(), instead:
//   four workers, batches of 1,000, no pause after a full one. That is as fast and costs the client twice the CPU.
// - wake and idle: work() with LISTEN and NOTIFY, which the other scenarios leave out because it slows enqueues.
import { PgBoss } from "pg-boss";
import { batch, calling, feeding, main, QUEUE, sending, working } from "./protocol.mjs";

const RETRIES = 5;
const POOL = 20;
const FETCH = 1000;
const FETCHERS = 4;
const WORK = { batchSize: FETCH, localConcurrency: FETCHERS, burstWhenBatchFull: true, pollingIntervalSeconds: 0.5 };

const start = async (options = {}) => {
  const boss = new PgBoss({ connectionString: process.env.DATABASE_URL, max: POOL, ...options });
  boss.on("error", (error) => console.error("pg-boss:", error.message));
  await boss.start();
  return boss;
};

const insert = (boss, first, size) => boss.insert(QUEUE, batch(first, size, (data) => ({ data })));

/** Fetches, handles and completes; `empty` says what to do when there is nothing. */
const fetching = (boss, handled, empty) => {
  const loop = async () => {
    for (;;) {
      const jobs = await boss.fetch(QUEUE, { batchSize: FETCH });
      if (jobs.length === 0) {
        if (await empty()) return;
        continue;
      }
      await boss.complete(QUEUE, jobs.map((job) => job.id));
      for (const job of jobs) handled(job.data);
    }
  };
  return Promise.all(Array.from({ length: FETCHERS }, loop));
};

/** Works with its runner until `total` are handled and completed. */
const draining = async (boss, total, handled) => {
  let done = 0;
  await new Promise((resolve) => {
    boss.work(QUEUE, WORK, async (jobs) => {
      for (const job of jobs) handled(job.data);
      done += jobs.length;
      if (done >= total) resolve();
    });
  });
  await boss.offWork(QUEUE, { wait: true });
};

const pause = () => new Promise((resolve) => setTimeout(resolve, 5));

await main({
  async setup({ notify = false }) {
    const boss = await start();
    return () => boss.createQueue(QUEUE, { retryLimit: RETRIES, notify });
  },
  async single({ callers, jobs }) {
    const boss = await start();
    return () => calling(callers, jobs, (i) => boss.send(QUEUE, batch(i, 1, (data) => data)[0]));
  },
  async batch({ jobs, size }) {
    const boss = await start();
    return () => calling(2, jobs / size, (i) => insert(boss, i * size, size));
  },
  async drain({ jobs }) {
    const boss = await start();
    let done = 0;
    const handled = () => done++;
    return async () => {
      if (process.env.BENCH_PGBOSS === "work") await draining(boss, jobs, handled);
      else await fetching(boss, handled, () => true);
      return { done };
    };
  },
  async work(parameters) {
    const boss = await start({ useListenNotify: !parameters.report });
    return working(parameters, (handled) => {
      if (!parameters.report) return boss.work(QUEUE, {}, async ([job]) => handled(job.data));
      if (process.env.BENCH_PGBOSS === "work") draining(boss, Infinity, handled);
      else fetching(boss, handled, pause);
    });
  },
  async send({ sends }) {
    const boss = await start();
    return () => sending(sends, (data) => boss.send(QUEUE, data));
  },
  async feed({ size }) {
    const boss = await start();
    return () => feeding(size, (first, count) => insert(boss, first, count));
  },
});
