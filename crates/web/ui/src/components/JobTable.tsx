// Jobs as a table, with what can be done about each.
import { cancelJob, retryJob } from "../api/jobs";
import type { Job } from "../api/types";
import { formatAgo, formatDateTime, formatDuration, spanMs } from "../lib/format";
import { Link } from "../lib/router";
import { JOB_LABELS, JOB_TONES } from "../lib/labels";
import { Badge } from "./Badge";
import { Button } from "./Button";
import { useJobAction } from "./useJobAction";
import css from "./JobTable.module.css";

export function JobTable({ jobs, linkFiles }: { jobs: Job[]; linkFiles?: boolean }) {
  return (
    <table className={css.table}>
      <thead>
        <tr>
          <th scope="col">Job</th>
          <th scope="col">Status</th>
          <th scope="col">Attempts</th>
          <th scope="col">Created</th>
          <th scope="col">Took</th>
          <th scope="col">
            <span className="visually-hidden">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {jobs.map((job) => (
          <Row key={job.id} job={job} linkFiles={linkFiles ?? false} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ job, linkFiles }: { job: Job; linkFiles: boolean }) {
  const took = spanMs(job.startedAt, job.finishedAt);
  const earlier = (job.errors ?? []).filter(({ error }) => error !== job.error);
  return (
    <tr data-job={job.status}>
      <td className={css.wide}>
        <span className={css.kind}>{job.label}</span>
        <span className={css.id}>#{job.id}</span>
        {linkFiles && job.fileId && (
          <Link href={`/files/${job.fileId}?tab=jobs`} className={css.link}>
            Open file
          </Link>
        )}
        {job.error && <p className={css.error}>{job.error}</p>}
        {earlier.map(({ attempt, error }) => (
          <p key={attempt} className={css.old}>
            Attempt {attempt}: {error}
          </p>
        ))}
      </td>
      <td>
        <Badge
          tone={JOB_TONES[job.status] ?? "neutral"}
        >{`${JOB_LABELS[job.status] ?? job.status}${job.progress ? ` · ${job.progress.percent} %` : ""}`}</Badge>
      </td>
      <td className="num">
        {job.attempts} of {job.maxAttempts}
      </td>
      <td className="num">
        <time dateTime={job.createdAt} title={formatDateTime(job.createdAt)}>
          {formatAgo(job.createdAt)}
        </time>
      </td>
      <td className="num">{took === null ? "–" : formatDuration(took)}</td>
      <td className={css.actions}>
        <JobActions job={job} />
      </td>
    </tr>
  );
}

const RETRY = { label: "Retry", icon: "retry", action: retryJob, done: "The job runs again" } as const;
const CANCEL = { label: "Cancel", icon: "stop", action: cancelJob, done: "The job is being cancelled" } as const;

/** What can be done about a job that stands so. */
const ACTIONS = { pending: CANCEL, processing: CANCEL, completed: null, failed: RETRY, cancelled: RETRY } as const;

function JobActions({ job: { id, status } }: { job: Job }) {
  const { busy, run } = useJobAction();
  const possible = ACTIONS[status];
  if (!possible) return null;
  const { label, icon, action, done } = possible;
  const act = () =>
    void run(
      () => action(id),
      () => done,
    );
  return (
    <Button small variant="ghost" icon={icon} busy={busy} onPress={act}>
      {label}
    </Button>
  );
}
