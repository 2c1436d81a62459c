// /files/:id: what became of a file. The tab is in the address.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { TabPanel, Tabs } from "react-aria-components/Tabs";
import { artifactUrl, fileJobsQuery, fileQuery, isFinal, originalUrl, textQuery } from "../api/files";
import { ApiError } from "../api/http";
import { useAbsent } from "../api/images";
import type { StoredFile } from "../api/types";
import { FileBadge } from "../components/Badge";
import { Button, buttonClass } from "../components/Button";
import { Empty, Failed } from "../components/Empty";
import { ExportMenu } from "../components/ExportMenu";
import { FactList } from "../components/FactList";
import { DeleteDialog, FileMenu, RenameDialog, useTrash, type FileAct } from "../components/FileMenu";
import { Icon } from "../components/Icon";
import { JobTable } from "../components/JobTable";
import { useProgress, useRoom } from "../components/LiveProvider";
import { Notice } from "../components/Notice";
import { PresetList } from "../components/PresetList";
import { Skeleton } from "../components/Skeleton";
import { TabList } from "../components/TabList";
import { TextView } from "../components/TextView";
import { Thumb } from "../components/Thumb";
import { Timeline } from "../components/Timeline";
import { formatAgo, formatBytes } from "../lib/format";
import { Link, navigate, useLocation, useSetSearch } from "../lib/router";
import { timeline } from "../lib/timeline";
import { isImage } from "../lib/words";
import css from "./file.module.css";

export default function FilePage({ fileId }: { fileId: string }) {
  const file = useQuery(fileQuery(fileId));
  useRoom(`file:${fileId}`);
  useEffect(() => {
    document.title = `${file.data?.name ?? "File"} · PageSpace`;
  }, [file.data?.name]);
  if (file.data) return <Loaded file={file.data} />;
  if (file.isError) {
    const gone = file.error instanceof ApiError && file.error.status === 404;
    return gone ? (
      <Empty
        icon="file"
        title="This file is not here"
        actions={
          <Link href="/" className={buttonClass("secondary")}>
            Go to the library
          </Link>
        }
      >
        It may have been deleted, or it is in a drive you are not a member of.
      </Empty>
    ) : (
      <Failed error={file.error} retry={() => void file.refetch()} />
    );
  }
  return (
    <div className={css.loading} role="status">
      <span className="visually-hidden">Loading the file</span>
      <Skeleton width={260} height={20} />
      <Skeleton height={320} />
      <Skeleton width="60%" />
    </div>
  );
}

function Loaded({ file }: { file: StoredFile }) {
  const client = useQueryClient();
  const { search } = useLocation();
  const setSearch = useSetSearch();
  const move = useTrash();
  const progress = useProgress(file.id);
  const busy = !isFinal(file.status);
  const jobs = useQuery(fileJobsQuery(file.id, busy));
  const [dialog, setDialog] = useState<"rename" | "delete" | null>(null);
  const library = `/drives/${file.driveId}`;
  const image = isImage(file);
  const tab = search.get("tab") ?? (image && file.status !== "completed" ? "presets" : "text");

  // The jobs' times are part of the timeline: they are asked for once more when the work is over.
  useEffect(
    () => void client.invalidateQueries({ queryKey: ["file", file.id, "jobs"] }),
    [client, file.id, file.status],
  );

  const act = (what: FileAct) => {
    if (what === "rename" || what === "delete") setDialog(what);
    else void move([file], what === "trash");
  };
  const images = file.artifacts.filter(({ mime }) => mime.startsWith("image/")).length;

  return (
    <div className={css.page} data-scroll data-file-status={file.status}>
      <header className={css.head}>
        <Link href={library} className={buttonClass("ghost", false, true)} aria-label="Back to the library">
          <Icon name="arrowLeft" />
        </Link>
        <div className={css.who}>
          <h1 className={`${css.title} truncate`} title={file.name}>
            {file.name}
          </h1>
          <p className={`${css.under} num`}>
            <span role="status">
              <FileBadge file={file} />
            </span>
            <span>{formatBytes(file.sizeBytes)}</span>
            <span className="truncate">added {formatAgo(file.createdAt)}</span>
          </p>
        </div>
        <a className={buttonClass("secondary")} href={originalUrl(file.id)} download={file.name}>
          <Icon name="download" />
          <span className={css.words}>Original</span>
        </a>
        <ExportMenu file={file} />
        <FileMenu file={file} onAct={act} />
      </header>
      <div className={css.columns}>
        <div className={css.side}>
          <div className={css.preview}>
            <Preview file={file} />
          </div>
          {(file.trashedAt || file.status === "failed" || file.warnings.length > 0) && (
            <div className={css.notices}>
              {file.trashedAt && (
                <Notice
                  tone="neutral"
                  action={
                    <Button small onPress={() => act("restore")}>
                      Restore
                    </Button>
                  }
                >
                  This file is in the trash.
                </Notice>
              )}
              {file.status === "failed" && (
                <Notice tone="bad">{file.outcome?.sentence ?? "Nothing could be made of this file."}</Notice>
              )}
              {file.warnings.map(({ code, message }) => (
                <Notice key={code + message} tone="warn">
                  {message}
                </Notice>
              ))}
            </div>
          )}
          <section className={css.block}>
            <h2>Stages</h2>
            <Timeline steps={timeline(file, jobs.data ?? [], progress)} />
          </section>
        </div>
        <Tabs
          className={css.tabs ?? ""}
          selectedKey={tab}
          onSelectionChange={(key) => setSearch({ tab: String(key), page: "" })}
        >
          <div className={css.tabList}>
            <TabList
              label="About this file"
              tabs={[
                { id: "text", label: "Text" },
                { id: "presets", label: "Presets", count: images },
                { id: "details", label: "Details" },
                { id: "jobs", label: "Jobs", count: jobs.data?.length ?? 0 },
              ]}
            />
          </div>
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
            {jobs.isError ? (
              <Failed error={jobs.error} retry={() => void jobs.refetch()} />
            ) : jobs.data?.length === 0 ? (
              <Empty icon="jobs" title="No jobs">
                This content was already processed when the file was added.
              </Empty>
            ) : (
              <JobTable jobs={jobs.data ?? []} />
            )}
          </TabPanel>
        </Tabs>
      </div>
      {dialog === "rename" && <RenameDialog file={file} onClose={() => setDialog(null)} />}
      {dialog === "delete" && (
        <DeleteDialog files={[file]} onClose={() => setDialog(null)} onDone={() => navigate(library)} />
      )}
    </div>
  );
}

function Preview({ file }: { file: StoredFile }) {
  const [broken, setBroken] = useState<string | null>(null);
  const hasText = file.status === "completed" && !isImage(file);
  const text = useQuery({ ...textQuery(file.id, "plain"), enabled: hasText });
  const large = artifactUrl(file, "preview") ?? artifactUrl(file, "ai-chat");
  const url = large ?? (isImage(file) ? artifactUrl(file, "thumbnail") : null);

  // Of a page there is only a small image until somebody looks closer. Its words stand there meanwhile, and if none
  // comes.
  useAbsent(file, "preview", !isImage(file) && !large, 0);

  if (url && url !== broken) return <img src={url} alt={`Preview of ${file.name}`} onError={() => setBroken(url)} />;
  if (hasText && text.data)
    return (
      <div className={css.paper} aria-hidden="true">
        {text.data.split("\f")[0]?.slice(0, 1800)}
      </div>
    );
  return (
    <div className={css.glyph}>
      <Thumb file={file} />
    </div>
  );
}
