// graphile-worker as a child of the benchmark. The settings are the fastest of those tried on a machine with two cores.
//
// - A pool of 20: its enqueue notifies within the transaction, so more connections only wait for each other.
// - drain: a local queue of 2,000, 100 jobs at once, completions gathered for 5 ms. Queues of 500 to 10,000, 24 to 2,000
//   jobs at once and delays of 0 to 20 ms were slower or within the noise.
// - wake and idle: without the local queue and its completion delay, one job at a time, as it comes.
import { Logger, makeWorkerUtils, run } from "graphile-worker";
import { batch, calling, feeding, main, QUEUE, sending, working } from "./protocol.mjs";

const SPEC = { maxAttempts: 5 };
const POOL = 20;
const BUSY = { concurrentJobs: 100, localQueue: { size: 2000 }, completeJobBatchDelay: 5, failJobBatchDelay: 5 };

const shared = {
  connectionString: process.env.DATABASE_URL,
  maxPoolSize: POOL,
  logger: new Logger(() => () => {}),
};

const utils = () => makeWorkerUtils(shared);
const insert = ({ addJobs }, first, size) =>
  addJobs(batch(first, size, (payload) => ({ identifier: QUEUE, payload, ...SPEC })));

const start = (settings, handler) =>
  run({
    ...shared,
    noHandleSignals: true,
    parsedCronItems: [],
    taskList: { [QUEUE]: handler },
    preset: { worker: { ...settings, maxPoolSize: POOL } },
  });

await main({
  async setup() {
    const { migrate } = await utils();
    return migrate;
  },
  async single({ callers, jobs }) {
    const { addJob } = await utils();
    return () => calling(callers, jobs, (i) => addJob(QUEUE, batch(i, 1, (data) => data)[0], SPEC));
  },
  async batch({ jobs, size }) {
    const queue = await utils();
    return () => calling(2, jobs / size, (i) => insert(queue, i * size, size));
  },
  async drain({ jobs }) {
    return async () => {
      let done = 0;
      let all;
      const last = new Promise((resolve) => (all = resolve));
      const runner = await start(BUSY, async () => {
        if (++done === jobs) all();
      });
      await last;
      // Writes down the completions that are still being gathered.
      await runner.stop();
      return { done };
    };
  },
  async work(parameters) {
    return working(parameters, (handled) => start(parameters.report ? BUSY : {}, async (job) => handled(job)));
  },
  async send({ sends }) {
    const { addJob } = await utils();
    return () => sending(sends, (data) => addJob(QUEUE, data, SPEC));
  },
  async feed({ size }) {
    const queue = await utils();
    return () => feeding(size, (first, count) => insert(queue, first, count));
  },
});
