// Looking at a file: its pages as pictures beside their text, words marked where they stand, by keyboard, on a phone.
// Runs behind library.spec.mjs, whose administrator it signs in as; or with E2E_EMAIL and E2E_PASSWORD.
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { BASE_URL, fitsWindow, nothingWrong, open } from "./browser.mjs";
import { pdf, png, run, wav } from "./samples.mjs";

const person = {
  email: process.env.E2E_EMAIL ?? "ada@example.test",
  password: process.env.E2E_PASSWORD ?? "correct horse battery",
};
const PAGES = 24;
/** The paper of `pdf`, in points, and where its lines begin. */
const PAPER = { width: 612, height: 792, left: 72, baseline: 72, size: 18 };
/** Widths of Helvetica's letters, in thousandths of its size (Adobe's AFM). */
const HELVETICA = { " ": 278, 7: 556, P: 667, a: 556, b: 556, e: 556, g: 556, r: 333, z: 500 };

let browser, page, wrong, drive, paper;
const pages = () => page.getByTestId("pages");
const text = () => page.getByTestId("page-text");
const sheet = (number) => pages().locator(`[data-page="${number}"]`);
const isAt = (number) => page.locator(`[data-testid="viewer"][data-page="${number}"]`).waitFor();
const scale = async () =>
  Number.parseInt(await page.getByRole("toolbar", { name: "View" }).getByText("%").innerText(), 10);

