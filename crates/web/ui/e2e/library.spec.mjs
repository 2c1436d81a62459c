// The whole way of a person through a fresh server, in a real browser:
//   BASE_URL=http://localhost:3000 SETUP_LINK='http://localhost:3000/setup?token=…' npm run e2e
// On a server that is set up already: E2E_EMAIL and E2E_PASSWORD instead of SETUP_LINK.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, afterEach, before, test } from "node:test";
import { BASE_URL, drop, fitsWindow, nothingWrong, open, person, signIn } from "./browser.mjs";
import { pdf, png, prose, run, sha256 } from "./samples.mjs";

const { SETUP_LINK } = process.env;
assert.ok(SETUP_LINK || process.env.E2E_PASSWORD, "set SETUP_LINK, or E2E_EMAIL and E2E_PASSWORD");

const files = {
  picture: { name: `picture ${run}.png`, type: "image/png", bytes: png(640, 400) },
  paper: {
    name: `paper ${run}.pdf`,
    type: "application/pdf",
    bytes: pdf([`First page of run ${run}`, `Second page of run ${run}`, "Third page"]),
  },
  notes: {
    name: `notes ${run}.md`,
    type: "text/markdown",
    bytes: Buffer.from(
      `# Notes of ${run}\n\nPlain words.\n\n- a point\n\n3. a third\n\n| cell |\n| --- |\n| one<br>two |\n`,
    ),
  },
  broken: {
    name: `broken ${run}.pdf`,
    type: "application/pdf",
    bytes: Buffer.from(`%PDF-1.7\nthis is no document, run ${run}`),
  },
};

let browser, page, wrong, heard;
const card = (name) => page.locator(`[data-file="${name}"]`);
async function settled(name, status) {
  const all = ["completed", "visual", "failed"].map((final) => `[data-file="${name}"][data-status="${final}"]`);
  await page.locator(all.join(", ")).waitFor({ timeout: 60_000 });
  assert.equal(await card(name).getAttribute("data-status"), status, name);
}
const live = () => page.locator('[data-connection="open"]').first().waitFor({ state: "attached" });

before(async () => {
  ({ browser, page, wrong, heard } = await open());
});
after(() => browser?.close());
afterEach(() => nothingWrong(wrong));

test("the first admin is made from the one-time link, or signs in", async () => {
  if (SETUP_LINK) {
    await page.goto(SETUP_LINK);
    await page.getByLabel("Name").fill(person.name);
    await page.getByLabel("Email").fill(person.email);
    await page.getByLabel("Password").fill(person.password);
    await page.getByRole("button", { name: "Create account" }).click();
  } else {
    await signIn(page);
  }
  await page.waitForURL("**/drives/*");
  if (SETUP_LINK) await page.getByRole("heading", { name: "Drop files anywhere" }).waitFor();
  await live();
});

test("an upload shows how far it is", async () => {
  const network = await page.context().newCDPSession(page);
  await network.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 5,
    downloadThroughput: -1,
    uploadThroughput: 1.5 * 2 ** 20,
  });
  const big = { name: `prose ${run}.txt`, type: "text/plain", bytes: prose(4 * 2 ** 20) };
  await drop(page, [big], () => page.getByTestId("drop-overlay").waitFor());
  const bar = page.getByRole("progressbar", { name: `Upload of ${big.name}` });
  await bar.waitFor();
  const seen = new Set();
  while (await bar.isVisible()) {
    const now = await bar.getAttribute("aria-valuenow", { timeout: 1_000 }).catch(() => null);
    if (now !== null) seen.add(Number(now));
  }
  const between = [...seen].filter((percent) => percent > 0 && percent < 100);
  assert.ok(between.length >= 3, `the bar showed only ${[...seen]}`);
  await network.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: -1,
  });
  await settled(big.name, "completed");
});

