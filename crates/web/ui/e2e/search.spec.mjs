// From a key to the marked sentence: what stands in files is found from anywhere, by keyboard alone. Runs behind
// library.spec.mjs, whose administrator it signs in as; or with E2E_EMAIL and E2E_PASSWORD.
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { addFile, BASE_URL, fitsWindow, nothingWrong, open, signIn } from "./browser.mjs";
import { pdf, run } from "./samples.mjs";

const word = `saffron${run}`;
const paper = {
  name: `lighthouse ${run} <b>.pdf`,
  bytes: pdf(["The first page is about nothing", `The ${word} lighthouses are closed today`, "The end of it"]),
};

let browser, page, wrong, file;

const field = () => page.getByRole("combobox", { name: "Search all drives" });
const found = () => page.getByRole("listbox", { name: "Found" }).getByRole("option");
const pageOption = () => found().filter({ hasText: "p. 2" });
/** What is marked in the text. */
const marks = () => page.locator("main mark").allInnerTexts();

const trash = (trashed) =>
  page.evaluate(
    ([id, body]) =>
      fetch(`/api/v1/files/${id}`, { method: "PATCH", headers: { "content-type": "application/json" }, body }),
    [file.id, JSON.stringify({ trashed })],
  );

before(async () => {
  ({ browser, page, wrong } = await open());
  await signIn(page);
  await page.waitForURL("**/drives/*");
  const [drive] = await page.evaluate(async () => (await fetch("/api/v1/drives")).json());
  file = await addFile(page, drive.id, paper);
  await page.waitForFunction(
    async (id) => (await (await fetch(`/api/v1/files/${id}`)).json()).status === "completed",
    file.id,
    { timeout: 60_000, polling: 200 },
  );
});
after(() => browser?.close());
afterEach(() => nothingWrong(wrong));

test("a slash, a word and Enter lead to the sentence, with the word marked", async () => {
  await page.goto(`${BASE_URL}/jobs`);
  await page.getByRole("heading", { name: "Jobs" }).first().waitFor();
  await page.keyboard.press("/");
  await field().waitFor();
  await page.getByText("How to search").waitFor();
  // The last word is not typed to its end.
  await page.keyboard.type(`lighthouses ${word.slice(0, -2)}`);
  await pageOption().waitFor();
  assert.deepEqual(await pageOption().locator("mark").allInnerTexts(), [word, "lighthouses"]);
  assert.equal(await found().first().locator("b").count(), 0, "a name is text and no markup");
  assert.equal(await found().first().getAttribute("aria-selected"), "true");
  await page.keyboard.press("ArrowDown");
  assert.equal(await pageOption().getAttribute("aria-selected"), "true");
  assert.equal(await field().getAttribute("aria-activedescendant"), await pageOption().getAttribute("id"));
  await page.keyboard.press("Enter");
  await page.waitForURL(`**/files/${file.id}?page=2&q=${word}+lighthouses`);
  await field().waitFor({ state: "detached" });
  await page.getByText(`The ${word} lighthouses are closed today`).waitFor();
  await page.locator("main mark").nth(1).waitFor();
  assert.deepEqual((await marks()).sort(), [word, "lighthouses"].sort());
  await page.getByRole("tab", { name: "Text" }).click();
  await page.locator("main mark").nth(1).waitFor();
  await page.getByRole("button", { name: "Clear the marks" }).click();
  await page.locator("main mark").first().waitFor({ state: "detached" });
  assert.equal(new URL(page.url()).searchParams.get("q"), null);
});

test("Ctrl-K opens it too, with what was searched for before; Escape closes it", async () => {
  await page.keyboard.press("Control+k");
  await page.getByRole("button", { name: `lighthouses ${word.slice(0, -2)}` }).click();
  await pageOption().waitFor();
  await page.keyboard.press("Escape");
  await field().waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Search", exact: true }).first().click();
  await field().waitFor();
  await page.getByRole("button", { name: "Close the search" }).click();
  await field().waitFor({ state: "detached" });
});

test("filters, nothing found, nothing to look for and a failure each say what they are", async () => {
  await page.keyboard.press("Control+k");
  await field().fill(word);
  await pageOption().waitFor();
  await page.getByLabel("Type").selectOption("image");
  await page.getByRole("heading", { name: "Nothing found" }).waitFor();
  await page.getByRole("button", { name: "Clear" }).click();
  await pageOption().waitFor();
  await page.getByLabel("Place").selectOption("name");
  await page.getByRole("heading", { name: "Nothing found" }).waitFor();
  await page.getByLabel("Place").selectOption("");
  await field().fill(`-${word}`);
  await page.getByRole("heading", { name: "Nothing to look for" }).waitFor();

  await field().fill(`lighthoses ${word}`);
  await page.getByRole("button", { name: `Search for “lighthouses ${word}”` }).click();
  await pageOption().waitFor();

  await page.route("**/api/v1/search?*", (route) => route.abort());
  await field().fill(`${word} again`);
  await page.getByText("The server cannot be reached").waitFor();
  wrong.splice(0);
  await page.unroute("**/api/v1/search?*");
  await field().fill(`${word} `);
  await pageOption().waitFor();
});

test("what goes into the trash is found no more", async () => {
  await trash(true);
  await field().fill(`"${word} lighthouses"`);
  await page.getByRole("heading", { name: "Nothing found" }).waitFor();
  await page.keyboard.press("Escape");
});

test("it fits a phone", async () => {
  await trash(false);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByRole("button", { name: "Search", exact: true }).click();
  await field().fill("lighthouses");
  await found().first().waitFor();
  await fitsWindow(page);
});
