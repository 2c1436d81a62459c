// What a script takes once Node and its library are there, as the last line it prints.
import { readFileSync } from 'node:fs';

const peak = () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]);

export function begin() {
  const [used, held] = [process.cpuUsage(), peak()];
  return () => {
    const { user, system } = process.cpuUsage(used);
    console.log(JSON.stringify({ cpu_ms: (user + system) / 1000, grown_mb: (peak() - held) / 1024 }));
  };
}