test("an upload can be cancelled and tried again", async () => {
  const network = await page.context().newCDPSession(page);
  await network.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 5,
    downloadThroughput: -1,
    uploadThroughput: 2 ** 19,
  });
  const slow = { name: `slow ${run}.txt`, type: "text/plain", bytes: prose(2 * 2 ** 20) };
  await drop(page, [slow]);
  await page.getByRole("button", { name: `Cancel ${slow.name}` }).click();
  await page.getByRole("button", { name: `Retry ${slow.name}` }).waitFor();
  await network.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: -1,
  });
  await page.getByRole("button", { name: `Retry ${slow.name}` }).click();
  await settled(slow.name, "completed");
});

test("dropped files are read while one looks on, and a broken one says why", async () => {
  await drop(page, Object.values(files));
  await settled(files.picture.name, "visual");
  await settled(files.paper.name, "completed");
  await settled(files.notes.name, "completed");
  await settled(files.broken.name, "failed");
  // The page also asks from time to time; what it shows must have come without asking.
  for (const kind of ["file.created", "file.status"])
    assert.ok(
      heard.some((event) => event.kind === kind),
      `no ${kind} came over the socket`,
    );
  await page.waitForFunction(
    (name) => document.querySelector(`[data-file="${name}"] img`)?.naturalWidth > 0,
    files.picture.name,
  );
  const tray = page.getByRole("region", { name: "Uploads" });
  await tray.getByText("Images ready").waitFor();
  await tray.getByRole("button", { name: "Close the tray" }).click();
});

test("a reload in the middle loses nothing", async () => {
  const late = {
    name: `late ${run}.pdf`,
    mimeType: "application/pdf",
    buffer: pdf(Array.from({ length: 40 }, (_, index) => `Page ${index + 1} of the late file ${run}`)),
  };
  const stored = page.waitForResponse(
    (response) => response.request().method() === "POST" && /\/drives\/[^/]+\/files$/.test(response.url()),
  );
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Upload", exact: true }).click();
  await (await chooser).setFiles(late);
  assert.equal((await stored).status(), 201);
  await page.reload();
  await settled(late.name, "completed");
  await live();
});

test("a document's text is there, page by page", async () => {
  await card(files.paper.name).click();
  await page.waitForURL("**/files/*");
  const text = page.getByTestId("text");
  await text.getByText(`First page of run ${run}`).waitFor();
  await text.getByText(`Second page of run ${run}`).waitFor();
  await text.getByRole("heading", { name: "Page 2" }).waitFor();
  await page.getByRole("img", { name: `Preview of ${files.paper.name}` }).waitFor();
  await page.getByRole("button", { name: "Markdown" }).click();
  await text.getByText("<!-- page: 2 -->").waitFor();
  assert.match(page.url(), /format=markdown/);
  await page.reload();
  await page.getByTestId("text").getByText(`Third page`).waitFor();

  await page.getByRole("tab", { name: "Details" }).click();
  await page.getByText(sha256(files.paper.bytes)).waitFor();
  await page.getByRole("tab", { name: "Jobs" }).click();
  await page.getByRole("tabpanel").getByText("Process file").waitFor();
  await page.getByRole("list", { name: "Stages" }).getByText("Text read").waitFor();

  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Original" }).click();
  assert.equal((await download).suggestedFilename(), files.paper.name);
  await page.getByRole("link", { name: "Back to the library" }).click();
});

test("lists of formatted text have their marks", async () => {
  await card(files.notes.name).click();
  const text = page.getByTestId("text");
  const mark = (words) => text.getByText(words).evaluate((item) => getComputedStyle(item).listStyleType);
  assert.equal(await mark("a point"), "disc");
  assert.equal(await mark("a third"), "decimal");
  assert.equal(await text.getByRole("cell", { name: "one two" }).locator("br").count(), 1, "lines of a cell are lines");
  await page.getByRole("link", { name: "Back to the library" }).click();
});

test("a picture has its presets, and absent ones can be made", async () => {
  await card(files.picture.name).click();
  await page.waitForURL("**/files/*");
  await page.getByRole("tab", { name: "Presets" }).click();
  await page.locator('[data-preset="ai-chat"][data-made="yes"]').getByText("640 × 400").waitFor();
  assert.equal(await page.locator('[data-preset="animation"]').count(), 0, "it does not move");
  await page.getByRole("button", { name: "Make preview" }).click();
  await page.locator('[data-preset="preview"][data-made="yes"]').waitFor();
  await page.waitForFunction(() => document.querySelector('[data-preset="preview"] img')?.naturalWidth > 0);
  await page.goBack();
});

