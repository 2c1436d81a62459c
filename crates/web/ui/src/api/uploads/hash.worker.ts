// The SHA-256 of a file, away from the page. One message in, one out.

self.onmessage = async ({ data: file }: MessageEvent<File>) => {
  let hash: string | null = null;
  try {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
    hash = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  } catch {
    // What cannot be read is found out by whoever sends it.
  }
  self.postMessage(hash);
};
