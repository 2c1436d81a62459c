// Buttons: four looks, two sizes, with or without words.
import type { ReactNode } from "react";
import { Button as AriaButton, type ButtonProps } from "react-aria-components/Button";
import { Icon, type IconName } from "./Icon";
import css from "./Button.module.css";

type Look = "primary" | "secondary" | "ghost" | "danger";

interface Props extends Omit<ButtonProps, "children" | "className" | "style"> {
  look?: Look;
  small?: boolean;
  icon?: IconName;
  busy?: boolean;
  children?: ReactNode;
}

export function buttonClass(look: Look, small = false, square = false): string {
  return [css.button, css[look], small && css.small, square && css.square].filter(Boolean).join(" ");
}

/** Without children it is square and needs an `aria-label`. */
export function Button({ look = "secondary", small, icon, busy, children, isDisabled, ...rest }: Props) {
  return (
    <AriaButton
      {...rest}
      isDisabled={isDisabled || busy || false}
      className={buttonClass(look, small, children === undefined)}
    >
      {busy ? <span className={css.spin} aria-hidden="true" /> : icon && <Icon name={icon} />}
      {children}
    </AriaButton>
  );
}
