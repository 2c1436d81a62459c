// Names that nobody else gives: of a request, so that the server knows it when it comes again, or of a tab.

// Pages served without TLS have no `crypto.randomUUID`.
export function randomName(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
