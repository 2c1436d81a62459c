// What the browser keeps: a library that is opened again asks for no image, and a machine that is shared keeps none
// after signing out. Runs behind library.spec.mjs, whose administrator it signs in as; or with E2E_EMAIL and
// E2E_PASSWORD.
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { addFile, BASE_URL, nothingWrong, open, signIn } from "./browser.mjs";
import { png, run } from "./samples.mjs";

const PICTURES = 100;

let browser, context, page, wrong, library, thumbnails;

before(async () => {
  ({ browser, context, page, wrong } = await open());
  await signIn(page);
  await page.waitForURL("**/drives/*");
});
after(() => browser?.close());
afterEach(() => nothingWrong(wrong));

test("a hundred pictures have their thumbnails", async () => {
  const drive = await createDrive(`cache ${run}`);
  library = `${BASE_URL}/drives/${drive.id}`;
  for (let index = 0; index < PICTURES; index += 1) {
    await addFile(page, drive.id, { name: `picture ${index}.png`, type: "image/png", bytes: png(64 + index, 64) });
  }
  // Asking from time to time is all that somebody without a page can do.
  await page.waitForFunction(
    async ({ drive, all }) => {
      const { items } = await (await fetch(`/api/v1/drives/${drive}/files?limit=200`)).json();
      const made = items.flatMap((file) => file.artifacts.filter(({ name }) => name === "thumbnail"));
      return made.length === all;
    },
    { drive: drive.id, all: PICTURES },
    { timeout: 120_000, polling: 500 },
  );
});

test("a library that is opened again asks for no image over the network", async () => {
  const first = await openLibrary();
  assert.equal(first.shown.size, PICTURES, "all of them are seen");
  assert.equal(first.asked, PICTURES, "each is asked for once");
  thumbnails = [...first.shown];

  const again = await openLibrary();
  assert.deepEqual([...again.shown].sort(), thumbnails.toSorted());
  assert.equal(again.asked, 0, "the browser has them");
});

test("signing out leaves nothing of them in the browser", async () => {
  assert.equal(await cached(thumbnails[0]), true, "it was there");
  const cookies = await context.cookies();
  await page.evaluate(() => fetch("/api/v1/session", { method: "DELETE" }));
  // An answer is kept for its cookie. With the old one it would be shown, were it still there.
  await context.addCookies(cookies);
  assert.equal(await cached(thumbnails[0]), false);
  // The browser complains of what it was not to ask the network for.
  assert.deepEqual(wrong.splice(0), ["console: Failed to load resource: net::ERR_CACHE_MISS"]);
});

/**
 * Opens the library in a page of its own and looks at all of it: which thumbnails it shows, and how many came over the
 * network.
 */
async function openLibrary() {
  const visit = await context.newPage();
  const network = await context.newCDPSession(visit);
  await network.send("Network.enable");
  const [images, fromCache] = [new Set(), new Set()];
  network.on("Network.requestWillBeSent", ({ requestId, request }) => {
    if (request.url.includes("/artifacts/")) images.add(requestId);
  });
  network.on("Network.requestServedFromCache", ({ requestId }) => fromCache.add(requestId));
  network.on("Network.responseReceived", ({ requestId, response }) => {
    if (response.fromDiskCache) fromCache.add(requestId);
  });
  await visit.goto(library);
  const shown = new Set();
  await visit.locator("[data-file] img").first().waitFor();
  for (const end = Date.now() + 60_000; shown.size < PICTURES && Date.now() < end;) {
    // Rows that are out of sight are not there at all: a screen at a time, each until its pictures are drawn.
    await visit.waitForFunction(() => {
      const drawn = [...document.querySelectorAll("[data-file] img")];
      return drawn.length > 0 && drawn.every((image) => image.complete && image.naturalWidth > 0);
    });
    const sources = await visit.locator("[data-file] img").evaluateAll((all) => all.map((image) => image.src));
    for (const source of sources) shown.add(new URL(source).pathname + new URL(source).search);
    await visit.evaluate(scrollOn);
  }
  await visit.close();
  return { shown, asked: [...images].filter((id) => !fromCache.has(id)).length };
}

/** Whether the browser would show it without asking anybody. */
const cached = (url) =>
  page.evaluate(
    (path) =>
      fetch(path, { cache: "only-if-cached", mode: "same-origin" }).then(
        ({ ok }) => ok,
        () => false,
      ),
    url,
  );

const createDrive = (name) =>
  page.evaluate(async (body) => {
    const headers = { "content-type": "application/json" };
    return (await fetch("/api/v1/drives", { method: "POST", headers, body })).json();
  }, JSON.stringify({ name }));

/** Half a screen further, and from the end to the beginning; then what is to be seen there has been put there. */
async function scrollOn() {
  const list = document.querySelector("[data-scroll]");
  const isAtEnd = list.scrollTop + list.clientHeight >= list.scrollHeight - 1;
  list.scrollTop = isAtEnd ? 0 : list.scrollTop + list.clientHeight / 2;
  for (let frame = 0; frame < 3; frame += 1) await new Promise((drawn) => requestAnimationFrame(drawn));
}
