// A small file in one request.
import type { Uploaded } from "../types";
import { failureOf } from "./failure";
import type { Sender } from "./sender";

export const sendForm: Sender = ({ driveId, key, source }, events) => {
  const request = new XMLHttpRequest();
  let isStopped = false;
  request.open("POST", `/api/v1/drives/${driveId}/files`);
  request.setRequestHeader("Idempotency-Key", key);
  // The form's own bytes are counted by the browser too; nobody wants to see 101 %.
  request.upload.onprogress = ({ loaded }) => {
    if (!isStopped) events.sent(Math.min(loaded, source.size));
  };
  request.onload = () => {
    const { status, responseText } = request;
    if (status < 200 || status > 299)
      return events.failed(failureOf(status, responseText, request.getResponseHeader("retry-after")));
    const uploaded = parseUploaded(responseText);
    if (!uploaded) return events.failed({ kind: "refused", message: "The server's answer makes no sense. Try again." });
    events.done(uploaded.file, uploaded.deduplicated);
  };
  request.onerror = () => events.failed({ kind: "interrupted" });
  const form = new FormData();
  form.append("file", source, source.name);
  request.send(form);
  return () => {
    isStopped = true;
    request.abort();
  };
};

// Something between us and the server may answer in its place, with a page of its own.
function parseUploaded(text: string): Pick<Uploaded, "file" | "deduplicated"> | null {
  try {
    const uploaded = JSON.parse(text) as Partial<Uploaded> | null;
    return uploaded?.file ? { file: uploaded.file, deduplicated: uploaded.deduplicated === true } : null;
  } catch {
    return null;
  }
}
