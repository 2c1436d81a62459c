// Asks the person for files or a folder: by handles where the browser has them, else by a form field. Nothing chosen
// is an empty list.
import { walkHandle } from "./dropped";
import { picked, type Picked } from "./handles";

export async function pickFiles(multiple = true): Promise<Picked[]> {
  if (!window.showOpenFilePicker) return pickByField({ multiple });
  const handles = await window.showOpenFilePicker({ multiple }).catch(nothing);
  return Promise.all(handles.map(picked));
}

export async function pickFolder(): Promise<Picked[]> {
  if (!window.showDirectoryPicker) return pickByField({ webkitdirectory: true });
  const folder = await window.showDirectoryPicker().catch(() => null);
  return folder ? walkHandle(folder) : [];
}

// A browser says by an error that nothing was chosen, and by the same that it may not be.
const nothing = (): FileSystemFileHandle[] => [];

function pickByField(how: { multiple?: boolean; webkitdirectory?: boolean }): Promise<Picked[]> {
  const field = Object.assign(document.createElement("input"), { type: "file", hidden: true, ...how });
  document.body.append(field);
  return new Promise<Picked[]>((resolve) => {
    field.onchange = () => resolve([...(field.files ?? [])].map((file) => ({ file, handle: null })));
    field.oncancel = () => resolve([]);
    field.click();
  }).finally(() => field.remove());
}
