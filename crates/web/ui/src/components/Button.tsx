// Buttons: four variants, two sizes, with or without a label.
import type { ReactNode } from "react";
import { Button as AriaButton, type ButtonProps } from "react-aria-components/Button";
import { Icon, type IconName } from "./Icon";
import css from "./Button.module.css";

type Variant = "primary" | "secondary" | "ghost" | "danger";

interface Props extends Omit<ButtonProps, "children" | "className" | "style"> {
  variant?: Variant;
  small?: boolean;
  icon?: IconName;
  busy?: boolean;
  children?: ReactNode;
}

export function buttonClass(variant: Variant, small = false, square = false): string {
  return [css.button, css[variant], small && css.small, square && css.square].filter(Boolean).join(" ");
}

/** Without children it is square and needs an `aria-label`. */
export function Button({ variant = "secondary", small, icon, busy, children, isDisabled, ...rest }: Props) {
  return (
    <AriaButton
      {...rest}
      isDisabled={isDisabled || busy || false}
      className={buttonClass(variant, small, children === undefined)}
    >
      {busy ? <span className={css.spin} aria-hidden="true" /> : icon && <Icon name={icon} />}
      {children}
    </AriaButton>
  );
}
