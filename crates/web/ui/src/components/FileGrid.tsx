// The files of a drive as a grid of cards or a list of rows; only what is in sight is drawn.
import type { ReactNode } from "react";
import { Collection } from "react-aria-components";
import { GridList, GridListLoadMoreItem, type Selection } from "react-aria-components/GridList";
import { GridLayout, ListLayout, Size, Virtualizer } from "react-aria-components/Virtualizer";
import type { StoredFile } from "../api/types";
import { FileItem } from "./FileItem";
import type { FileAction } from "./FileMenu";
import { Icon } from "./Icon";
import { Skeleton } from "./Skeleton";
import css from "./FileGrid.module.css";

const ROWS = { rowSize: 50 };
// The heights are fixed, so that a card never moves when its picture comes.
const CARDS = {
  minItemSize: new Size(150, 176),
  maxItemSize: new Size(250, 208),
  minSpace: new Size(14, 14),
  preserveAspectRatio: true,
  loaderHeight: 44,
};

interface Props {
  label: string;
  files: StoredFile[];
  isList: boolean;
  selection: Selection;
  isSelecting: boolean;
  onSelect: (selection: Selection) => void;
  onAction: (action: FileAction, file: StoredFile) => void;
  isLoadingMore: boolean;
  onLoadMore: () => void;
}

export function FileGrid({ label, files, isList, isSelecting, onAction, ...rest }: Props) {
  return (
    <Virtual isList={isList}>
      <GridList
        aria-label={label}
        className={`${css.files} ${isList ? css.asList : css.asGrid}`}
        layout={isList ? "stack" : "grid"}
        selectionMode="multiple"
        selectedKeys={rest.selection}
        onSelectionChange={rest.onSelect}
        data-scroll
      >
        <Collection items={files} dependencies={[isList, isSelecting]}>
          {(file) => <FileItem file={file} isList={isList} isSelecting={isSelecting} onAction={onAction} />}
        </Collection>
        <GridListLoadMoreItem
          className={css.more ?? ""}
          isLoading={rest.isLoadingMore}
          onLoadMore={() => {
            if (!rest.isLoadingMore) rest.onLoadMore();
          }}
        >
          Loading more…
        </GridListLoadMoreItem>
      </GridList>
    </Virtual>
  );
}

function Virtual({ isList, children }: { isList: boolean; children: ReactNode }) {
  return isList ? (
    <Virtualizer layout={ListLayout} layoutOptions={ROWS}>
      {children}
    </Virtualizer>
  ) : (
    <Virtualizer layout={GridLayout} layoutOptions={CARDS}>
      {children}
    </Virtualizer>
  );
}

/** The heads of a list's columns, by which it can be sorted. */
export function FileListHead({ sort, onSort }: { sort: string; onSort: (sort: string) => void }) {
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

export function FileSkeletons({ isList }: { isList: boolean }) {
  return (
    <div className={`${css.skeletons} ${isList ? css.rows : ""}`} role="status">
      <span className="visually-hidden">Loading files</span>
      {Array.from({ length: 12 }, (_, index) => (
        <Skeleton key={index} height={isList ? 36 : 180} />
      ))}
    </div>
  );
}
