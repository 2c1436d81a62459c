// Shows a secret this once.
import { Button } from "./Button";
import { CopyButton } from "./CopyButton";
import { Dialog, DialogActions, DialogText } from "./Dialog";
import css from "./SecretDialog.module.css";

interface Props {
  title: string;
  text: string;
  secret: string;
  copyLabel: string;
  onClose: () => void;
}

export function SecretDialog({ title, text, secret, copyLabel, onClose }: Props) {
  return (
    <Dialog title={title} onClose={onClose} dismissable={false}>
      <DialogText>{text}</DialogText>
      <div className={css.secret}>
        <code data-secret>{secret}</code>
        <CopyButton label={copyLabel} text={secret} caption="Copy" />
      </div>
      <DialogActions>
        <Button variant="primary" onPress={onClose}>
          Done
        </Button>
      </DialogActions>
    </Dialog>
  );
}
