// What an administrator does with somebody's account, each asked about first.
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { endCredentials, peopleQuery, removePerson, resetPassword, setDisabled } from "../api/people";
import type { User } from "../api/types";
import { ConfirmDialog } from "./Dialog";
import { SecretDialog } from "./SecretDialog";

export type PersonAction = "credentials" | "disable" | "enable" | "password" | "remove";

interface Question {
  title: (name: string) => string;
  text: string;
  confirmLabel: string;
}

const QUESTIONS: Record<PersonAction, Question> = {
  credentials: {
    title: (name) => `End sessions and tokens of ${name}?`,
    text: "Every browser has to sign in again, and every API token is revoked at once. The password stays.",
    confirmLabel: "End them",
  },
  disable: {
    title: (name) => `Disable ${name}?`,
    text: "They are signed out everywhere at once and cannot sign in; their API tokens stop. Files and drives stay.",
    confirmLabel: "Disable",
  },
  enable: {
    title: (name) => `Enable ${name}?`,
    text: "They can sign in again, and API tokens they made before work again.",
    confirmLabel: "Enable",
  },
  password: {
    title: (name) => `New password for ${name}?`,
    text: "They are signed out everywhere, and only the new password signs in. It is shown to you once.",
    confirmLabel: "Make a password",
  },
  remove: {
    title: (name) => `Remove ${name}?`,
    text:
      "There is no way back. Shared drives stay with their other owners; drives that nobody else owns become yours, " +
      "with all their files.",
    confirmLabel: "Remove",
  },
};

interface Props {
  person: User;
  action: PersonAction;
  onClose: () => void;
}

export function PersonDialog({ person, action, onClose }: Props) {
  const client = useQueryClient();
  const [password, setPassword] = useState<string | null>(null);
  const act = async () => {
    if (action === "password") return setPassword((await resetPassword(person.id)).password);
    if (action === "credentials") return endCredentials(person.id);
    if (action === "remove") {
      await removePerson(person.id);
      await client.invalidateQueries({ queryKey: ["drives"] });
    } else {
      await setDisabled(person.id, action === "disable");
    }
    return client.invalidateQueries({ queryKey: peopleQuery.queryKey });
  };
  if (password) {
    return (
      <SecretDialog
        title={`New password for ${person.name}`}
        text="Copy it now; it cannot be shown again. They should change it in their settings once they are signed in."
        secret={password}
        copyLabel="Copy the password"
        onClose={onClose}
      />
    );
  }
  const { title, text, confirmLabel } = QUESTIONS[action];
  return (
    <ConfirmDialog
      title={title(person.name)}
      text={text}
      confirmLabel={confirmLabel}
      onConfirm={act}
      isReplaced={action === "password"}
      onClose={onClose}
    />
  );
}
