// Keeping an answer of the server as a file. The server says how it is called.
export function save(url: string): void {
  const link = document.createElement("a");
  link.href = url;
  link.download = "";
  link.click();
}
