// /drives/:id: the files of a drive. Search, filters, order, view and trash are in the address.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { FileTrigger } from "react-aria-components/FileTrigger";
import { GridList, GridListLoadMoreItem, type Selection } from "react-aria-components/GridList";
import { Collection } from "react-aria-components";
import { GridLayout, ListLayout, Size, Virtualizer } from "react-aria-components/Virtualizer";
import { drivesQuery } from "../api/drives";
import { filesQuery, type FileFilter } from "../api/files";
import type { StoredFile } from "../api/types";
import { Button } from "../components/Button";
import { Empty, Failed } from "../components/Empty";
import { FileItem } from "../components/FileItem";
import { DeleteDialog, download, RenameDialog, useTrash, type FileAct } from "../components/FileMenu";
import { Icon, type IconName } from "../components/Icon";
import { Select } from "../components/Select";
import { Skeleton } from "../components/Skeleton";
import { useUploads } from "../components/UploadsProvider";
import { formatNumber, plural } from "../lib/format";
import { rememberDrive } from "../lib/lastDrive";
import { useLocation, useSetSearch } from "../lib/router";
import css from "./library.module.css";

const TYPES = [
  ["", "All types"],
  ["image", "Images"],
  ["document", "Documents"],
  ["text", "Text"],
  ["other", "Other"],
] as const;
const STATUSES = [
  ["", "Any status"],
  ["pending", "Waiting"],
  ["processing", "Processing"],
  ["completed", "Text ready"],
  ["visual", "Images ready"],
  ["failed", "Failed"],
] as const;
const SORTS = [
  ["", "Newest first"],
  ["created", "Oldest first"],
  ["name", "Name A to Z"],
  ["-name", "Name Z to A"],
  ["-size", "Largest first"],
  ["size", "Smallest first"],
] as const;

const ROWS = { rowSize: 50 };
// The heights are fixed, so that a card never moves when its picture comes.
const CARDS = {
  minItemSize: new Size(150, 176),
  maxItemSize: new Size(250, 208),
  minSpace: new Size(14, 14),
  preserveAspectRatio: true,
  loaderHeight: 44,
};

