// /jobs: what every queue is doing, and each job.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { failuresQuery, jobsQuery, pauseKind, queueQuery, resumeKind, retryAlike } from "../api/jobs";
import { sessionQuery } from "../api/session";
import type { FailureGroup, QueueCounts } from "../api/types";
import { Button } from "../components/Button";
import { EmptyState, LoadError } from "../components/EmptyState";
import { JobTable } from "../components/JobTable";
import { Select } from "../components/Select";
import { Skeleton } from "../components/Skeleton";
import { useJobAction } from "../components/useJobAction";
import { formatDuration, formatNumber } from "../lib/format";
import { useLocation, useSetSearch } from "../lib/router";
import { JOB_LABELS } from "../lib/labels";
import css from "./jobs.module.css";

const STATUSES = [["", "Any status"], ...Object.entries(JOB_LABELS)] as const;

export default function Jobs() {
  const { search } = useLocation();
  const setSearch = useSetSearch();
  const filter = { status: search.get("status") ?? "", kind: search.get("kind") ?? "" };
  const queue = useQuery(queueQuery);
  const jobs = useInfiniteQuery(jobsQuery(filter));
  const isAdmin = useQuery(sessionQuery).data?.isAdmin ?? false;
  const selected = queue.data?.find(({ kind }) => kind === filter.kind);
  const items = jobs.data?.pages.flatMap((page) => page.items) ?? [];
  useEffect(() => {
    document.title = "Jobs · PageSpace";
  }, []);

  return (
    <div className={css.page}>
      <div className={css.head}>
        <h1 className={css.title}>Jobs</h1>
      </div>
      <div className={css.scroll} data-scroll>
        <div className={css.cards}>
          {queue.isPending && Array.from({ length: 4 }, (_, index) => <Skeleton key={index} height={116} />)}
          {queue.data?.map((counts) => (
            <QueueCard
              key={counts.kind}
              counts={counts}
              isSelected={filter.kind === counts.kind}
              onPress={() => setSearch({ kind: filter.kind === counts.kind ? "" : counts.kind })}
            />
          ))}
        </div>
        {queue.isError && !queue.data && <LoadError error={queue.error} retry={() => void queue.refetch()} />}
        <div className={css.filters}>
          <Select
            filter
            label="Status"
            value={filter.status}
            options={STATUSES}
            onChange={(status) => setSearch({ status })}
          />
          {filter.kind && (
            <Button variant="ghost" small icon="close" onPress={() => setSearch({ kind: "" })}>
              {selected?.label ?? filter.kind}
            </Button>
          )}
          {isAdmin && filter.kind && <Pause counts={selected} />}
        </div>
        {isAdmin && filter.status === "failed" && <Failures kind={filter.kind} />}
        {jobs.isPending && (
          <div className={css.rows} role="status">
            <span className="visually-hidden">Loading jobs</span>
            {Array.from({ length: 8 }, (_, index) => (
              <Skeleton key={index} height={28} />
            ))}
          </div>
        )}
        {jobs.isError && items.length === 0 && <LoadError error={jobs.error} retry={() => void jobs.refetch()} />}
        {jobs.isSuccess && items.length === 0 && (
          <EmptyState icon="jobs" title={filter.status || filter.kind ? "No such jobs" : "No jobs yet"}>
            {filter.status || filter.kind
              ? "Nothing fits the filters."
              : "Every uploaded file becomes a job here. Jobs are kept in the database and survive a restart."}
          </EmptyState>
        )}
        {items.length > 0 && (
          <div className={css.table}>
            <JobTable jobs={items} linkFiles />
          </div>
        )}
        {jobs.hasNextPage && (
          <div className={css.more}>
            <Button busy={jobs.isFetchingNextPage} onPress={() => void jobs.fetchNextPage()}>
              Show more
            </Button>
          </div>
        )}
      </div>
    </div>
  );
}

interface QueueCardProps {
  counts: QueueCounts;
  isSelected: boolean;
  onPress: () => void;
}

function QueueCard({ counts, isSelected, onPress }: QueueCardProps) {
  const { kind, label, active, pending, failed, completed, meanMs, oldestPendingSeconds, paused } = counts;
  const facts = [
    paused ? "Paused" : "",
    `${formatNumber(completed)} done`,
    meanMs ? `${formatDuration(meanMs)} on average` : "",
    pending > 0 && oldestPendingSeconds ? `oldest waits ${formatDuration(oldestPendingSeconds * 1000)}` : "",
  ];
  return (
    <button type="button" className={css.card} aria-pressed={isSelected} onClick={onPress} data-queue={kind}>
      <h2>{label}</h2>
      <dl className={`${css.numbers} num`}>
        <Count label="Running" value={active} tone={css.running} />
        <Count label="Waiting" value={pending} />
        <Count label="Failed" value={failed} tone={css.failed} />
      </dl>
      <span className={`${css.fine} num truncate`}>{facts.filter(Boolean).join(" · ")}</span>
    </button>
  );
}

function Pause({ counts }: { counts: QueueCounts | undefined }) {
  const { busy, run } = useJobAction();
  if (!counts) return null;
  const { kind, paused } = counts;
  const press = () =>
    void run(
      () => (paused ? resumeKind(kind) : pauseKind(kind)),
      () => (paused ? "These jobs run again" : "No more of these jobs begin"),
    );
  return (
    <Button small busy={busy} icon={paused ? "retry" : "stop"} onPress={press}>
      {paused ? "Resume" : "Pause"}
    </Button>
  );
}

/** What failed alike can be run again together. */
function Failures({ kind }: { kind: string }) {
  const { busy, run } = useJobAction();
  const retry = (group: FailureGroup) =>
    void run(
      () => retryAlike(group),
      ({ retried }) => `${formatNumber(retried)} jobs run again`,
    );
  const groups = (useQuery(failuresQuery).data ?? []).filter((group) => !kind || group.kind === kind);
  return (
    <ul className={css.failures}>
      {groups.map((group) => (
        <li key={`${group.kind} ${group.code}`} data-failures={group.code}>
          <span className="truncate" title={group.example ?? undefined}>
            {group.label} · {group.example || group.code}
          </span>
          <Button small icon="retry" busy={busy} onPress={() => retry(group)}>
            Retry all {formatNumber(group.jobs)} like this
          </Button>
        </li>
      ))}
    </ul>
  );
}

function Count({ label, value, tone = "" }: { label: string; value: number; tone?: string | undefined }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd className={value ? tone : css.zero}>{formatNumber(value)}</dd>
    </div>
  );
}
