import { expect, test } from "vitest";
import { readAgainMs } from "../src/api/files";
import { parseProblem } from "../src/api/http";

const body = (code: string) => JSON.stringify({ code, detail: "The text is being read again." });

test("a text that is being read again is asked for when the server says", () => {
  expect(readAgainMs(parseProblem(503, body("being-read-again"), "7"))).toBe(7_000);
  expect(readAgainMs(parseProblem(503, body("being-read-again")))).toBe(2_000);
  expect(readAgainMs(parseProblem(503, body("being-read-again"), "Wed, 21 Oct 2026 07:28:00 GMT"))).toBe(2_000);
});

test("no other failure is waited for", () => {
  for (const [status, code] of [
    [503, "busy"],
    [422, "text-lost"],
    [404, "not-found"],
  ] as const)
    expect(readAgainMs(parseProblem(status, body(code), "7"))).toBe(false);
  expect(readAgainMs(null)).toBe(false);
  expect(readAgainMs(new TypeError("Failed to fetch"))).toBe(false);
});
