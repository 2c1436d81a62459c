// What an empty drive shows: what can be done here.
import { UploadButton } from "./UploadButton";
import css from "./Welcome.module.css";

export function Welcome({ driveId }: { driveId: string }) {
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
          <UploadButton driveId={driveId} label="Choose files" />
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
