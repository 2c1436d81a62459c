// What stands where there is nothing: why, and what to do.
import type { ReactNode } from "react";
import { errorMessage } from "../api/http";
import { Button } from "./Button";
import { Icon, type IconName } from "./Icon";
import css from "./EmptyState.module.css";

interface Props {
  icon: IconName;
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
}

export function EmptyState({ icon, title, children, actions }: Props) {
  return (
    <div className={css.state}>
      <div className={css.art}>
        <Icon name={icon} size={28} />
      </div>
      <h2 className={css.title}>{title}</h2>
      {children && <p className={css.text}>{children}</p>}
      {actions && <div className={css.actions}>{actions}</div>}
    </div>
  );
}

/** The same for something that could not be loaded. */
export function LoadError({ error, retry }: { error: unknown; retry?: () => void }) {
  return (
    <div role="alert">
      <EmptyState
        icon="alert"
        title="This could not be loaded"
        actions={
          retry && (
            <Button icon="retry" onPress={retry}>
              Try again
            </Button>
          )
        }
      >
        {errorMessage(error)}
      </EmptyState>
    </div>
  );
}
