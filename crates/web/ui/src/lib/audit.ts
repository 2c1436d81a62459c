// The audit log in words.
import type { AuditEntry, AuditKind } from "../api/types";
import type { Tone } from "./labels";

export const AUDIT_LABELS: Record<AuditKind, string> = {
  "audit-exported": "Exported the audit log",
  "drive-deleted": "Deleted a drive",
  "drive-made": "Made a drive",
  "file-deleted": "Deleted a file for good",
  "file-downloaded": "Downloaded a file",
  "file-exported": "Exported a file's text",
  "file-moved": "Moved a file to another drive",
  "file-restored": "Restored a file",
  "file-trashed": "Put a file into the trash",
  "invitation-accepted": "Accepted an invitation",
  "invitation-declined": "Declined an invitation",
  "invitation-made": "Invited somebody",
  "invitation-withdrawn": "Withdrew an invitation",
  "member-added": "Added a member",
  "member-changed": "Changed a member's role",
  "member-left": "Left a drive",
  "member-removed": "Removed a member",
  "password-changed": "Changed their password",
  "password-reset": "Reset a password",
  "person-added": "Added a person",
  "person-disabled": "Disabled an account",
  "person-enabled": "Enabled an account",
  "person-removed": "Removed an account",
  "session-ended": "Ended a session",
  "set-up": "Set the server up",
  "sign-in": "Signed in",
  "sign-in-failed": "Sign-in refused",
  "sign-out": "Signed out",
  "sign-out-everywhere": "Signed out everywhere",
  "token-made": "Made an API token",
  "token-revoked": "Revoked an API token",
  "token-used": "Used an API token",
};

/** What somebody did; the server's own word for what is newer than this page. */
export const auditLabel = (kind: AuditKind): string => AUDIT_LABELS[kind] ?? kind;

const BAD: ReadonlySet<AuditKind> = new Set<AuditKind>(["drive-deleted", "file-deleted", "person-removed"]);

/** What cannot be undone stands out, and so does what was refused. */
export function auditTone(kind: AuditKind): Tone {
  if (kind === "sign-in-failed") return "warn";
  return BAD.has(kind) ? "bad" : "neutral";
}

/** Who it was: a person's name, by a token or not, or why there is none. */
export function actorWords({ actor, tokenName, address }: AuditEntry): string {
  if (!actor) return address ? "Nobody signed in" : "The server";
  return tokenName ? `${actor.name}, by the token ${tokenName}` : actor.name;
}

/** To what it was done; a hash where it is an account that is not there. */
export function targetWords({ target }: AuditEntry): string {
  if (!target) return "";
  return target.type === "account" ? `an unknown account (${target.id.slice(0, 8)})` : (target.name ?? target.id);
}

/** When a day begins where the browser is, or one so many days later, for the server; nothing for no day. */
export function dayStart(day: string, later = 0): string {
  const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day) ?? [];
  if (!year) return "";
  const start = new Date(Number(year), Number(month) - 1, Number(date) + later);
  return Number.isNaN(start.getTime()) ? "" : start.toISOString();
}
