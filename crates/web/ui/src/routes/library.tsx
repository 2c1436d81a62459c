// /drives/:id: the files of a drive. Search, filters, order, view and trash are in the address.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState, type ReactNode } from "react";
import type { Selection } from "react-aria-components/GridList";
import { drivesQuery } from "../api/drives";
import { filesQuery, type FileFilter } from "../api/files";
import type { Drive } from "../api/types";
import { Button } from "../components/Button";
import { DriveMenu } from "../components/DriveMenu";
import { EmptyState, LoadError } from "../components/EmptyState";
import { FileGrid, FileListHead, FileSkeletons } from "../components/FileGrid";
import { ImportLink } from "../components/ImportLink";
import { ImportsBar } from "../components/ImportsBar";
import { FilterBar, SelectionBar } from "../components/LibraryBar";
import { ReadingsBar } from "../components/ReadingsBar";
import { UploadButton } from "../components/UploadButton";
import { useFileActions } from "../components/useFileActions";
import { Welcome } from "../components/Welcome";
import { plural } from "../lib/format";
import { rememberDrive } from "../lib/lastDrive";
import { navigate, useLocation, useSetSearch, type SetSearch } from "../lib/router";
import css from "./library.module.css";

const EMPTY_TRASH: FileFilter = { q: "", status: "", type: "", sort: "", trashed: true };

function filterOf(search: URLSearchParams): FileFilter {
  return {
    q: search.get("q") ?? "",
    status: search.get("status") ?? "",
    type: search.get("type") ?? "",
    sort: search.get("sort") ?? "",
    trashed: search.get("trash") === "1",
  };
}

export default function Library({ driveId }: { driveId: string }) {
  const { search } = useLocation();
  const setSearch = useSetSearch();
  const isList = search.get("view") === "list";
  const filter = filterOf(search);
  const files = useInfiniteQuery(filesQuery(driveId, filter));
  const drive = useQuery(drivesQuery).data?.find(({ id }) => id === driveId);
  const items = useMemo(() => files.data?.pages.flatMap((page) => page.items) ?? [], [files.data]);
  const [selection, setSelection] = useState<Selection>(new Set());
  const selected = selection === "all" ? items : items.filter(({ id }) => selection.has(id));
  const clearSelection = () => setSelection(new Set());
  // What was not loaded is selected too.
  const whole = selection === "all" && files.hasNextPage ? { driveId, filter } : undefined;
  const { act, dialogs } = useFileActions({ onMove: clearSelection, onDelete: clearSelection });

  useEffect(() => rememberDrive(driveId), [driveId]);
  useEffect(() => {
    document.title = `${drive?.name ?? "Library"} · PageSpace`;
  }, [drive?.name]);

  const body = () => {
    if (files.isError && items.length === 0)
      return <LoadError error={files.error} retry={() => void files.refetch()} />;
    if (files.isPending) return <FileSkeletons isList={isList} />;
    if (items.length === 0) return <NoFiles driveId={driveId} filter={filter} setSearch={setSearch} />;
    return (
      <>
        {isList && <FileListHead sort={filter.sort} onSort={(sort) => setSearch({ sort })} />}
        <FileGrid
          label={filter.trashed ? "Files in the trash" : "Files"}
          files={items}
          isList={isList}
          selection={selection}
          isSelecting={selected.length > 0}
          onSelect={setSelection}
          onAction={(action, file) => act(action, [file])}
          isLoadingMore={files.isFetchingNextPage}
          onLoadMore={() => {
            if (files.hasNextPage) void files.fetchNextPage();
          }}
        />
      </>
    );
  };

  return (
    <div className={css.page}>
      <Head
        drive={drive}
        isTrash={filter.trashed}
        onTrash={(isTrash) => {
          clearSelection();
          setSearch({ trash: isTrash ? "1" : "" }, { replace: false });
        }}
      >
        {!filter.trashed && (
          <>
            <ImportLink driveId={driveId} />
            <UploadButton driveId={driveId} />
          </>
        )}
        {filter.trashed && items.length > 0 && (
          <Button icon="trash" onPress={() => act("delete", items, { driveId, filter: EMPTY_TRASH })}>
            Empty the trash
          </Button>
        )}
      </Head>
      {selected.length > 0 ? (
        <SelectionBar
          files={selected}
          whole={whole}
          isTrash={filter.trashed}
          onAll={() => setSelection("all")}
          onAction={(action) => act(action, selected, whole)}
          onClear={clearSelection}
        />
      ) : (
        <FilterBar filter={filter} isList={isList} setSearch={setSearch} />
      )}
      <div
        className={css.body}
        role="presentation"
        onKeyDown={({ key }) => {
          if (key === "Delete" && selected.length > 0 && !filter.trashed) act("trash", selected, whole);
        }}
      >
        {body()}
      </div>
      <ImportsBar driveId={driveId} />
      <ReadingsBar driveId={driveId} />
      {dialogs}
    </div>
  );
}

interface HeadProps {
  drive: Drive | undefined;
  isTrash: boolean;
  onTrash: (isTrash: boolean) => void;
  children: ReactNode;
}

function Head({ drive, isTrash, onTrash, children }: HeadProps) {
  return (
    <div className={css.head}>
      <h1 className={`${css.title} truncate`}>
        {isTrash ? "Trash" : (drive?.name ?? " ")}
        {drive && !isTrash && <span className={`${css.total} num`}>{plural(drive.fileCount, "file")}</span>}
      </h1>
      <span className={css.grow} />
      {drive && !isTrash && (
        <Button
          variant="ghost"
          icon="people"
          aria-label="Members"
          onPress={() => navigate(`/drives/${drive.id}/members`)}
        >
          <span className={css.wide}>Members</span>
        </Button>
      )}
      <Button
        variant="ghost"
        icon={isTrash ? "library" : "trash"}
        aria-label={isTrash ? "Back to files" : "Trash"}
        onPress={() => onTrash(!isTrash)}
      >
        <span className={css.wide}>{isTrash ? "Back to files" : "Trash"}</span>
      </Button>
      {drive && !isTrash && <DriveMenu drive={drive} />}
      {children}
    </div>
  );
}

interface NoFilesProps {
  driveId: string;
  filter: FileFilter;
  setSearch: SetSearch;
}

function NoFiles({ driveId, filter, setSearch }: NoFilesProps) {
  if (filter.q || filter.status || filter.type) {
    const clear = <Button onPress={() => setSearch({ q: "", status: "", type: "" })}>Clear the filters</Button>;
    return (
      <EmptyState icon="search" title="Nothing matches" actions={clear}>
        No file here fits the search and the filters.
      </EmptyState>
    );
  }
  if (filter.trashed) {
    return (
      <EmptyState icon="trash" title="The trash is empty">
        Files you move to the trash wait here for a while, 30 days unless it is set otherwise, until they are deleted.
      </EmptyState>
    );
  }
  return <Welcome driveId={driveId} />;
}
