// A file by link, as a person asks for it. Runs behind library.spec.mjs, whose administrator it signs in as; or with
// E2E_EMAIL and E2E_PASSWORD. That a link ends in a text is a test of the whole system: it needs a server outside.
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { fitsWindow, nothingWrong, open, signIn } from "./browser.mjs";

/** Where nothing of anybody's may be fetched from. */
const INNER = "http://127.0.0.1:1/secret.txt";

let browser, page, wrong;

before(async () => {
  ({ browser, page, wrong } = await open());
  await signIn(page);
  await page.waitForURL("**/drives/*");
});
after(() => browser?.close());
afterEach(() => nothingWrong(wrong));

const paste = (text) =>
  page.evaluate((pasted) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", pasted);
    document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  }, text);

test("a pasted link is offered, and why it cannot be fetched is said", async () => {
  await page.getByRole("button", { name: "Fetch a link" }).waitFor();
  await paste("no link at all");
  assert.equal(await page.getByRole("dialog").count(), 0);
  await paste(INNER);
  const dialog = page.getByRole("dialog", { name: "Fetch a link" });
  assert.equal(await dialog.getByLabel("Link").inputValue(), INNER);
  await dialog.getByRole("button", { name: "Fetch" }).click();
  await dialog.waitFor({ state: "detached" });
  const row = page.locator('[data-import="failed"]');
  await row.waitFor();
  assert.equal(
    await row.getByRole("alert").innerText(),
    "secret.txt was not fetched. The link leads to an address that is not public.",
  );
  await fitsWindow(page);
  await row.getByRole("button", { name: "Dismiss" }).click();
  await row.waitFor({ state: "detached" });
});

test("a link is typed by the keyboard alone", async () => {
  await page.getByRole("button", { name: "Fetch a link" }).focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Fetch a link" });
  await dialog.waitFor();
  await page.keyboard.type("not a link");
  assert.equal(await dialog.getByRole("button", { name: "Fetch" }).isDisabled(), true);
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.type("http://localhost/a.pdf");
  await page.keyboard.press("Enter");
  await page.locator('[data-import="failed"]').getByText("a.pdf was not fetched.").waitFor();
});
