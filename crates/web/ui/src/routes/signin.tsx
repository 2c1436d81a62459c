// /signin: email and password.
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState, type FormEvent } from "react";
import { ApiError, errorMessage } from "../api/http";
import { sessionQuery, signIn } from "../api/session";
import { Button } from "../components/Button";
import { AuthLayout, authForm } from "../components/AuthLayout";
import { Field } from "../components/Field";
import { Notice } from "../components/Notice";

export default function SignIn() {
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    document.title = "Sign in · PageSpace";
  }, []);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setError(null);
    try {
      const { user } = await signIn({
        email: String(form.get("email")).trim(),
        password: String(form.get("password")),
      });
      // What was cached belonged to nobody or to somebody else.
      client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== "session" });
      client.setQueryData(sessionQuery.queryKey, user);
    } catch (caught) {
      setError(caught);
      setBusy(false);
    }
  };

  return (
    <AuthLayout title="Sign in" hint="Welcome back.">
      <form className={authForm} onSubmit={(event) => void submit(event)}>
        <Field large label="Email" name="email" type="email" autoComplete="username" required autoFocus />
        <Field large label="Password" name="password" type="password" autoComplete="current-password" required />
        {error !== null && <Notice tone="bad">{signInError(error)}</Notice>}
        <Button variant="primary" type="submit" busy={busy}>
          Sign in
        </Button>
      </form>
    </AuthLayout>
  );
}

function signInError(error: unknown): string {
  if (error instanceof ApiError && error.status === 401) return "That email and password do not match.";
  if (error instanceof ApiError && error.status === 429) return "Too many tries. Wait a minute, then try again.";
  return errorMessage(error);
}
