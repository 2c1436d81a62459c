// /system: each service's memory, disk, cache, database, queue, the last hour, limits, alerts. For administrators.
import { useQuery } from "@tanstack/react-query";
import { useEffect, type ComponentProps, type ReactNode } from "react";
import { systemQuery } from "../api/system";
import type { Service, System as SystemData, SystemPoint } from "../api/types";
import { readAll, type ReadWish } from "../api/readings";
import { Badge } from "../components/Badge";
import { Button, buttonClass } from "../components/Button";
import { LoadError } from "../components/EmptyState";
import { Icon } from "../components/Icon";
import { Notice } from "../components/Notice";
import { Plot } from "../components/Plot";
import { ProgressBar } from "../components/ProgressBar";
import { ReadingsBar } from "../components/ReadingsBar";
import { Skeleton } from "../components/Skeleton";
import { useReadAgain } from "../components/useReadAgain";
import { formatAgo, formatBytes, formatDateTime, formatDuration, formatNumber, plural } from "../lib/format";
import { Link } from "../lib/router";
import { barTone, formatAmount, formatShare, limitOf, memoryShare, memoryWords, newestMoment } from "../lib/system";
import css from "./system.module.css";

export default function System() {
  const system = useQuery(systemQuery);
  useEffect(() => {
    document.title = "System · PageSpace";
  }, []);
  return (
    <div className={css.page} data-scroll>
      <div className={css.inner}>
        <div className={css.head}>
          <h1 className={css.title}>System</h1>
          <Link href="/audit" className={buttonClass("secondary")}>
            <Icon name="list" /> Audit log
          </Link>
        </div>
        {system.isPending && Array.from({ length: 4 }, (_, index) => <Skeleton key={index} height={96} />)}
        {system.isError && !system.data && <LoadError error={system.error} retry={() => void system.refetch()} />}
        {system.data && <Sections system={system.data} />}
      </div>
    </div>
  );
}

function Sections({ system }: { system: SystemData }) {
  const lasting = system.alerts.filter(({ endedAt }) => !endedAt);
  return (
    <>
      <div className={css.notices}>
        {lasting.map(({ name, subject, message, since }) => (
          <Notice key={`${name} ${subject}`} tone="warn">
            {asSentence(message)} Since {formatDateTime(since)}.
          </Notice>
        ))}
        {lasting.length === 0 && <Notice tone="good">Nothing is above its limit.</Notice>}
      </div>
      <Section id="services" title="Services">
        <div className={css.box}>
          {system.services.map((service) => (
            <ServiceRow key={service.name + service.node} service={service} limit={limitOf(system, "memory")} />
          ))}
          {system.services.length === 0 && <p className={css.empty}>No service has said how it is lately.</p>}
        </div>
      </Section>
      <Section id="state" title="Now">
        <div className={css.cards}>
          <Cards system={system} />
        </div>
      </Section>
      <Section id="reading" title="Reading again">
        <ReadingAgain files={system.olderReaderFiles} />
      </Section>
      <Section id="hour" title="The last hour">
        <div className={css.plots}>
          <Plots system={system} />
        </div>
      </Section>
      <Limits system={system} />
    </>
  );
}

/** What a new release may read better, and what failed, of all drives. */
function ReadingAgain({ files }: { files: number }) {
  const begin = useReadAgain();
  const read = (wish: ReadWish, none: string) => void begin(() => readAll(wish), none);
  const isWas = files === 1 ? "was" : "were";
  return (
    <div className={css.box}>
      <div className={css.row} data-reading="older">
        <p className={`${css.grow} num`}>
          {files > 0
            ? `${plural(files, "file")} ${isWas} read by an older version.`
            : "Every file was read by the newest version."}
        </p>
        {files > 0 && (
          <Button small icon="retry" onPress={() => read({ what: "older_reader" }, "They are being read already")}>
            Read again
          </Button>
        )}
      </div>
      <div className={css.row}>
        <p className={css.grow}>Files that failed, whatever the reason.</p>
        <Button small onPress={() => read({ what: "failed" }, "No file has failed")}>
          Read again
        </Button>
      </div>
      <div className={css.row}>
        <p className={css.grow}>Files without text, such as scans from before text recognition was on.</p>
        <Button small onPress={() => read({ what: "without_text" }, "Every file has its text")}>
          Read again
        </Button>
      </div>
      <ReadingsBar />
    </div>
  );
}

