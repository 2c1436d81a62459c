// Changes one's own password.
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { changePassword, sessionsQuery } from "../api/session";
import { tokensQuery } from "../api/tokens";
import { Field } from "./Field";
import { FormDialog } from "./FormDialog";
import { toast } from "./Toasts";

export function ChangePassword({ email, onClose }: { email: string; onClose: () => void }) {
  const client = useQueryClient();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const change = async () => {
    await changePassword({ current, new: next });
    toast("Your password is changed. Every other browser has to sign in again.");
    await Promise.all([
      client.invalidateQueries({ queryKey: sessionsQuery.queryKey }),
      client.invalidateQueries({ queryKey: tokensQuery.queryKey }),
    ]);
  };
  return (
    <FormDialog
      title="Change password"
      text="Every other browser has to sign in again. API tokens keep working until you revoke them."
      submitLabel="Change password"
      isDisabled={!current || next.length < 10}
      onSubmit={change}
      onClose={onClose}
    >
      <input type="text" name="username" autoComplete="username" value={email} readOnly hidden />
      <Field
        label="Present password"
        type="password"
        autoComplete="current-password"
        value={current}
        required
        autoFocus
        onChange={(event) => setCurrent(event.target.value)}
      />
      <Field
        label="New password"
        type="password"
        autoComplete="new-password"
        hint="At least 10 characters."
        minLength={10}
        value={next}
        required
        onChange={(event) => setNext(event.target.value)}
      />
    </FormDialog>
  );
}
