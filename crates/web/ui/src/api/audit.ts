// The audit log: who did what. For administrators.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { dayStart } from "../lib/audit";
import { queryString, requestJson } from "./http";
import type { AuditEntry, AuditFormat, Page, User } from "./types";

/** As it stands in the address: ids, a kind, and days that both belong to what is shown. */
export interface AuditFilter {
  person: string;
  kind: string;
  drive: string;
  from: string;
  to: string;
}

const parameters = ({ from, to, ...rest }: AuditFilter) => ({ ...rest, from: dayStart(from), to: dayStart(to, 1) });

export const auditQuery = (filter: AuditFilter) =>
  infiniteQueryOptions({
    queryKey: ["audit", filter],
    queryFn: ({ pageParam, signal }) =>
      requestJson<Page<AuditEntry>>(
        "GET",
        `/audit${queryString({ ...parameters(filter), cursor: pageParam, limit: 100 })}`,
        { signal },
      ),
    initialPageParam: "",
    getNextPageParam: (last) => last.nextCursor || undefined,
  });

export const auditUrl = (filter: AuditFilter, format: AuditFormat) =>
  `/api/v1/audit/export${queryString({ ...parameters(filter), format })}`;

/** People to choose from: the first two hundred. Whoever else is in the log can be chosen there. */
export const choiceOfPeopleQuery = queryOptions({
  queryKey: ["people", "choice"],
  queryFn: ({ signal }) => requestJson<User[]>("GET", "/users", { signal }),
  staleTime: 30_000,
});
