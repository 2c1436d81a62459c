// API tokens: what there are, a new one, revoking.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { createToken, revokeOldTokens, revokeToken, tokensQuery } from "../api/tokens";
import type { ApiToken, Scope } from "../api/types";
import { formatAgo, plural } from "../lib/format";
import { Badge } from "./Badge";
import { Button } from "./Button";
import { ConfirmDialog } from "./Dialog";
import { EmptyState } from "./EmptyState";
import { Field } from "./Field";
import { Choice, FormDialog } from "./FormDialog";
import { Notice } from "./Notice";
import { SecretDialog } from "./SecretDialog";
import { Row, RowsState, Section } from "./Section";

export function TokenList() {
  const tokens = useQuery(tokensQuery);
  const client = useQueryClient();
  const [creating, setCreating] = useState(false);
  const [revoking, setRevoking] = useState<ApiToken | "old" | null>(null);
  const old = tokens.data?.filter(({ predatesPassword }) => predatesPassword).length ?? 0;
  const revoke = async () => {
    await (revoking === "old" ? revokeOldTokens() : revoking && revokeToken(revoking.id));
    await client.invalidateQueries({ queryKey: tokensQuery.queryKey });
  };
  return (
    <Section
      id="tokens"
      title="API tokens"
      lead={
        <>
          For programs that upload files or read text in your name. Send one as <code>Authorization: Bearer …</code>.
          The API is described at <a href="/api/docs">/api/docs</a>.
        </>
      }
      action={
        <Button variant="primary" icon="plus" onPress={() => setCreating(true)}>
          New token
        </Button>
      }
      notice={old > 0 && <OldTokens count={old} onRevoke={() => setRevoking("old")} />}
    >
      <RowsState query={tokens} />
      {tokens.data?.length === 0 && (
        <EmptyState icon="key" title="No tokens yet">
          A token lets a script or an assistant use your library without your password.
        </EmptyState>
      )}
      {tokens.data?.map((token) => (
        <Row
          key={token.id}
          icon="key"
          name={token.name}
          fine={details(token)}
          badge={token.predatesPassword && <Badge tone="warn">Older than your password</Badge>}
        >
          <Button small variant="ghost" onPress={() => setRevoking(token)} aria-label={`Revoke ${token.name}`}>
            Revoke
          </Button>
        </Row>
      ))}
      {creating && <NewToken onClose={() => setCreating(false)} />}
      {revoking && (
        <ConfirmDialog
          title={revoking === "old" ? `Revoke ${plural(old, "older token")}?` : `Revoke “${revoking.name}”?`}
          text="Programs that use what you revoke stop working at once."
          confirmLabel="Revoke"
          onConfirm={revoke}
          onClose={() => setRevoking(null)}
        />
      )}
    </Section>
  );
}

function OldTokens({ count, onRevoke }: { count: number; onRevoke: () => void }) {
  return (
    <Notice
      tone="warn"
      action={
        <Button small onPress={onRevoke}>
          Revoke {count === 1 ? "it" : "them"}
        </Button>
      }
    >
      {count === 1 ? "A token was" : `${count} tokens were`} made before you changed your password. If somebody else
      knew it, {count === 1 ? "it may be theirs" : "they may be theirs"}.
    </Notice>
  );
}

function details({ scopes, createdAt, lastUsedAt, expiresAt }: ApiToken): string {
  const ended = expiresAt && Date.parse(expiresAt) < Date.now();
  return [
    scopes.includes("write") ? "read and write" : "read only",
    `made ${formatAgo(createdAt)}`,
    lastUsedAt ? `used ${formatAgo(lastUsedAt)}` : "never used",
    expiresAt ? (ended ? "expired" : `expires ${new Date(expiresAt).toLocaleDateString("en")}`) : "never expires",
  ].join(" · ");
}

const SCOPES = [
  ["read,write", "Read and write"],
  ["read", "Read only"],
] as const;
const TERMS = [
  ["90", "In 90 days"],
  ["365", "In a year"],
  ["", "Never"],
] as const;

function NewToken({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<string>("read,write");
  const [days, setDays] = useState<string>("90");
  const [secret, setSecret] = useState<string | null>(null);
  const create = async () => {
    const expiresAt = days ? { expiresAt: new Date(Date.now() + Number(days) * 86_400_000).toISOString() } : {};
    setSecret((await createToken({ name: name.trim(), scopes: scopes.split(",") as Scope[], ...expiresAt })).secret);
    await client.invalidateQueries({ queryKey: tokensQuery.queryKey });
  };
  if (secret) {
    return (
      <SecretDialog
        title={`Token “${name.trim()}”`}
        text="Copy it now. It is not stored in readable form and cannot be shown again."
        secret={secret}
        copyLabel="Copy the token"
        onClose={onClose}
      />
    );
  }
  return (
    <FormDialog
      title="New API token"
      submitLabel="Create token"
      isDisabled={!name.trim()}
      onSubmit={create}
      isReplaced
      onClose={onClose}
    >
      <Field
        label="Name"
        value={name}
        onChange={(event) => setName(event.target.value)}
        required
        autoFocus
        maxLength={100}
        placeholder="What will use it"
      />
      <Choice label="May" value={scopes} options={SCOPES} onChange={setScopes} />
      <Choice label="Expires" value={days} options={TERMS} onChange={setDays} />
    </FormDialog>
  );
}
