// One file of the library, as a card of the grid or a row of the list.
import { Checkbox } from "react-aria-components/Checkbox";
import { GridListItem } from "react-aria-components/GridList";
import type { StoredFile } from "../api/types";
import { formatAgo, formatBytes, formatDateTime } from "../lib/format";
import { FileBadge } from "./Badge";
import { FileMenu, type FileAction } from "./FileMenu";
import { Icon } from "./Icon";
import { Thumbnail } from "./Thumbnail";
import css from "./FileItem.module.css";

interface Props {
  file: StoredFile;
  isList: boolean;
  isSelecting: boolean;
  onAction: (action: FileAction, file: StoredFile) => void;
}

export function FileItem({ file, isList, isSelecting, onAction }: Props) {
  const menu = <FileMenu file={file} onAction={(action) => onAction(action, file)} />;
  return (
    <GridListItem
      id={file.id}
      textValue={file.name}
      href={`/files/${file.id}`}
      className={(isList ? css.row : css.card) ?? ""}
      data-selecting={isSelecting || undefined}
      data-file={file.name}
      data-status={file.status}
    >
      <div className={css.selection}>
        <SelectionBox />
      </div>
      <div className={css.thumbnail}>
        <Thumbnail file={file} small={isList} />
      </div>
      {isList ? (
        <>
          <div className="truncate">
            <span className={css.name} title={file.name}>
              {file.name}
            </span>
            <span className={`${css.meta} num`}>
              <FileBadge file={file} />
              <span>{formatBytes(file.sizeBytes)}</span>
            </span>
          </div>
          <span className={css.cell}>
            <FileBadge file={file} />
          </span>
          <span className={`${css.cell} num`}>{formatBytes(file.sizeBytes)}</span>
          <time
            className={`${css.cell} ${css.date} num`}
            dateTime={file.createdAt}
            title={formatDateTime(file.createdAt)}
          >
            {formatAgo(file.createdAt)}
          </time>
          {menu}
        </>
      ) : (
        <>
          <div className={css.menu}>{menu}</div>
          <div className={css.body}>
            <div className={`${css.name} truncate`} title={file.name}>
              {file.name}
            </div>
            <div className={`${css.subtitle} num`}>
              <FileBadge file={file} />
              <span>{formatBytes(file.sizeBytes)}</span>
            </div>
          </div>
        </>
      )}
    </GridListItem>
  );
}

function SelectionBox() {
  return (
    <Checkbox slot="selection" className={css.check ?? ""}>
      <Icon name="check" size={12} />
    </Checkbox>
  );
}