test("a broken file says why", async () => {
  await page.goto(`${BASE_URL}/`);
  await card(files.broken.name).click();
  await page.locator('[data-file-status="failed"]').waitFor();
  const alert = page.getByRole("alert").first();
  assert.ok((await alert.innerText()).trim().length > 10, "the reason is a sentence");
  await page.getByRole("link", { name: "Back to the library" }).click();
});

test("search, filters and view are in the address", async () => {
  await page.getByLabel("Search by name").fill(`picture ${run}`);
  await page.waitForURL(/q=picture/);
  await page.getByRole("button", { name: "List" }).click();
  await page.waitForURL(/view=list/);
  await page.reload();
  await card(files.picture.name).waitFor();
  assert.equal(await page.locator("[data-file]").count(), 1);
  await page.getByLabel("Type").selectOption("document");
  await page.getByRole("heading", { name: "Nothing matches" }).waitFor();
  await page.getByRole("button", { name: "Clear the filters" }).click();
  await card(files.notes.name).waitFor();
});

test("files are renamed, trashed, brought back and deleted", async () => {
  const renamed = `renamed ${run}.md`;
  await card(files.notes.name).hover();
  await page.getByRole("button", { name: `Actions for ${files.notes.name}` }).click();
  await page.getByRole("menuitem", { name: "Rename…" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill(renamed);
  await page.getByRole("dialog").getByRole("button", { name: "Rename" }).click();
  await card(renamed).waitFor();

  // By keyboard alone: select with the space bar, trash with Delete.
  await card(renamed).focus();
  await page.keyboard.press(" ");
  await page.getByText("1 selected").waitFor();
  await page.keyboard.press("Delete");
  await card(renamed).waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Undo" }).click();
  await card(renamed).waitFor();

  await card(renamed).focus();
  await page.keyboard.press(" ");
  await page.getByRole("toolbar").getByRole("button", { name: "Trash" }).click();
  await card(renamed).waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Trash", exact: true }).click();
  await card(renamed).focus();
  await page.keyboard.press(" ");
  await page.getByRole("toolbar").getByRole("button", { name: "Delete" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete for good" }).click();
  await page.getByRole("heading", { name: "The trash is empty" }).waitFor();
  await page.getByRole("button", { name: "Back to files" }).click();
});

test("jobs are listed with their queues", async () => {
  await page.getByRole("link", { name: "Jobs" }).click();
  await page.locator('[data-queue="ingest-file"]').waitFor();
  await page.getByLabel("Status").selectOption("failed");
  await page.waitForURL(/status=failed/);
  await page.getByLabel("Status").selectOption("completed");
  await page.locator('[data-job="completed"]').first().waitFor();
});

test("administrators see how the whole suite is", async () => {
  await page.getByRole("link", { name: "System" }).click();
  for (const name of ["processor", "realtime", "web", "worker"])
    await page.locator(`[data-service="${name}"]`).first().waitFor();
  await page.getByRole("img", { name: /^Jobs a minute/ }).waitFor();
  await page.getByRole("heading", { name: "Limits" }).waitFor();
});

test("administrators see who did what, and keep it as a file", async () => {
  await page.getByRole("link", { name: "Audit log" }).click();
  await page.waitForURL("**/audit");
  await page.locator('[data-audit="set-up"], [data-audit="sign-in"]').first().waitFor();
  await page.getByLabel("What").selectOption("file-downloaded");
  await page.waitForURL(/kind=file-downloaded/);
  await page.locator('[data-audit]:not([data-audit="file-downloaded"])').first().waitFor({ state: "detached" });
  await page.locator('[data-audit="file-downloaded"]').getByText(files.paper.name).first().waitFor();
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export" }).click();
  await page.getByRole("menuitem", { name: "Table" }).click();
  const exported = await download;
  assert.match(exported.suggestedFilename(), /^audit-\d{4}-\d\d-\d\d\.csv$/);
  const rows = (await readFile(await exported.path(), "utf8")).trimEnd().split("\r\n");
  assert.ok(rows.length > 1 && rows.slice(1).every((row) => row.includes('"file-downloaded"')), rows.join("\n"));
});

test("an API token is shown once, works, and stops working when it is revoked", async () => {
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByRole("button", { name: "New token" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill(`script ${run}`);
  await page.getByRole("button", { name: "Create token" }).click();
  const secret = await page.locator("[data-secret]").innerText();
  const ask = () => fetch(`${BASE_URL}/api/v1/drives`, { headers: { authorization: `Bearer ${secret}` } });
  assert.equal((await ask()).status, 200);
  await page.getByRole("button", { name: "Done" }).click();
  assert.ok(!(await page.content()).includes(secret), "the secret is gone from the page");
  await page.getByRole("button", { name: `Revoke script ${run}` }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Revoke" }).click();
  await page.getByText(`script ${run}`, { exact: true }).waitFor({ state: "detached" });
  assert.equal((await ask()).status, 401);
});

test("somebody is added, joins by invitation, and is kept out once disabled", async () => {
  const guest = { name: `Guest ${run}`, email: `guest-${run}@example.test`, password: "correct horse battery" };
  await page.getByRole("link", { name: "People" }).click();
  await page.getByRole("button", { name: "Add person" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill(guest.name);
  await dialog.getByLabel("Email").fill(guest.email);
  await dialog.getByLabel("Password").fill(guest.password);
  await dialog.getByRole("button", { name: "Add person" }).click();
  await page.getByRole("group", { name: guest.name }).waitFor();

  await page.getByRole("link", { name: "Library" }).click();
  await page.getByRole("button", { name: "Members" }).click();
  await page.getByRole("button", { name: "Invite", exact: true }).click();
  await dialog.getByLabel("Email").fill(guest.email);
  await dialog.getByRole("button", { name: "Invite", exact: true }).click();
  await page.getByRole("group", { name: guest.email }).waitFor();

  const theirs = await (await browser.newContext()).newPage();
  await signIn(theirs, guest);
  await theirs.getByRole("button", { name: /Invited$/ }).click();
  await theirs.getByRole("button", { name: "Accept" }).click();
  await theirs.locator(`[data-file="${files.paper.name}"]`).waitFor();
  await page.reload();
  await page.getByRole("group", { name: guest.name }).waitFor();

  await page.getByRole("link", { name: "People" }).click();
  await page.getByRole("button", { name: `What to do with ${guest.name}` }).click();
  await page.getByRole("menuitem", { name: "Disable" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Disable" }).click();
  await page.getByRole("group", { name: guest.name }).getByText("Disabled", { exact: true }).waitFor();
  await theirs.reload();
  await theirs.waitForURL("**/signin*");
  await signIn(theirs, guest);
  await theirs.getByRole("alert").getByText("disabled").waitFor();
  await theirs.context().close();
});

test("everything fits a phone", async () => {
  await page.setViewportSize({ width: 380, height: 780 });
  for (const path of ["/", "/jobs", "/people", "/system", "/audit", "/settings"]) {
    await page.goto(`${BASE_URL}${path}`);
    await page.locator("main h1").first().waitFor();
    await fitsWindow(page);
  }
  await page.goto(`${BASE_URL}/`);
  await card(files.paper.name).click();
  await page.getByRole("tab", { name: "Text" }).waitFor();
  await fitsWindow(page);
  await page.setViewportSize({ width: 1280, height: 800 });
});

test("signing out shuts the door, signing in opens it", async () => {
  await page.goto(`${BASE_URL}/jobs`);
  await page.getByRole("button", { name: person.name }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.waitForURL("**/signin*");
  await page.goto(`${BASE_URL}/jobs`);
  await page.getByLabel("Email").fill(person.email);
  await page.getByLabel("Password").fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").getByText("do not match").waitFor();
  await page.getByLabel("Password").fill(person.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL("**/jobs");
});
