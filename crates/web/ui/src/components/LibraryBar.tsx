// The bar over the files of a drive: search, filters and view, or what can be done with the files that are selected.
import { MOST_ZIPPED, zipUrl, type FileFilter, type WholeList } from "../api/files";
import type { StoredFile } from "../api/types";
import { formatNumber } from "../lib/format";
import { FILE_TYPES } from "../lib/labels";
import type { SetSearch } from "../lib/router";
import { save } from "../lib/save";
import { Button } from "./Button";
import { download, type FileAction } from "./FileMenu";
import { Icon, type IconName } from "./Icon";
import { SearchField } from "./SearchField";
import { Select } from "./Select";
import css from "./LibraryBar.module.css";

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
        <Select filter label="Type" value={filter.type} options={FILE_TYPES} onChange={(type) => setSearch({ type })} />
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

/** One file as it is, several as a zip. */
function downloadAll(files: StoredFile[] | WholeList): void {
  const only = Array.isArray(files) && files.length === 1 ? files[0] : undefined;
  if (only) download(only);
  else save(zipUrl(files));
}

interface SelectionBarProps {
  files: StoredFile[];
  /** The list, when every file of it is selected, those too that were not loaded. */
  whole: WholeList | undefined;
  isTrash: boolean;
  onAll: () => void;
  onAction: (action: FileAction) => void;
  onClear: () => void;
}

export function SelectionBar({ files, whole, isTrash, onAll, onAction, onClear }: SelectionBarProps) {
  return (
    <div className={css.bar}>
      <div className={css.selection} role="toolbar" aria-label="Selected files">
        <strong className="num" aria-live="polite">
          {whole ? "All selected" : `${formatNumber(files.length)} selected`}
        </strong>
        {!whole && (
          <Button variant="ghost" small onPress={onAll}>
            Select all
          </Button>
        )}
        {files.length === 1 && (
          <Button variant="ghost" small icon="pencil" onPress={() => onAction("rename")}>
            Rename
          </Button>
        )}
        {(whole || files.length <= MOST_ZIPPED) && (
          <Button variant="ghost" small icon="download" onPress={() => downloadAll(whole ?? files)}>
            Download
          </Button>
        )}
        {!isTrash && !whole && (
          <Button variant="ghost" small icon="retry" onPress={() => onAction("read")}>
            Read again
          </Button>
        )}
        <Button variant="ghost" small icon="drive" onPress={() => onAction("move")}>
          Move
        </Button>
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
