import { expect, test } from "vitest";
import { auditUrl } from "../src/api/audit";
import type { AuditEntry, AuditKind } from "../src/api/types";
import { actorWords, auditLabel, auditTone, dayStart, targetWords } from "../src/lib/audit";

const entry: AuditEntry = {
  id: 1,
  at: "2026-01-10T12:00:00Z",
  kind: "token-used",
  actor: { id: "a", name: "Ann" },
  address: "2001:db8::5",
  tokenName: "backup",
  target: { type: "token", id: "t", name: "backup" },
};

test("who it was is a person, by a token or not, or nobody", () => {
  expect(actorWords(entry)).toBe("Ann, by the token backup");
  expect(actorWords({ ...entry, tokenName: null })).toBe("Ann");
  expect(actorWords({ ...entry, actor: null })).toBe("Nobody signed in");
  expect(actorWords({ ...entry, actor: null, address: null })).toBe("The server");
});

test("an account that is not there is told by a hash", () => {
  expect(targetWords(entry)).toBe("backup");
  expect(targetWords({ ...entry, target: null })).toBe("");
  expect(targetWords({ ...entry, target: { type: "account", id: "0123456789abcdef", name: null } })).toBe(
    "an unknown account (01234567)",
  );
});

test("a kind that is newer than the page is still said", () => {
  expect(auditLabel("sign-in")).toBe("Signed in");
  expect(auditLabel("drive-painted" as AuditKind)).toBe("drive-painted");
  expect([auditTone("sign-in-failed"), auditTone("file-deleted"), auditTone("sign-in")]).toEqual([
    "warn",
    "bad",
    "neutral",
  ]);
});

test("days are the browser's, and the last one belongs to what is shown", () => {
  const local = (day: number) => new Date(2026, 0, day).toISOString();
  expect([dayStart("2026-01-10"), dayStart("2026-01-31", 1)]).toEqual([local(10), local(32)]);
  expect([dayStart(""), dayStart("10 January"), dayStart("2026-01-10'--")]).toEqual(["", "", ""]);
  const url = auditUrl({ person: "a", kind: "", drive: "", from: "", to: "2026-01-10" }, "csv");
  expect(url).toBe(`/api/v1/audit/export?person=a&to=${encodeURIComponent(local(11))}&format=csv`);
});
