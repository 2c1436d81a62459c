// Keeping an answer of the server as a file.

/** Has the browser keep what is at the address. Without a name the server says how it is called. */
export function save(url: string, name = ""): void {
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
}
