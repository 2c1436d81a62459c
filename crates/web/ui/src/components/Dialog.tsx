// Modal dialogs: a frame, and the two that are used everywhere (a question, a name).
import { useState, type FormEvent, type ReactNode } from "react";
import { Dialog as AriaDialog } from "react-aria-components/Dialog";
import { Heading } from "react-aria-components/Heading";
import { Modal, ModalOverlay } from "react-aria-components/Modal";
import { errorMessage } from "../api/http";
import { Button } from "./Button";
import { Field } from "./Field";
import { Notice } from "./Notice";
import css from "./Dialog.module.css";

interface Props {
  title: string;
  onClose: () => void;
  children: ReactNode;
  alert?: boolean;
  /** False when a click beside it would lose something. */
  dismissable?: boolean;
}

export function Dialog({ title, onClose, children, alert, dismissable = true }: Props) {
  return (
    <ModalOverlay
      isOpen
      isDismissable={dismissable}
      onOpenChange={(open) => open || onClose()}
      className={css.scrim ?? ""}
    >
      <Modal className={css.modal ?? ""}>
        <AriaDialog role={alert ? "alertdialog" : "dialog"} className={css.dialog ?? ""}>
          <Heading slot="title" level={2} className={css.title ?? ""}>
            {title}
          </Heading>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

export const DialogText = ({ children }: { children: ReactNode }) => <p className={css.text}>{children}</p>;
export const DialogActions = ({ children }: { children: ReactNode }) => <div className={css.actions}>{children}</div>;

/** Runs something, keeps its error, closes when it went well. */
export function useDialogAction(action: () => Promise<unknown>, onClose: () => void) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const run = async () => {
    setBusy(true);
    setError(null);
    try {
      await action();
      onClose();
    } catch (caught) {
      setError(caught);
      setBusy(false);
    }
  };
  return { busy, error, run };
}

interface ConfirmProps {
  title: string;
  text: string;
  confirmLabel: string;
  onConfirm: () => Promise<unknown>;
  /** Something else stands in its place once it was done; without this it closes then. */
  isReplaced?: boolean;
  onClose: () => void;
}

export function ConfirmDialog({ title, text, confirmLabel, onConfirm, isReplaced, onClose }: ConfirmProps) {
  const { busy, error, run } = useDialogAction(onConfirm, isReplaced ? () => {} : onClose);
  return (
    <Dialog title={title} onClose={onClose} alert>
      <DialogText>{text}</DialogText>
      {error !== null && <Notice tone="bad">{errorMessage(error)}</Notice>}
      <DialogActions>
        <Button variant="ghost" onPress={onClose} autoFocus>
          Cancel
        </Button>
        <Button variant="danger" busy={busy} onPress={() => void run()}>
          {confirmLabel}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

interface NameProps {
  title: string;
  label: string;
  initial?: string;
  submitLabel: string;
  onSubmit: (name: string) => Promise<unknown>;
  onClose: () => void;
}

export function NameDialog({ title, label, initial = "", submitLabel, onSubmit, onClose }: NameProps) {
  const [name, setName] = useState(initial);
  const { busy, error, run } = useDialogAction(() => onSubmit(name.trim()), onClose);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim()) void run();
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form className={css.form} onSubmit={submit}>
        <Field
          label={label}
          value={name}
          maxLength={255}
          required
          autoFocus
          onChange={(event) => setName(event.target.value)}
          onFocus={selectStem}
        />
        {error !== null && <Notice tone="bad">{errorMessage(error)}</Notice>}
        <DialogActions>
          <Button variant="ghost" onPress={onClose}>
            Cancel
          </Button>
          <Button variant="primary" type="submit" busy={busy} isDisabled={!name.trim() || name.trim() === initial}>
            {submitLabel}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

// A rename starts with the name selected and its extension left alone, as file managers do.
function selectStem({ target }: { target: HTMLInputElement }): void {
  const dot = target.value.lastIndexOf(".");
  target.setSelectionRange(0, dot > 0 ? dot : target.value.length);
}
