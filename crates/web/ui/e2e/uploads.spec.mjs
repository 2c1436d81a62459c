// Uploads that survive: cut connections, a page that is loaded again, pauses, no network, a proxy that takes little.
// Runs behind library.spec.mjs, whose administrator it signs in as; or with E2E_EMAIL and E2E_PASSWORD.
// What the proxy does is drawn from E2E_SEED.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, test } from "node:test";
import { BASE_URL, fitsWindow, nothingWrong, open, person, signIn } from "./browser.mjs";
import { openProxy } from "./proxy.mjs";
import { run, sha256 } from "./samples.mjs";

const MB = 2 ** 20;
const SEED = Number(process.env.E2E_SEED ?? 19);

let browser, page, wrong, network, folder, drive;

before(async () => {
  ({ browser, page, wrong } = await open());
  folder = await mkdtemp(join(tmpdir(), "pagespace-e2e-"));
  network = await page.context().newCDPSession(page);
});
after(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});
afterEach(() => {
  // The browser complains of every connection that breaks, which is what these tests are about.
  const ours = wrong.splice(0).filter((complaint) => !/net::ERR_|WebSocket connection to/.test(complaint));
  nothingWrong(ours);
});

const row = (name) => page.locator(`[data-name="${name}"]`);
const inState = (name, state) => page.locator(`[data-name="${name}"][data-upload="${state}"]`);
const speed = (bytesPerSecond) =>
  network.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: bytesPerSecond,
  });
const api = (path) => page.evaluate(async (url) => (await fetch(url)).json(), `/api/v1${path}`);
const unfinished = () => api("/uploads");

/** The library at that address. Cookies are those of the host, whatever its port. */
async function openAt(url) {
  await page.goto(url);
  await page.waitForURL(/\/(signin|drives\/)/);
  if (page.url().includes("/signin")) {
    await signIn(page, person, url);
    await page.waitForURL("**/drives/*");
  }
  drive = page.url().split("/").pop();
}

/** A file on the disk whose bytes nobody has had. */
async function sample(name, size) {
  const [bytes, path] = [randomBytes(size), join(folder, name)];
  await writeFile(path, bytes);
  return { name, path, hash: sha256(bytes) };
}

async function choose(button, ...paths) {
  const chooser = page.waitForEvent("filechooser");
  await button.click();
  await (await chooser).setFiles(paths);
}

const upload = ({ path }) => choose(page.getByRole("button", { name: "Upload", exact: true }), path);

/** It is there, once, with those bytes, and nothing of it is left unfinished. */
async function arrived({ name, hash }, timeout = 120_000) {
  await inState(name, "received").waitFor({ timeout });
  const { items } = await api(`/drives/${drive}/files?q=${encodeURIComponent(name)}`);
  assert.deepEqual(
    items.map(({ contentHash }) => contentHash),
    [hash],
  );
  // Others may still be on their way.
  const left = await unfinished();
  assert.deepEqual(
    left.filter((other) => other.name === name),
    [],
  );
}

async function atLeast(name, percent) {
  await page.waitForFunction(
    ({ label, least }) => {
      const bar = document.querySelector(`[role="progressbar"][aria-label="${label}"]`);
      return bar && Number(bar.getAttribute("aria-valuenow")) >= least;
    },
    { label: `Upload of ${name}`, least: percent },
    { polling: 50 },
  );
}

async function closeTray() {
  const close = page.getByRole("button", { name: "Close the tray" });
  await close.click();
  await close.waitFor({ state: "detached" });
}

test("through a proxy that cuts connections at random a file arrives, once", async () => {
  const proxy = await openProxy(BASE_URL, { seed: SEED, cutAfter: [MB, 12 * MB], lostAnswers: 0.3 });
  await openAt(proxy.url);
  const files = [await sample(`cut ${run}.bin`, 40 * MB), await sample(`cut too ${run}.bin`, 20 * MB)];
  for (const file of files) await upload(file);
  for (const file of files) await arrived(file);
  const { cuts, lost } = proxy.seen;
  assert.ok(cuts >= 4 && lost >= 1, `with the seed ${SEED} there were ${cuts} cuts and ${lost} lost answers`);
  await page.goto("about:blank");
  await proxy.close();
});

test("after a proxy's 413 a file goes in pieces of 8 MiB", async () => {
  const proxy = await openProxy(BASE_URL, { maxBytes: 10 * MB });
  await openAt(proxy.url);
  const file = await sample(`pieces ${run}.bin`, 20 * MB);
  await upload(file);
  await arrived(file);
  assert.ok(proxy.seen.refused >= 1);
  assert.equal(proxy.seen.largestBytes, 8 * MB);
  await page.goto("about:blank");
  await proxy.close();
});