export default function Library({ driveId }: { driveId: string }) {
  const { search } = useLocation();
  const setSearch = useSetSearch();
  const move = useTrash();
  const list = search.get("view") === "list";
  const trashed = search.get("trash") === "1";
  const filter: FileFilter = {
    q: search.get("q") ?? "",
    status: search.get("status") ?? "",
    type: search.get("type") ?? "",
    sort: search.get("sort") ?? "",
    trashed,
  };
  const files = useInfiniteQuery(filesQuery(driveId, filter));
  const drive = useQuery(drivesQuery).data?.find(({ id }) => id === driveId);
  const items = useMemo(() => files.data?.pages.flatMap((page) => page.items) ?? [], [files.data]);
  const [selection, setSelection] = useState<Selection>(new Set());
  const [dialog, setDialog] = useState<{ act: "rename" | "delete"; files: StoredFile[] } | null>(null);

  useEffect(() => rememberDrive(driveId), [driveId]);
  useEffect(() => {
    document.title = `${drive?.name ?? "Library"} · PageSpace`;
  }, [drive?.name]);

  const chosen = selection === "all" ? items : items.filter(({ id }) => selection.has(id));
  const clear = () => setSelection(new Set());
  const narrowed = Boolean(filter.q || filter.status || filter.type);
  const act = (what: FileAct, some: StoredFile[]) => {
    if (what === "rename" || what === "delete") return setDialog({ act: what, files: some });
    clear();
    void move(some, what === "trash");
  };

  return (
    <div className={css.page}>
      <div className={css.head}>
        <h1 className={`${css.title} truncate`}>
          {trashed ? "Trash" : (drive?.name ?? " ")}
          {drive && !trashed && <span className={`${css.total} num`}>{plural(drive.fileCount, "file")}</span>}
        </h1>
        <span className={css.grow} />
        <Button
          look="ghost"
          icon={trashed ? "library" : "trash"}
          onPress={() => {
            clear();
            setSearch({ trash: trashed ? "" : "1" }, { replace: false });
          }}
        >
          {trashed ? "Back to files" : "Trash"}
        </Button>
        {!trashed && <UploadButton driveId={driveId} />}
      </div>
      <div className={css.bar}>
        {chosen.length > 0 ? (
          <div className={css.chosen} role="toolbar" aria-label="Selected files">
            <strong className="num" aria-live="polite">
              {formatNumber(chosen.length)} selected
            </strong>
            {chosen.length === 1 && chosen[0] && (
              <Button look="ghost" small icon="pencil" onPress={() => act("rename", chosen)}>
                Rename
              </Button>
            )}
            {chosen.length <= 10 && (
              <Button look="ghost" small icon="download" onPress={() => chosen.forEach(download)}>
                Download
              </Button>
            )}
            {trashed ? (
              <>
                <Button look="ghost" small icon="undo" onPress={() => act("restore", chosen)}>
                  Restore
                </Button>
                <Button look="ghost" small icon="trash" onPress={() => act("delete", chosen)}>
                  Delete
                </Button>
              </>
            ) : (
              <Button look="ghost" small icon="trash" onPress={() => act("trash", chosen)}>
                Trash
              </Button>
            )}
            <span className={css.grow} />
            <Button look="ghost" small icon="close" aria-label="Clear the selection" onPress={clear} />
          </div>
        ) : (
          <>
            <SearchField value={filter.q} onChange={(q) => setSearch({ q })} />
            <div className={css.filters}>
              <Select
                filter
                label="Type"
                value={filter.type}
                options={TYPES}
                onChange={(type) => setSearch({ type })}
              />
              <Select
                filter
                label="Status"
                value={filter.status}
                options={STATUSES}
                onChange={(status) => setSearch({ status })}
              />
              <Select label="Order" value={filter.sort} options={SORTS} onChange={(sort) => setSearch({ sort })} />
            </div>
            <span className={css.grow} />
            <div className={css.toggle} role="group" aria-label="View">
              <Toggle icon="grid" label="Grid" on={!list} press={() => setSearch({ view: "" })} />
              <Toggle icon="list" label="List" on={list} press={() => setSearch({ view: "list" })} />
            </div>
          </>
        )}
      </div>
      <div
        className={`${css.body} ${css.columns}`}
        role="presentation"
        onKeyDown={(event) => {
          if (event.key === "Delete" && chosen.length && !trashed) act("trash", chosen);
        }}
      >
        {body()}
      </div>
      {dialog?.act === "rename" && dialog.files[0] && (
        <RenameDialog file={dialog.files[0]} onClose={() => setDialog(null)} />
      )}
      {dialog?.act === "delete" && <DeleteDialog files={dialog.files} onClose={() => setDialog(null)} onDone={clear} />}
    </div>
  );

  function body(): ReactNode {
    if (files.isError && items.length === 0) return <Failed error={files.error} retry={() => void files.refetch()} />;
    if (files.isPending) return <Skeletons list={list} />;
    if (items.length === 0) {
      if (narrowed)
        return (
          <Empty
            icon="search"
            title="Nothing matches"
            actions={<Button onPress={() => setSearch({ q: "", status: "", type: "" })}>Clear the filters</Button>}
          >
            No file here fits the search and the filters.
          </Empty>
        );
      if (trashed)
        return (
          <Empty icon="trash" title="The trash is empty">
            Files you move to the trash wait here until you restore or delete them.
          </Empty>
        );
      return <Welcome driveId={driveId} />;
    }
    return (
      <>
        {list && <TableHead sort={filter.sort} onSort={(sort) => setSearch({ sort })} />}
        <Virtual list={list}>
          <GridList
            aria-label={trashed ? "Files in the trash" : "Files"}
            className={`${css.files} ${list ? css.asList : css.asGrid}`}
            layout={list ? "stack" : "grid"}
            selectionMode="multiple"
            selectedKeys={selection}
            onSelectionChange={setSelection}
            data-scroll
          >
            <Collection items={items} dependencies={[list, chosen.length > 0]}>
              {(file) => (
                <FileItem file={file} list={list} picking={chosen.length > 0} onAct={(what, one) => act(what, [one])} />
              )}
            </Collection>
            <GridListLoadMoreItem
              className={css.more ?? ""}
              isLoading={files.isFetchingNextPage}
              onLoadMore={() => {
                if (files.hasNextPage && !files.isFetchingNextPage) void files.fetchNextPage();
              }}
            >
              Loading more…
            </GridListLoadMoreItem>
          </GridList>
        </Virtual>
      </>
    );
  }
}

