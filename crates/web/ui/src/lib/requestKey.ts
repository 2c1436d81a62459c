// What a request is called, so that the server knows it when it comes again.

// Pages served without TLS have no `crypto.randomUUID`.
export function requestKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
