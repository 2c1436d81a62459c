// A few at a time: a browser has six connections to a server, and pictures that come slowly must not hold them all.

const MOST = 3;

let free = MOST;
const waiting: (() => void)[] = [];

/** Does the work in its turn; what is urgent goes before what waits. Rejects when it is given up before. */
export async function inTurn<T>(isUrgent: boolean, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  if (free > 0) free -= 1;
  else await turn(isUrgent, signal);
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else free += 1;
  }
}

function turn(isUrgent: boolean, signal: AbortSignal): Promise<void> {
  return new Promise((begin, giveUp) => {
    if (isUrgent) waiting.unshift(begin);
    else waiting.push(begin);
    signal.addEventListener("abort", () => {
      const at = waiting.indexOf(begin);
      if (at < 0) return;
      waiting.splice(at, 1);
      giveUp(signal.reason);
    });
  });
}