function Section({ id, title, children }: { id: string; title: string; children: ReactNode }) {
  return (
    <section className={css.section} aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
}

function ServiceRow({ service, limit }: { service: Service; limit: number }) {
  const share = memoryShare(service);
  return (
    <div className={css.row} data-service={service.name}>
      <div className={css.grow}>
        <p className={css.name}>{service.name}</p>
        <p className={`${css.fine} num truncate`}>
          {service.version} · {service.node}
        </p>
      </div>
      <div className={css.memory}>
        <p className={`${css.fine} num`}>{memoryWords(service)}</p>
        {share !== null && (
          <ProgressBar label={`Memory of ${service.name}`} value={share} tone={barTone(share, limit)} />
        )}
      </div>
    </div>
  );
}

function Cards({ system: { disk, cache, database, queue, lastBackup } }: { system: SystemData }) {
  return (
    <>
      <Card title="Disk" value={disk ? `${formatBytes(disk.freeBytes)} free` : "unknown"}>
        {disk && `of ${formatBytes(disk.totalBytes)}`}
      </Card>
      <Card title="Image cache" value={formatBytes(cache.sizeBytes)}>
        {plural(cache.images, "image")} · {hitWords(cache.hitRate)}
      </Card>
      <Card title="Database" value={formatBytes(database.sizeBytes)}>
        Postgres {database.version.split(" ")[0]}
      </Card>
      <Card title="Queue" value={`${formatNumber(queue.pending)} waiting`}>
        {formatNumber(queue.active)} running · {waitWords(queue)}
      </Card>
      <Card title="Jobs of the last hour" value={formatNumber(queue.jobsLastHour)}>
        {formatNumber(queue.failedLastHour)} failed
      </Card>
      <Card title="Last backup" value={lastBackup ? formatAgo(lastBackup) : "none"}>
        {lastBackup && formatDateTime(lastBackup)}
      </Card>
    </>
  );
}

const waitWords = ({ waitMeanMs, waitP99Ms }: SystemData["queue"]) =>
  `waits ${formatDuration(waitMeanMs)} on average, 99 of 100 at most ${formatDuration(waitP99Ms)}`;
const hitWords = (rate: number | null | undefined) =>
  typeof rate === "number" ? `${formatShare(rate)} of reads were there` : "not read yet";

function Card({ title, value, children }: { title: string; value: string; children?: ReactNode }) {
  return (
    <div className={css.card}>
      <h3>{title}</h3>
      <p className={`${css.value} num`}>{value}</p>
      <p className={`${css.fine} num`}>{children}</p>
    </div>
  );
}

function Plots({ system }: { system: SystemData }) {
  const line = (of: (point: SystemPoint) => number | null | undefined) =>
    system.points.map((point) => ({ at: Date.parse(point.at), value: of(point) ?? null }));
  const memory = limitOf(system, "memory");
  const plots: Omit<ComponentProps<typeof Plot>, "now">[] = [
    { title: "Jobs a minute", points: line(({ jobs }) => jobs), least: 10, format: formatNumber },
    { title: "Waiting jobs", points: line(({ pending }) => pending), least: 10, format: formatNumber },
    {
      title: "Waiting time, mean and 99 of 100",
      points: line(({ waitMeanMs }) => waitMeanMs),
      faint: line(({ waitP99Ms }) => waitP99Ms),
      least: 1000,
      format: formatDuration,
    },
    {
      title: "Memory, the fullest service",
      points: line(({ memoryShare }) => memoryShare),
      least: 1,
      limit: memory,
      format: formatShare,
    },
    { title: "Cache hits", points: line(({ cacheHitRate }) => cacheHitRate), least: 1, format: formatShare },
    { title: "Free disk", points: line(({ diskFreeBytes }) => diskFreeBytes), least: 2 ** 30, format: formatBytes },
  ];
  return plots.map((plot) => <Plot key={plot.title} {...plot} now={newestMoment(system)} />);
}

function Limits({ system: { limits, alerts } }: { system: SystemData }) {
  const isPassed = (name: string) => alerts.some((alert) => alert.name === name && !alert.endedAt);
  const ended = alerts.filter(({ endedAt }) => endedAt);
  return (
    <Section id="limits" title="Limits">
      <div className={css.box}>
        {limits.map(({ name, label, limit, unit }) => (
          <div key={name} className={css.row} data-limit={name}>
            <p className={css.grow}>
              {label}
              <span className={`${css.fine} num`}> more than {formatAmount(limit, unit)}</span>
            </p>
            {isPassed(name) ? <Badge tone="warn">Passed</Badge> : <Badge tone="good">Kept</Badge>}
          </div>
        ))}
      </div>
      {ended.length > 0 && (
        <>
          <h3>Alerts that are over</h3>
          <ul className={`${css.past} num`}>
            {ended.map(({ name, subject, message, since, endedAt }) => (
              <li key={name + subject + since}>
                {asSentence(message)} From {formatDateTime(since)} to {endedAt && formatDateTime(endedAt)}.
              </li>
            ))}
          </ul>
        </>
      )}
    </Section>
  );
}

const asSentence = (words: string) => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
