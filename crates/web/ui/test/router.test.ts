import { expect, test } from "vitest";
import { match } from "../src/lib/router";

test("a pattern gives its parameters, decoded", () => {
  expect(match("/files/:id", "/files/a%20b")).toEqual({ id: "a b" });
});

// The last two threw, and the page stayed white.
test.each(["/files", "/files/", "/files/a/b", "/jobs/a", "/files/%", "/files/%E0%A4"])(
  "%s is not a file's path",
  (path) => {
    expect(match("/files/:id", path)).toBeNull();
  },
);
