// A dialog with a form in it, its error and its two buttons.
import type { FormEvent, ReactNode } from "react";
import { errorMessage } from "../api/http";
import { Button } from "./Button";
import { Dialog, DialogActions, DialogText, useDialogAction } from "./Dialog";
import { Notice } from "./Notice";
import { Select } from "./Select";
import css from "./FormDialog.module.css";

interface Props {
  title: string;
  text?: string;
  submitLabel: string;
  isDisabled?: boolean;
  onSubmit: () => Promise<unknown>;
  /** Something else stands in its place once the form was taken; without this it closes then. */
  isReplaced?: boolean;
  onClose: () => void;
  children: ReactNode;
}

export function FormDialog({ title, text, submitLabel, isDisabled, onSubmit, isReplaced, onClose, children }: Props) {
  const { busy, error, run } = useDialogAction(onSubmit, isReplaced ? () => {} : onClose);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void run();
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form className={css.form} onSubmit={submit}>
        {text && <DialogText>{text}</DialogText>}
        {children}
        {error !== null && <Notice tone="bad">{errorMessage(error)}</Notice>}
        <DialogActions>
          <Button variant="ghost" onPress={onClose}>
            Cancel
          </Button>
          <Button variant="primary" type="submit" busy={busy} isDisabled={isDisabled ?? false}>
            {submitLabel}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  options: readonly (readonly [value: string, label: string])[];
  onChange: (value: string) => void;
}

/** A labelled select in it. */
export function Choice(props: ChoiceProps) {
  return (
    <div className={css.choice}>
      {props.label}
      <Select {...props} />
    </div>
  );
}