test("after a reload in the middle the same file goes on, and no other", async () => {
  await openAt(BASE_URL);
  await speed(4 * MB);
  const file = await sample(`reload ${run}.bin`, 24 * MB);
  await upload(file);
  await atLeast(file.name, 30);
  await page.reload();
  await inState(file.name, "unfinished").waitFor();
  await row(file.name).getByText("Choose the same file to go on.").waitFor();
  const goOn = page.getByRole("button", { name: `Go on with ${file.name}` });
  await choose(goOn, (await sample(`other ${run}.bin`, 24 * MB)).path);
  await inState(file.name, "unfinished").getByText("is another file").waitFor();

  await speed(-1);
  const [begun] = await unfinished();
  assert.ok(begun.offsetBytes > 0 && begun.offsetBytes < 24 * MB, `${begun.offsetBytes} bytes were there`);
  const sent = page.waitForRequest((request) => request.method() === "PATCH");
  await choose(goOn, file.path);
  assert.ok(Number((await sent).headers()["upload-offset"]) >= begun.offsetBytes, "it goes on where it was");
  await arrived(file);
  await closeTray();
});

test("an upload is paused, goes on, and is cancelled", async () => {
  await speed(2 * MB);
  const file = await sample(`paused ${run}.bin`, 24 * MB);
  await upload(file);
  await atLeast(file.name, 10);
  await page.getByRole("button", { name: `Pause ${file.name}` }).click();
  await inState(file.name, "paused").waitFor();
  await page.setViewportSize({ width: 380, height: 780 });
  await fitsWindow(page);
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.getByRole("button", { name: `Resume ${file.name}` }).click();
  await inState(file.name, "sending").waitFor();
  await atLeast(file.name, 20);
  assert.equal((await unfinished()).length, 1);
  await page.getByRole("button", { name: `Cancel ${file.name}` }).click();
  await inState(file.name, "cancelled").waitFor();
  await page.waitForFunction(async () => (await (await fetch("/api/v1/uploads")).json()).length === 0);
  await speed(-1);
  await page.getByRole("button", { name: `Retry ${file.name}` }).click();
  await arrived(file);
  await closeTray();
});

test("without a network uploads wait, and with it they go on", async () => {
  await speed(4 * MB);
  const file = await sample(`offline ${run}.bin`, 24 * MB);
  await upload(file);
  await atLeast(file.name, 20);
  // The throttle above would end it.
  await network.send("Network.emulateNetworkConditions", {
    offline: true,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: -1,
  });
  await page.locator('[data-hold="offline"]').getByText("You are offline.").waitFor();
  await inState(file.name, "queued").waitFor();
  await speed(-1);
  await arrived(file);
  await closeTray();
});

test("where the browser can find the file again, an upload goes on by itself after a reload", async () => {
  const name = `handle ${run}.bin`;
  // A file of the page's own folder has a handle like one of the disk, but for the window that asks for it.
  const hash = await page.evaluate(
    async ({ called, size }) => {
      const bytes = new Uint8Array(size);
      for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
      const root = await navigator.storage.getDirectory();
      const handle = await root.getFileHandle(called, { create: true });
      const writable = await handle.createWritable();
      await writable.write(bytes);
      await writable.close();
      window.showOpenFilePicker = async () => [handle];
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
      return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    },
    { called: name, size: 24 * MB },
  );
  await speed(4 * MB);
  await page.getByRole("button", { name: "Upload", exact: true }).click();
  await atLeast(name, 30);
  await page.reload();
  await speed(-1);
  await arrived({ name, hash });
  await closeTray();
});

test("all files of a folder are sent", async () => {
  const top = join(folder, `folder ${run}`);
  await mkdir(join(top, "a", "b"), { recursive: true });
  const names = ["", "a", join("a", "b")].map((path, index) => join(path, `in folder ${index} ${run}.txt`));
  for (const name of names) await writeFile(join(top, name), `${name} of ${run}`);
  await page.getByRole("button", { name: "More ways to upload" }).click();
  await choose(page.getByRole("menuitem", { name: "All files of a folder…" }), top);
  for (const index of [0, 1, 2]) await inState(`in folder ${index} ${run}.txt`, "received").waitFor();
});

test("a file that the drive has already is told before it is sent, and sent when somebody wants it", async () => {
  await closeTray();
  const file = await sample(`known ${run}.bin`, 5 * MB);
  await upload(file);
  await arrived(file);
  await closeTray();
  const again = `known again ${run}.bin`;
  await writeFile(join(folder, again), await readFile(file.path));
  await upload({ path: join(folder, again) });
  await inState(again, "known").getByText(`Here already as “${file.name}”`).waitFor();
  await page.getByRole("button", { name: `Send ${again} anyway` }).click();
  await arrived({ name: again, hash: file.hash });
});
