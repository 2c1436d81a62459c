// A sentence that matters, in the colour of how much.
import type { ReactNode } from "react";
import type { Tone } from "../lib/labels";
import { Icon, type IconName } from "./Icon";
import css from "./Notice.module.css";

const ICONS: Record<Tone, IconName> = { bad: "alert", warn: "alert", good: "check", neutral: "info", active: "info" };

export function Notice({ tone, children, action }: { tone: Tone; children: ReactNode; action?: ReactNode }) {
  return (
    <div className={`${css.notice} ${css[tone]}`} role={tone === "bad" ? "alert" : undefined}>
      <Icon name={ICONS[tone]} />
      <div className={css.body}>{children}</div>
      {action}
    </div>
  );
}
