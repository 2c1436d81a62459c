// /files/:id: what became of a file. The tab is in the address.
import { useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { lazy, Suspense, useEffect } from "react";
import { TabPanel, Tabs } from "react-aria-components/Tabs";
import { fileJobsQuery, fileQuery, isFinal, originalUrl } from "../api/files";
import { ApiError } from "../api/http";
import type { Job, StoredFile } from "../api/types";
import { FileBadge } from "../components/Badge";
import { Button, buttonClass } from "../components/Button";
import { EmptyState, LoadError } from "../components/EmptyState";
import { ExportMenu } from "../components/ExportMenu";
import { FactList } from "../components/FactList";
import { FileMenu, type FileAction } from "../components/FileMenu";
import { FilePreview } from "../components/FilePreview";
import { Icon } from "../components/Icon";
import { JobTable } from "../components/JobTable";
import { useProgress, useRoom } from "../components/LiveProvider";
import { MailLinks } from "../components/MailLinks";
import { Notice } from "../components/Notice";
import { PresetList } from "../components/PresetList";
import { Skeleton } from "../components/Skeleton";
import { TabList } from "../components/TabList";
import { TextView } from "../components/TextView";
import { Timeline } from "../components/Timeline";
import { useFileActions } from "../components/useFileActions";
import { formatAgo, formatBytes } from "../lib/format";
import { Link, navigate, useLocation, useSetSearch } from "../lib/router";
import { timeline } from "../lib/timeline";
import { hasPages, isImage } from "../lib/labels";
import css from "./file.module.css";

// Pages are looked at by few who look at a file, and take as much script as the rest of it.
const PageViewer = lazy(() => import("../components/PageViewer"));

export default function FilePage({ fileId }: { fileId: string }) {
  const file = useQuery(fileQuery(fileId));
  useRoom(`file:${fileId}`);
  useEffect(() => {
    document.title = `${file.data?.name ?? "File"} · PageSpace`;
  }, [file.data?.name]);
  if (file.data) return <Loaded file={file.data} />;
  if (file.error instanceof ApiError && file.error.status === 404) return <NotHere />;
  if (file.isError) return <LoadError error={file.error} retry={() => void file.refetch()} />;
  return (
    <div className={css.loading} role="status">
      <span className="visually-hidden">Loading the file</span>
      <Skeleton width={260} height={20} />
      <Skeleton height={320} />
      <Skeleton width="60%" />
    </div>
  );
}

function NotHere() {
  const home = (
    <Link href="/" className={buttonClass("secondary")}>
      Go to the library
    </Link>
  );
  return (
    <EmptyState icon="file" title="This file is not here" actions={home}>
      It may have been deleted, or it is in a drive you are not a member of.
    </EmptyState>
  );
}

function Loaded({ file }: { file: StoredFile }) {
  const client = useQueryClient();
  const library = `/drives/${file.driveId}`;
  const progress = useProgress(file.id);
  const jobs = useQuery(fileJobsQuery(file.id, !isFinal(file.status)));
  const { act, dialogs } = useFileActions({ onDelete: () => navigate(library) });
  const tab = useTab(file);

  // The jobs' times are part of the timeline: they are asked for once more when the work is over.
  useEffect(
    () => void client.invalidateQueries({ queryKey: ["file", file.id, "jobs"] }),
    [client, file.id, file.status],
  );

  return (
    <div className={css.page} data-scroll data-file-status={file.status}>
      <Head file={file} library={library} onAction={(action) => act(action, [file])} />
      <div className={css.columns} data-tab={tab}>
        {tab !== "pages" && (
          <div className={css.side}>
            <FilePreview file={file} />
            <Notices file={file} onRestore={() => act("restore", [file])} onRead={() => act("read", [file])} />
            <MailLinks file={file} />
            <section className={css.block}>
              <h2>Stages</h2>
              <Timeline steps={timeline(file, jobs.data ?? [], progress)} />
            </section>
          </div>
        )}
        <FileTabs file={file} jobs={jobs} tab={tab} />
      </div>
      {dialogs}
    </div>
  );
}

interface HeadProps {
  file: StoredFile;
  library: string;
  onAction: (action: FileAction) => void;
}

function Head({ file, library, onAction }: HeadProps) {
  return (
    <header className={css.head}>
      <Link href={library} className={buttonClass("ghost", false, true)} aria-label="Back to the library">
        <Icon name="arrowLeft" />
      </Link>
      <div className={css.identity}>
        <h1 className={`${css.title} truncate`} title={file.name}>
          {file.name}
        </h1>
        <p className={`${css.subtitle} num`}>
          <span role="status">
            <FileBadge file={file} />
          </span>
          <span>{formatBytes(file.sizeBytes)}</span>
          <span className="truncate">added {formatAgo(file.createdAt)}</span>
        </p>
      </div>
      <a className={buttonClass("secondary")} href={originalUrl(file.id)} download={file.name}>
        <Icon name="download" />
        <span className={css.label}>Original</span>
      </a>
      <ExportMenu file={file} />
      <FileMenu file={file} onAction={onAction} />
    </header>
  );
}

interface NoticesProps {
  file: StoredFile;
  onRestore: () => void;
  onRead: () => void;
}

function Notices({ file, onRestore, onRead }: NoticesProps) {
  if (!file.trashedAt && file.status !== "failed" && file.warnings.length === 0) return null;
  const restore = (
    <Button small onPress={onRestore}>
      Restore
    </Button>
  );
  const readAgain = (
    <Button small icon="retry" onPress={onRead}>
      Read again
    </Button>
  );
  return (
    <div className={css.notices}>
      {file.trashedAt && (
        <Notice tone="neutral" action={restore}>
          This file is in the trash.
        </Notice>
      )}
      {file.status === "failed" && (
        <Notice tone="bad" action={readAgain}>
          {file.outcome?.sentence ?? "Nothing could be made of this file."}
        </Notice>
      )}
      {file.warnings.map(({ code, message }) => (
        <Notice key={code + message} tone="warn">
          {message}
        </Notice>
      ))}
    </div>
  );
}

/** The tab that the address names, or that fits what it asks for: a page and words on it are seen where they stand. */
function useTab(file: StoredFile): string {
  const { search } = useLocation();
  const tab = search.get("tab");
  if (tab && (tab !== "pages" || hasPages(file))) return tab;
  if (!tab && (search.has("page") || search.has("q")) && hasPages(file)) return "pages";
  return isImage(file) && file.status !== "completed" ? "presets" : "text";
}

interface FileTabsProps {
  file: StoredFile;
  jobs: UseQueryResult<Job[]>;
  tab: string;
}

function FileTabs({ file, jobs, tab }: FileTabsProps) {
  const setSearch = useSetSearch();
  const tabs = [
    ...(hasPages(file) ? [{ id: "pages", label: (file.facts.pages ?? 1) > 1 ? "Pages" : "View" }] : []),
    { id: "text", label: "Text" },
    { id: "presets", label: "Presets", count: file.artifacts.filter(isImage).length },
    { id: "details", label: "Details" },
    { id: "jobs", label: "Jobs", count: jobs.data?.length ?? 0 },
  ];
  return (
    <Tabs
      className={css.tabs ?? ""}
      selectedKey={tab}
      onSelectionChange={(key) => setSearch({ tab: String(key), page: "" })}
    >
      <div className={css.tabList}>
        <TabList label="About this file" tabs={tabs} />
      </div>
      {hasPages(file) && (
        <TabPanel id="pages" className={`${css.panel} ${css.pagesPanel}`}>
          <Suspense fallback={<Skeleton height={480} />}>
            <PageViewer file={file} />
          </Suspense>
        </TabPanel>
      )}
      <TabPanel id="text" className={`${css.panel} ${css.textPanel}`}>
        <TextView file={file} />
      </TabPanel>
      <TabPanel id="presets" className={css.panel ?? ""}>
        <PresetList file={file} />
      </TabPanel>
      <TabPanel id="details" className={css.panel ?? ""}>
        <FactList file={file} />
      </TabPanel>
      <TabPanel id="jobs" className={css.panel ?? ""}>
        <FileJobs jobs={jobs} />
      </TabPanel>
    </Tabs>
  );
}

function FileJobs({ jobs }: { jobs: UseQueryResult<Job[]> }) {
  if (jobs.isError) return <LoadError error={jobs.error} retry={() => void jobs.refetch()} />;
  if (jobs.data?.length !== 0) return <JobTable jobs={jobs.data ?? []} />;
  return (
    <EmptyState icon="jobs" title="No jobs">
      This content was already processed when the file was added.
    </EmptyState>
  );
}
