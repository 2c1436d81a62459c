// /setup?token=…: the first admin, from the link in the server's log.
import { useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { errorMessage } from "../api/http";
import { setUp, sessionQuery, setupQuery } from "../api/session";
import { Button } from "../components/Button";
import { AuthLayout, authForm } from "../components/AuthLayout";
import { Field } from "../components/Field";
import { Notice } from "../components/Notice";
import { navigate, useLocation } from "../lib/router";

export default function Setup() {
  const token = useLocation().search.get("token") ?? "";
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? "");
    setBusy(true);
    setError(null);
    try {
      await setUp({ token, name: text("name").trim(), email: text("email").trim(), password: text("password") });
      client.setQueryData(setupQuery.queryKey, { needed: false });
      await client.invalidateQueries({ queryKey: sessionQuery.queryKey });
      navigate("/", { replace: true });
    } catch (caught) {
      setError(caught);
      setBusy(false);
    }
  };

  if (!token) {
    return (
      <AuthLayout title="Set up PageSpace" hint="This server has no admin yet.">
        <Notice tone="active">
          Open the one-time set-up link that the server printed when it started. It is in the log of the web service and
          ends in <code>/setup?token=…</code>
        </Notice>
      </AuthLayout>
    );
  }
  return (
    <AuthLayout title="Set up PageSpace" hint="Create the admin account. You can add more people later.">
      <form className={authForm} onSubmit={(event) => void submit(event)}>
        <Field large label="Name" name="name" autoComplete="name" required autoFocus maxLength={120} />
        <Field large label="Email" name="email" type="email" autoComplete="username" required />
        <Field
          large
          label="Password"
          name="password"
          type="password"
          autoComplete="new-password"
          required
          minLength={10}
          hint="At least 10 characters. A sentence works well."
        />
        {error !== null && <Notice tone="bad">{errorMessage(error)}</Notice>}
        <Button variant="primary" type="submit" busy={busy}>
          Create account
        </Button>
      </form>
    </AuthLayout>
  );
}
