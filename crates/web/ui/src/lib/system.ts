// The system page's numbers in words.
import type { AlertLimit, Service, System } from "../api/types";
import { formatBytes, formatDuration, formatNumber } from "./format";
import type { Tone } from "./labels";

export const formatShare = (share: number) => `${Math.round(share * 100)} %`;

/** A limit, or a value held to it. */
export function formatAmount(value: number, unit: AlertLimit["unit"]): string {
  switch (unit) {
    case "jobs":
      return formatNumber(value);
    case "seconds":
      return formatDuration(value * 1000);
    case "share":
      return formatShare(value);
  }
}

/** The part of its memory a service uses; null when nobody limits it. */
export function memoryShare({ memoryUsedBytes, memoryLimitBytes }: Service): number | null {
  return memoryLimitBytes ? memoryUsedBytes / memoryLimitBytes : null;
}

export function memoryWords(service: Service): string {
  const { memoryUsedBytes, memoryLimitBytes, memoryPeakBytes, oomKills } = service;
  const share = memoryShare(service);
  return [
    memoryLimitBytes && share !== null
      ? `${formatBytes(memoryUsedBytes)} of ${formatBytes(memoryLimitBytes)} (${formatShare(share)})`
      : `${formatBytes(memoryUsedBytes)}, no limit known`,
    memoryPeakBytes ? `peak ${formatBytes(memoryPeakBytes)}` : "",
    oomKills ? `${formatNumber(oomKills)} killed for want of memory` : "",
  ]
    .filter(Boolean)
    .join(" · ");
}

/** A bar's colour: near its limit, or nowhere near. */
export const barTone = (share: number, limit: number): Tone => (share > limit ? "bad" : "good");

/** The limit of that name; 1, the whole, should there be none. */
export const limitOf = (system: Pick<System, "limits">, name: string) =>
  system.limits.find((limit) => limit.name === name)?.limit ?? 1;

/** The newest moment that the server tells of: its own clock, whatever the browser's says. */
export const newestMoment = ({ services, points }: Pick<System, "services" | "points">) =>
  Math.max(0, ...services.map((one) => Date.parse(one.reportedAt)), ...points.map((point) => Date.parse(point.at)));
