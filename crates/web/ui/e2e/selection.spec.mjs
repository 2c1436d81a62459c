// What is done to several files at once: kept as a zip, moved, trashed, and the trash emptied.
// Runs behind library.spec.mjs, whose administrator it signs in as; or with E2E_EMAIL and E2E_PASSWORD.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, afterEach, before, test } from "node:test";
import { BASE_URL, drop, nothingWrong, open, signIn } from "./browser.mjs";
import { run } from "./samples.mjs";

let browser, page, wrong;
const card = (name) => page.locator(`[data-file="${name}"]`);

before(async () => {
  ({ browser, page, wrong } = await open());
  await signIn(page);
  await page.waitForURL("**/drives/*");
});
after(() => browser?.close());
afterEach(() => nothingWrong(wrong));

test("several files are kept as one zip, moved to another drive, and the trash is emptied", async () => {
  const several = ["one", "two"].map((word) => ({
    name: `${word} of several ${run}.txt`,
    type: "text/plain",
    bytes: Buffer.from(`${word} of run ${run}`),
  }));
  const select = async () => {
    for (const { name } of several) {
      await card(name).focus();
      await page.keyboard.press(" ");
    }
    await page.getByText("2 selected").waitFor();
  };
  const toolbar = page.getByRole("toolbar");
  await drop(page, several);
  for (const { name } of several) await page.locator(`[data-file="${name}"][data-status="completed"]`).waitFor();

  await select();
  const saved = page.waitForEvent("download");
  await toolbar.getByRole("button", { name: "Download" }).click();
  const download = await saved;
  assert.match(download.suggestedFilename(), /\.zip$/);
  const zip = await readFile(await download.path());
  for (const { name, bytes } of several) assert.ok(zip.includes(name) && zip.includes(bytes), name);

  const other = `Other ${run}`;
  const made = await page.request.post(`${BASE_URL}/api/v1/drives`, {
    data: { name: other },
    headers: { Origin: BASE_URL },
  });
  assert.equal(made.status(), 201);
  await page.reload();
  await select();
  await toolbar.getByRole("button", { name: "Move" }).click();
  await page.getByRole("dialog").getByLabel("Drive").selectOption({ label: other });
  await page.getByRole("dialog").getByRole("button", { name: "Move" }).click();
  for (const { name } of several) await card(name).waitFor({ state: "detached" });

  await page.getByRole("link", { name: other }).click();
  await card(several[0].name).waitFor();
  await page.getByRole("grid", { name: "Files" }).press("Control+a");
  await page.getByText("2 selected").waitFor();
  await page.keyboard.press("Delete");
  await card(several[0].name).waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Trash", exact: true }).click();
  await page.getByRole("button", { name: "Empty the trash" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete for good" }).click();
  await page.getByRole("heading", { name: "The trash is empty" }).waitFor();
});
