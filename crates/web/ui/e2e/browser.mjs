// A real Chromium, and a record of everything that must never happen in it.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

export const BASE_URL = (process.env.BASE_URL ?? "http://localhost:3000").replace(/\/$/, "");
/** The administrator: library.spec.mjs makes them on a fresh server. */
export const person = {
  name: "Ada Admin",
  email: process.env.E2E_EMAIL ?? "ada@example.test",
  password: process.env.E2E_PASSWORD ?? "correct horse battery",
};
const ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"];

/** A page with a record of page errors, console errors and answers of 500 and above, and one of the events it heard. */
export async function open({ width = 1280, height = 800 } = {}) {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ARGS });
  const context = await browser.newContext({ viewport: { width, height }, acceptDownloads: true });
  // The system's own windows for choosing files cannot be driven; without them a form's field is used, as elsewhere.
  await context.addInitScript(() => Object.assign(window, { showOpenFilePicker: null, showDirectoryPicker: null }));
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const wrong = [];
  page.on("pageerror", (error) => wrong.push(`page error: ${error.stack}`));
  page.on("console", (message) => {
    // The browser itself logs every 4xx; the ones that are wrong show in the page.
    if (message.type() === "error" && !/status of 4\d\d/.test(message.text())) wrong.push(`console: ${message.text()}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 500) wrong.push(`${response.status()} from ${response.url()}`);
  });
  const heard = [];
  page.on("websocket", (socket) =>
    socket.on("framereceived", ({ payload }) => {
      const message = JSON.parse(String(payload));
      if (message.type === "event") heard.push(message.event);
    }),
  );
  return { browser, context, page, wrong, heard };
}

/** Fills in the page for signing in and sends it; what comes of that is for the caller to wait for. */
export async function signIn(page, who = person, url = BASE_URL) {
  await page.goto(`${url}/signin`);
  await page.getByLabel("Email").fill(who.email);
  await page.getByLabel("Password").fill(who.password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Adds a new file to a drive without the interface, as whoever is signed in on the page, and gives the file. */
export async function addFile(page, driveId, { name, type, bytes }) {
  return page.evaluate(
    async ({ driveId, name, type, base64 }) => {
      const raw = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      const form = new FormData();
      form.append("file", new File([raw], name, { type }));
      const answer = await fetch(`/api/v1/drives/${driveId}/files`, { method: "POST", body: form });
      if (answer.status !== 201) throw new Error(`${name}: ${answer.status} ${await answer.text()}`);
      return (await answer.json()).file;
    },
    { driveId, name, type, base64: bytes.toString("base64") },
  );
}

/** Drops files on the page as a person would: enter, over, drop. Calls `during` while they hover. */
export async function drop(page, files, during = async () => {}) {
  const transfer = await page.evaluateHandle(
    (all) => {
      const data = new DataTransfer();
      for (const { name, type, base64 } of all) {
        const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        data.items.add(new File([bytes], name, { type }));
      }
      return data;
    },
    files.map(({ name, type, bytes }) => ({ name, type, base64: bytes.toString("base64") })),
  );
  const body = page.locator("body");
  await body.dispatchEvent("dragenter", { dataTransfer: transfer });
  await body.dispatchEvent("dragover", { dataTransfer: transfer });
  await during();
  await body.dispatchEvent("drop", { dataTransfer: transfer });
}

/** Fails with the whole record, then empties it. */
export function nothingWrong(wrong) {
  const all = wrong.splice(0);
  assert.deepEqual(all, [], "the page complained");
}

/** Nothing may be wider than the window. */
export async function fitsWindow(page) {
  const { scroll, client } = await page.evaluate(() => ({
    scroll: document.documentElement.scrollWidth,
    client: document.documentElement.clientWidth,
  }));
  assert.ok(scroll <= client, `${page.url()} is ${scroll} px wide in a window of ${client} px`);
}
