// An XMLHttpRequest whose server is the test.

export class FakeRequest {
  /** All that were sent, the newest last. */
  static all: FakeRequest[] = [];

  readonly upload: { onprogress: ((event: { loaded: number }) => void) | null } = { onprogress: null };
  onload: (() => void) | null = null;
  onerror: (() => void) | null = null;
  onabort: (() => void) | null = null;
  url = "";
  body: FormData | null = null;
  status = 0;
  responseText = "";
  /** Headers as they were sent. */
  readonly sent: Record<string, string> = {};
  private headers: Record<string, string> = {};

  open(_method: string, url: string): void {
    this.url = url;
  }

  setRequestHeader(name: string, value: string): void {
    this.sent[name] = value;
  }

  send(body: FormData): void {
    this.body = body;
    FakeRequest.all.push(this);
  }

  abort(): void {
    this.onabort?.();
  }

  getResponseHeader(name: string): string | null {
    return this.headers[name] ?? null;
  }

  /** So many bytes are on their way. */
  progress(loaded: number): void {
    this.upload.onprogress?.({ loaded });
  }

  /** The server answers. */
  respond(status: number, body: string | object, headers: Record<string, string> = {}): void {
    this.status = status;
    this.responseText = typeof body === "string" ? body : JSON.stringify(body);
    this.headers = headers;
    this.onload?.();
  }

  get fileName(): string {
    const file = this.body?.get("file");
    if (!(file instanceof File)) throw new Error("no file was sent");
    return file.name;
  }
}
