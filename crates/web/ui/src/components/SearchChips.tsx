// What narrows a search: chips that say what they are set to.
import { NO_FILTER, type SearchFilter } from "../api/search";
import type { Drive } from "../api/types";
import { FILE_TYPES } from "../lib/labels";
import { Button } from "./Button";
import { Select } from "./Select";
import css from "./SearchDialog.module.css";

const AGES = [
  ["", "Any time"],
  ["1", "Since yesterday"],
  ["7", "Past week"],
  ["31", "Past month"],
  ["366", "Past year"],
] as const;
const PLACES = [
  ["", "Text and names"],
  ["text", "Only text"],
  ["name", "Only names"],
] as const;

interface Props {
  filter: SearchFilter;
  drives: Drive[];
  onChange: (filter: SearchFilter) => void;
}

export function SearchChips({ filter, drives, onChange }: Props) {
  const set = (change: Partial<SearchFilter>) => {
    const next = { ...filter, ...change };
    onChange(Object.values(next).some(Boolean) ? next : NO_FILTER);
  };
  const inDrives = [["", "All drives"] as const, ...drives.map(({ id, name }) => [id, name] as const)];
  return (
    <div className={css.chips} role="group" aria-label="Where to search">
      {drives.length > 1 && (
        <Select filter label="Drive" value={filter.drive} options={inDrives} onChange={(drive) => set({ drive })} />
      )}
      <Select filter label="Type" value={filter.type} options={FILE_TYPES} onChange={(type) => set({ type })} />
      <Select filter label="Added" value={filter.days} options={AGES} onChange={(days) => set({ days })} />
      <Select filter label="Place" value={filter.in} options={PLACES} onChange={(place) => set({ in: place })} />
      {filter !== NO_FILTER && (
        <Button variant="ghost" small icon="close" onPress={() => onChange(NO_FILTER)}>
          Clear
        </Button>
      )}
    </div>
  );
}
