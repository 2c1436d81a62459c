// A file or its text, to keep as a file of another format.
import { chunksUrl, exportUrl } from "../api/files";
import type { ExportFormat, StoredFile } from "../api/types";
import { save } from "../lib/save";
import { Button } from "./Button";
import css from "./ExportMenu.module.css";
import { Menu, MenuItem, MenuLine } from "./Menu";

const FORMATS: [ExportFormat, string, string][] = [
  ["docx", "Word document", "docx"],
  ["md", "Markdown", "md"],
  ["txt", "Plain text", "txt"],
  ["json", "JSON with pages and facts", "json"],
];

/** Nothing for a file without text. One whose text was recognised is also kept as a PDF that can be searched. */
export function ExportMenu({ file }: { file: StoredFile }) {
  const hasText = file.artifacts.some(({ name }) => name === "extracted-text.txt" || name === "ocr-text.txt");
  if (!hasText) return null;
  return (
    <Menu
      label="Export the text"
      trigger={
        <Button icon="text">
          <span className={css.label}>Export</span>
        </Button>
      }
    >
      {isSearchable(file) && (
        <MenuItem note="pdf" onAction={() => save(exportUrl(file.id, "pdf"))}>
          Searchable PDF
        </MenuItem>
      )}
      {FORMATS.map(([format, label, note]) => (
        <MenuItem key={format} note={note} onAction={() => save(exportUrl(file.id, format))}>
          {label}
        </MenuItem>
      ))}
      <MenuLine />
      <MenuItem note="jsonl" onAction={() => save(chunksUrl(file.id))}>
        Chunks for retrieval
      </MenuItem>
    </Menu>
  );
}

const isSearchable = ({ mime, facts }: StoredFile) =>
  Boolean(facts.ocr?.pages) && (mime === "application/pdf" || mime.startsWith("image/"));
