// /settings: the account, API tokens, and signing out everywhere.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState, type FormEvent } from "react";
import { errorMessage } from "../api/http";
import { sessionQuery, signOutEverywhere } from "../api/session";
import { createToken, revokeToken, tokensQuery } from "../api/tokens";
import type { ApiToken, Scope } from "../api/types";
import { Button } from "../components/Button";
import { CopyButton } from "../components/CopyButton";
import { ConfirmDialog, Dialog, DialogActions, DialogText, useDialogAction } from "../components/Dialog";
import { EmptyState, LoadError } from "../components/EmptyState";
import { Field } from "../components/Field";
import { Icon } from "../components/Icon";
import { Notice } from "../components/Notice";
import { Select } from "../components/Select";
import { Skeleton } from "../components/Skeleton";
import { formatAgo } from "../lib/format";
import { navigate } from "../lib/router";
import css from "./settings.module.css";

const SIGN_OUT_EVERYWHERE =
  "Every browser that is signed in with your account has to sign in again, this one too. API tokens keep working.";

export default function Settings() {
  const client = useQueryClient();
  const user = useQuery(sessionQuery).data;
  const [leaving, setLeaving] = useState(false);
  useEffect(() => {
    document.title = "Settings · PageSpace";
  }, []);

  const leave = async () => {
    await signOutEverywhere();
    client.setQueryData(sessionQuery.queryKey, null);
    navigate("/signin");
  };
  return (
    <div className={css.page} data-scroll>
      <div className={css.inner}>
        <h1 className={css.title}>Settings</h1>
        <section className={css.section} aria-labelledby="account">
          <h2 id="account" className="visually-hidden">
            Account
          </h2>
          <div className={css.box}>
            <div className={css.row}>
              <div className={css.grow}>
                <p className={css.name}>{user?.name}</p>
                <p className={css.fine}>{user?.email}</p>
              </div>
              <Button icon="signOut" onPress={() => setLeaving(true)}>
                Sign out everywhere
              </Button>
            </div>
          </div>
        </section>
        <Tokens />
      </div>
      {leaving && (
        <ConfirmDialog
          title="Sign out everywhere?"
          text={SIGN_OUT_EVERYWHERE}
          confirmLabel="Sign out everywhere"
          onConfirm={leave}
          onClose={() => setLeaving(false)}
        />
      )}
    </div>
  );
}

function Tokens() {
  const tokens = useQuery(tokensQuery);
  const client = useQueryClient();
  const [creating, setCreating] = useState(false);
  const [revoking, setRevoking] = useState<ApiToken | null>(null);
  const revoke = async (id: string) => {
    await revokeToken(id);
    await client.invalidateQueries({ queryKey: tokensQuery.queryKey });
  };
  return (
    <section className={css.section} aria-labelledby="tokens">
      <div className={css.sectionHead}>
        <div>
          <h2 id="tokens">API tokens</h2>
          <p className={css.lead}>
            For programs that upload files or read text in your name. Send one as <code>Authorization: Bearer …</code>.
            The API is described at <a href="/api/docs">/api/docs</a>.
          </p>
        </div>
        <Button variant="primary" icon="plus" onPress={() => setCreating(true)}>
          New token
        </Button>
      </div>
      <div className={css.box}>
        {tokens.isPending && (
          <div className={css.lines}>
            <Skeleton height={32} />
            <Skeleton height={32} />
          </div>
        )}
        {tokens.isError && <LoadError error={tokens.error} retry={() => void tokens.refetch()} />}
        {tokens.data?.length === 0 && (
          <EmptyState icon="key" title="No tokens yet">
            A token lets a script or an assistant use your library without your password.
          </EmptyState>
        )}
        {tokens.data?.map((token) => (
          <div key={token.id} className={css.row}>
            <Icon name="key" />
            <div className={css.grow}>
              <p className={`${css.name} truncate`}>{token.name}</p>
              <p className={`${css.fine} num`}>{details(token)}</p>
            </div>
            <Button small variant="ghost" onPress={() => setRevoking(token)} aria-label={`Revoke ${token.name}`}>
              Revoke
            </Button>
          </div>
        ))}
      </div>
      {creating && <NewToken onClose={() => setCreating(false)} />}
      {revoking && (
        <ConfirmDialog
          title={`Revoke “${revoking.name}”?`}
          text="Programs that use this token stop working at once."
          confirmLabel="Revoke"
          onConfirm={() => revoke(revoking.id)}
          onClose={() => setRevoking(null)}
        />
      )}
    </section>
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
  const { busy, error, run } = useDialogAction(
    async () => {
      const expiresAt = days ? { expiresAt: new Date(Date.now() + Number(days) * 86_400_000).toISOString() } : {};
      setSecret((await createToken({ name: name.trim(), scopes: scopes.split(",") as Scope[], ...expiresAt })).secret);
      await client.invalidateQueries({ queryKey: tokensQuery.queryKey });
    },
    () => {},
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void run();
  };
  if (secret) {
    return (
      <Dialog title={`Token “${name.trim()}”`} onClose={onClose} dismissable={false}>
        <DialogText>Copy it now. It is not stored in readable form and cannot be shown again.</DialogText>
        <div className={css.secret}>
          <code data-secret>{secret}</code>
          <CopyButton label="Copy the token" text={secret} caption="Copy" />
        </div>
        <DialogActions>
          <Button variant="primary" onPress={onClose}>
            Done
          </Button>
        </DialogActions>
      </Dialog>
    );
  }
  return (
    <Dialog title="New API token" onClose={onClose}>
      <form className={css.form} onSubmit={submit}>
        <Field
          label="Name"
          value={name}
          onChange={(event) => setName(event.target.value)}
          required
          autoFocus
          maxLength={100}
          placeholder="What will use it"
        />
        <div className={css.choice}>
          May
          <Select label="May" value={scopes} options={SCOPES} onChange={setScopes} />
        </div>
        <div className={css.choice}>
          Expires
          <Select label="Expires" value={days} options={TERMS} onChange={setDays} />
        </div>
        {error !== null && <Notice tone="bad">{errorMessage(error)}</Notice>}
        <DialogActions>
          <Button variant="ghost" onPress={onClose}>
            Cancel
          </Button>
          <Button variant="primary" type="submit" busy={busy} isDisabled={!name.trim()}>
            Create token
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