before(async () => {
  ({ browser, page, wrong } = await open());
  await page.goto(`${BASE_URL}/signin`);
  await page.getByLabel("Email").fill(person.email);
  await page.getByLabel("Password").fill(person.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL("**/drives/*");
  drive = await page.evaluate(async (name) => {
    const headers = { "content-type": "application/json" };
    const answer = await fetch("/api/v1/drives", { method: "POST", headers, body: JSON.stringify({ name }) });
    return (await answer.json()).id;
  }, `viewer ${run}`);
  const lines = Array.from(
    { length: PAGES },
    (_, index) => `Page ${index + 1} ${index === 6 ? "zebra" : "horse"} ${run}`,
  );
  paper = await upload(`paper ${run}.pdf`, "application/pdf", pdf(lines));
});
after(() => browser?.close());
afterEach(() => nothingWrong(wrong));

async function upload(name, type, bytes) {
  const id = await page.evaluate(
    async ({ drive, name, type, base64 }) => {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      const form = new FormData();
      form.append("file", new File([bytes], name, { type }));
      const answer = await fetch(`/api/v1/drives/${drive}/files`, { method: "POST", body: form });
      return (await answer.json()).file.id;
    },
    { drive, name, type, base64: bytes.toString("base64") },
  );
  await page.waitForFunction(
    async (id) => {
      const { status } = await (await fetch(`/api/v1/files/${id}`)).json();
      return status === "completed" || status === "visual" || status === "failed";
    },
    id,
    { polling: 200, timeout: 60_000 },
  );
  return id;
}

test("a link to a page and words opens there, with the picture beside its text", async () => {
  await page.goto(`${BASE_URL}/files/${paper}?page=7&q=zebra`);
  await isAt(7);
  await pages().locator('[data-page="7"][data-shown="yes"] img').waitFor();
  const seen = await sheet(7)
    .locator("img")
    .evaluate((image) => ({ width: image.naturalWidth, height: image.naturalHeight }));
  assert.ok(
    seen.width >= 320 && Math.abs(seen.height / seen.width - PAPER.height / PAPER.width) < 0.01,
    `${seen.width}`,
  );
  await text().getByText(`Page 7`, { exact: true }).waitFor();
  assert.equal(await text().locator("mark").innerText(), "zebra");
  // The page stands at the top of both.
  for (const [pane, part] of [
    [pages(), sheet(7)],
    [text(), text().locator('section[data-index="6"]')],
  ]) {
    const [outer, inner] = [await pane.boundingBox(), await part.boundingBox()];
    assert.ok(Math.abs(inner.y - outer.y) < 40, `${inner.y} in ${outer.y}`);
  }
  await page.getByRole("status").getByText("1 page", { exact: true }).waitFor();
});

test("the mark is where the word is, on paper and in ink", async () => {
  const mark = sheet(7).locator('[data-mark="zebra"]');
  await mark.waitFor();
  assert.equal(await pages().locator("[data-mark]").count(), 1, "nothing else is marked");
  const [around, box] = [await sheet(7).boundingBox(), await mark.boundingBox()];
  const points = PAPER.width / around.width;
  const found = {
    left: (box.x - around.x) * points,
    right: (box.x + box.width - around.x) * points,
    top: (box.y - around.y) * points,
    bottom: (box.y + box.height - around.y) * points,
  };
  const advance = (letters) => ([...letters].reduce((sum, letter) => sum + HELVETICA[letter], 0) * PAPER.size) / 1000;
  const left = PAPER.left + advance("Page 7 ");
  const truth = {
    left,
    right: left + advance("zebra"),
    top: PAPER.baseline - 0.718 * PAPER.size,
    bottom: PAPER.baseline + 0.207 * PAPER.size,
  };
  for (const side of ["left", "right", "top", "bottom"])
    assert.ok(Math.abs(found[side] - truth[side]) < 3, `${side}: ${found[side]} and not ${truth[side]}`);

  // What is dark within a little more than the mark reaches from its one side to its other.
  const ink = await sheet(7)
    .locator("img")
    .evaluate(
      (image, { left, right, top, bottom, width }) => {
        const canvas = document.createElement("canvas");
        [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
        const context = canvas.getContext("2d");
        context.drawImage(image, 0, 0);
        const scale = image.naturalWidth / width;
        const [x, y] = [Math.floor((left - 3) * scale), Math.floor((top - 3) * scale)];
        const [w, h] = [Math.ceil((right - left + 6) * scale), Math.ceil((bottom - top + 6) * scale)];
        const { data } = context.getImageData(x, y, w, h);
        const dark = [];
        for (let at = 0; at < data.length; at += 4) if (data[at] < 110) dark.push((at / 4) % w);
        return { left: (x + Math.min(...dark)) / scale, right: (x + Math.max(...dark)) / scale, count: dark.length };
      },
      { ...found, width: PAPER.width },
    );
  assert.ok(ink.count > 50, "there are letters");
  assert.ok(
    Math.abs(ink.left - found.left) < 3 && Math.abs(ink.right - found.right) < 3,
    JSON.stringify({ ink, found }),
  );
});

test("keys go from page to page, and make them larger and smaller", async () => {
  await pages().focus();
  for (const [key, number] of [
    ["PageDown", 8],
    ["PageUp", 7],
    ["End", PAGES],
    ["Home", 1],
  ]) {
    await page.keyboard.press(key);
    await isAt(number);
  }
  await page.waitForURL(/page=1\b/);
  const before = await scale();
  await page.keyboard.press("+");
  await page.waitForFunction((old) => !document.body.innerText.includes(`${old} %`), before);
  assert.ok((await scale()) > before);
  await isAt(1);
  await page.keyboard.press("0");
  await page.getByText(`${before} %`, { exact: true }).waitFor();
  await page.keyboard.press("r");
  await page.waitForFunction(() => {
    const { width, height } = document.querySelector('[data-testid="pages"] [data-page="1"]').getBoundingClientRect();
    return width > height;
  });
  await page.keyboard.press("R");
  await page.getByLabel("Go to page").fill("9");
  await page.keyboard.press("Enter");
  await isAt(9);
  // The keys of a field are the field's.
  await page.getByLabel("Find in this file").fill("zebra");
  await page.getByLabel("Find in this file").press("Home");
  await page.keyboard.press("Enter");
  await isAt(7);
});

test("pages and text scroll together, whichever is moved", async () => {
  await page.goto(`${BASE_URL}/files/${paper}?tab=pages`);
  await isAt(1);
  await text().getByText(`Page 2`, { exact: true }).waitFor();
  await text().hover();
  await page.mouse.wheel(0, 400);
  const top = (pane) => pane.evaluate((element) => element.scrollTop);
  const follows = async (pane, from) => {
    await page.waitForFunction(
      ([id, old]) => document.querySelector(`[data-testid="${id}"]`).scrollTop > old,
      [pane, from],
    );
  };
  await follows("pages", 0);
  const [, read] = [await top(pages()), await top(text())];
  await pages().hover();
  await page.mouse.wheel(0, 3000);
  await follows("page-text", read);

  // The wheel moves on for a moment.
  await page.waitForFunction(
    () => {
      const { scrollTop } = document.querySelector('[data-testid="pages"]');
      const isStill = window.lastTop === scrollTop;
      window.lastTop = scrollTop;
      return isStill;
    },
    null,
    { polling: 300 },
  );
  // The address follows when the pages stand still: each is where it was to be, and stays.
  await page.keyboard.press("Home");
  await page.waitForURL(/page=1\b/);
  await page.getByRole("navigation", { name: "Pages" }).getByRole("button", { name: "Page 3", exact: true }).click();
  await page.waitForURL(/page=3\b/);
  for (const number of [4, 5, 6]) {
    await page.keyboard.press("PageDown");
    await page.waitForURL((url) => url.searchParams.get("page") === `${number}`);
  }
});

test("words that are selected in the text are marked on the picture", async () => {
  await page.goto(`${BASE_URL}/files/${paper}?page=2`);
  await text().getByText(`Page 2 horse ${run}`).selectText();
  await sheet(2).locator('[data-mark="horse"]').waitFor();
  await page.evaluate(() => getSelection().removeAllRanges());
  await sheet(2).locator('[data-mark="horse"]').waitFor({ state: "detached" });
});

test("a picture is looked at alone, and the arrows lead to the next file", async () => {
  await upload(`one ${run}.png`, "image/png", png(640, 400));
  await upload(`two ${run}.png`, "image/png", png(400, 640));
  await page.goto(`${BASE_URL}/drives/${drive}?sort=name`);
  await page.locator(`[data-file="one ${run}.png"]`).click();
  await page.waitForURL("**/files/*");
  await page.getByRole("tab", { name: "View" }).click();
  await page.getByRole("img", { name: `Page 1 of one ${run}.png` }).waitFor();
  await pages().focus();
  await page.keyboard.press("ArrowRight");
  await page.getByRole("heading", { name: `paper ${run}.pdf` }).waitFor();
  await isAt(1);
  await page.getByRole("button", { name: "Next file" }).click();
  await page.getByRole("heading", { name: `two ${run}.png` }).waitFor();
  await pages().focus();
  await page.keyboard.press("ArrowRight");
  await page.getByRole("img", { name: `Page 1 of two ${run}.png` }).waitFor();
  await page.keyboard.press("ArrowLeft");
  await page.getByRole("heading", { name: `paper ${run}.pdf` }).waitFor();
});

test("what can be heard is played", async () => {
  const id = await upload(`tone ${run}.wav`, "audio/wav", wav());
  await page.goto(`${BASE_URL}/files/${id}`);
  await page.getByLabel(`Play tone ${run}.wav`).waitFor();
  await page.waitForFunction(() => Math.abs((document.querySelector("audio")?.duration ?? 0) - 1) < 0.01);
});

test("a page that cannot be shown says why, and can be tried again", async () => {
  const problem = {
    code: "timeout",
    detail: "It took too long to read and was stopped.",
    status: 422,
    title: "No",
    type: "",
  };
  const image = `**/api/v1/files/${paper}/pages/24/image*`;
  await page.route(image, (route) =>
    route.fulfill({ status: 422, contentType: "application/problem+json", body: JSON.stringify(problem) }),
  );
  await page.goto(`${BASE_URL}/files/${paper}?page=24`);
  await sheet(24).getByRole("alert").getByText(problem.detail).waitFor();
  await page.unroute(image);
  await sheet(24).getByRole("button", { name: "Try again" }).click();
  await page.getByRole("img", { name: `Page 24 of paper ${run}.pdf` }).waitFor();
});

test("it fits a phone, where the pages and their text take turns", async () => {
  await page.setViewportSize({ width: 380, height: 780 });
  await page.goto(`${BASE_URL}/files/${paper}?page=7&q=zebra`);
  await isAt(7);
  await sheet(7).locator('[data-mark="zebra"]').waitFor();
  await fitsWindow(page);
  await page.getByRole("button", { name: "Text beside the pages" }).click();
  await text().locator("mark").waitFor();
  assert.equal(await pages().isVisible(), false);
  await fitsWindow(page);
  await page.setViewportSize({ width: 1280, height: 800 });
});
