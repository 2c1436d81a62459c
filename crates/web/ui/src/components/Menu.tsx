// A button that opens a menu.
import type { ReactElement, ReactNode } from "react";
import { Menu as AriaMenu, MenuItem as AriaMenuItem, MenuTrigger } from "react-aria-components/Menu";
import { Popover } from "react-aria-components/Popover";
import { Separator } from "react-aria-components/Separator";
import { Icon, type IconName } from "./Icon";
import css from "./Menu.module.css";

interface Props {
  label: string;
  trigger: ReactElement;
  children: ReactNode;
  placement?: "bottom start" | "bottom end" | "top start" | "top end";
}

export function Menu({ label, trigger, children, placement = "bottom end" }: Props) {
  return (
    <MenuTrigger>
      {trigger}
      <Popover placement={placement} className={css.popover ?? ""}>
        <AriaMenu aria-label={label} className={css.menu ?? ""}>
          {children}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}

interface ItemProps {
  icon?: IconName;
  children: string;
  note?: string;
  danger?: boolean;
  checked?: boolean;
  onAction: () => void;
}

export function MenuItem({ icon, children, note, danger, checked, onAction }: ItemProps) {
  return (
    <AriaMenuItem textValue={children} onAction={onAction} className={`${css.item} ${danger ? css.danger : ""}`}>
      {icon && <Icon name={icon} />}
      <span className={css.grow}>{children}</span>
      {note && <span className={css.note}>{note}</span>}
      {checked && (
        <>
          <Icon name="check" />
          <span className="visually-hidden">(current)</span>
        </>
      )}
    </AriaMenuItem>
  );
}

export const MenuLine = () => <Separator className={css.line ?? ""} />;
