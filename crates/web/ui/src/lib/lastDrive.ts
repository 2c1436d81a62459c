// Remembers the drive that was looked at last, for `/` and for the pages that belong to no drive.
const KEY = "pagespace.drive";

export function lastDrive(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

export function rememberDrive(id: string): void {
  try {
    localStorage.setItem(KEY, id);
  } catch {
    // Without storage the first drive is a good answer.
  }
}
