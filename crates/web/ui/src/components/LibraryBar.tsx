// The bar over the files of a drive: search, filters and view, or what can be done with the files that are selected.
import type { FileFilter } from "../api/files";
import type { StoredFile } from "../api/types";
import { formatNumber } from "../lib/format";
import type { SetSearch } from "../lib/router";
import { Button } from "./Button";
import { download, type FileAction } from "./FileMenu";
import { Icon, type IconName } from "./Icon";
import { SearchField } from "./SearchField";
import { Select } from "./Select";
import css from "./LibraryBar.module.css";

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

/** More downloads at once than this, and browsers ask whether the page means well. */
const MAX_DOWNLOADS = 10;

interface FilterBarProps {
  filter: FileFilter;
  isList: boolean;
  setSearch: SetSearch;
}

export function FilterBar({ filter, isList, setSearch }: FilterBarProps) {
  return (
    <div className={css.bar}>
      <SearchField value={filter.q} onChange={(q) => setSearch({ q })} />
      <div className={css.filters}>
        <Select filter label="Type" value={filter.type} options={TYPES} onChange={(type) => setSearch({ type })} />
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
        <ViewButton icon="grid" label="Grid" on={!isList} onPress={() => setSearch({ view: "" })} />
        <ViewButton icon="list" label="List" on={isList} onPress={() => setSearch({ view: "list" })} />
      </div>
    </div>
  );
}

function ViewButton({ icon, label, on, onPress }: { icon: IconName; label: string; on: boolean; onPress: () => void }) {
  return (
    <button type="button" aria-pressed={on} aria-label={label} title={label} onClick={onPress}>
      <Icon name={icon} />
    </button>
  );
}

interface SelectionBarProps {
  files: StoredFile[];
  isTrash: boolean;
  onAction: (action: FileAction) => void;
  onClear: () => void;
}

export function SelectionBar({ files, isTrash, onAction, onClear }: SelectionBarProps) {
  return (
    <div className={css.bar}>
      <div className={css.selection} role="toolbar" aria-label="Selected files">
        <strong className="num" aria-live="polite">
          {formatNumber(files.length)} selected
        </strong>
        {files.length === 1 && (
          <Button variant="ghost" small icon="pencil" onPress={() => onAction("rename")}>
            Rename
          </Button>
        )}
        {files.length <= MAX_DOWNLOADS && (
          <Button variant="ghost" small icon="download" onPress={() => files.forEach(download)}>
            Download
          </Button>
        )}
        {!isTrash && (
          <Button variant="ghost" small icon="retry" onPress={() => onAction("read")}>
            Read again
          </Button>
        )}
        {isTrash ? (
          <>
            <Button variant="ghost" small icon="undo" onPress={() => onAction("restore")}>
              Restore
            </Button>
            <Button variant="ghost" small icon="trash" onPress={() => onAction("delete")}>
              Delete
            </Button>
          </>
        ) : (
          <Button variant="ghost" small icon="trash" onPress={() => onAction("trash")}>
            Trash
          </Button>
        )}
        <span className={css.grow} />
        <Button variant="ghost" small icon="close" aria-label="Clear the selection" onPress={onClear} />
      </div>
    </div>
  );
}