function Virtual({ list, children }: { list: boolean; children: ReactNode }) {
  return list ? (
    <Virtualizer layout={ListLayout} layoutOptions={ROWS}>
      {children}
    </Virtualizer>
  ) : (
    <Virtualizer layout={GridLayout} layoutOptions={CARDS}>
      {children}
    </Virtualizer>
  );
}

function UploadButton({
  driveId,
  look = "primary",
  words = "Upload",
}: {
  driveId: string;
  look?: "primary" | "secondary";
  words?: string;
}) {
  const uploads = useUploads();
  return (
    <FileTrigger allowsMultiple onSelect={(picked) => picked && uploads.add(driveId, [...picked])}>
      <Button look={look} icon="upload">
        {words}
      </Button>
    </FileTrigger>
  );
}

/** Types into the address a moment after the last key, so that every letter is not a request. */
function SearchField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const [text, setText] = useState(value);
  const timer = useRef(0);
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    const focus = (event: KeyboardEvent) => {
      const typing =
        event.target instanceof HTMLElement && event.target.closest("input, textarea, select, [role=dialog]");
      if (event.key !== "/" || typing || event.metaKey || event.ctrlKey) return;
      event.preventDefault();
      box.current?.focus();
    };
    window.addEventListener("keydown", focus);
    return () => {
      window.removeEventListener("keydown", focus);
      clearTimeout(timer.current);
    };
  }, []);
  const change = (next: string) => {
    setText(next);
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => onChange(next), 200);
  };
  return (
    <div className={css.search}>
      <Icon name="search" />
      <input
        ref={box}
        type="search"
        aria-label="Search by name"
        placeholder="Search by name"
        value={text}
        onChange={(event) => change(event.target.value)}
      />
    </div>
  );
}

function Toggle({ icon, label, on, press }: { icon: IconName; label: string; on: boolean; press: () => void }) {
  return (
    <button type="button" aria-pressed={on} aria-label={label} title={label} onClick={press}>
      <Icon name={icon} />
    </button>
  );
}

function TableHead({ sort, onSort }: { sort: string; onSort: (sort: string) => void }) {
  const by = sort || "-created";
  const head = (name: string, label: string, first: string) => {
    const on = by === name || by === `-${name}`;
    const next = on ? (by === name ? `-${name}` : name) : first;
    return (
      <button
        type="button"
        data-on={on || undefined}
        className={by === name ? css.up : ""}
        aria-label={`${label}${on ? (by === name ? ", ascending" : ", descending") : ""}: change the order`}
        onClick={() => onSort(next === "-created" ? "" : next)}
      >
        {label}
        {on && <Icon name="arrowDown" size={11} />}
      </button>
    );
  };
  return (
    <div className={css.tableHead}>
      <span />
      <span>{head("name", "Name", "name")}</span>
      <span>Status</span>
      <span>{head("size", "Size", "-size")}</span>
      <span className={css.date}>{head("created", "Added", "-created")}</span>
      <span />
    </div>
  );
}

function Skeletons({ list }: { list: boolean }) {
  return (
    <div className={`${css.skeletons} ${list ? css.rows : ""}`} role="status">
      <span className="visually-hidden">Loading files</span>
      {Array.from({ length: 12 }, (_, index) => (
        <Skeleton key={index} height={list ? 36 : 180} />
      ))}
    </div>
  );
}

function Welcome({ driveId }: { driveId: string }) {
  return (
    <div className={css.welcome}>
      <div className={css.zone}>
        <div className={css.fan} aria-hidden="true">
          <span>PDF</span>
          <span>PNG</span>
          <span>DOCX</span>
        </div>
        <h2>Drop files anywhere on this page</h2>
        <p>
          Pictures, PDFs, Office documents, text. Or paste a screenshot with <kbd>Ctrl</kbd> <kbd>V</kbd>.
        </p>
        <div className={css.cta}>
          <UploadButton driveId={driveId} words="Choose files" />
        </div>
        <ol className={css.steps}>
          <li>
            <b>Stored once</b>The same bytes are never stored or processed twice.
          </li>
          <li>
            <b>Made readable</b>Images sized for models, text with page anchors.
          </li>
          <li>
            <b>Ready to use</b>Copy, download, or read it through the API.
          </li>
        </ol>
      </div>
    </div>
  );
}
