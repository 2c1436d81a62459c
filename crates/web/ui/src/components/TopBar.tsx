// The bar that stands in for the sidebar on a phone.
import { Button as AriaButton } from "react-aria-components/Button";
import type { Drive, Invitation, User } from "../api/types";
import { plural } from "../lib/format";
import { Link, navigate } from "../lib/router";
import { ThemeMenu, UserMenu } from "./AccountMenus";
import { Button } from "./Button";
import { ConnectionStatus } from "./ConnectionStatus";
import { Icon, Logo } from "./Icon";
import { Menu, MenuItem, MenuLine } from "./Menu";
import css from "./Shell.module.css";

interface Props {
  user: User;
  drives: Drive[];
  drive: Drive | null;
  /** Those that wait for an answer. */
  invitations: Invitation[];
  onInvitation: (invitation: Invitation) => void;
  onNewDrive: () => void;
  onSearch: () => void;
}

export function TopBar({ user, drives, drive, invitations, onInvitation, onNewDrive, onSearch }: Props) {
  return (
    <header className={css.topbar}>
      <Link href="/" className={css.brand} aria-label="PageSpace, home">
        <Logo size={24} />
      </Link>
      <Menu
        label="Drives"
        placement="bottom start"
        trigger={
          <AriaButton className={css.picker ?? ""} aria-label={pickerLabel(drive, invitations.length)}>
            <span className="truncate">{drive?.name ?? "PageSpace"}</span>
            {invitations.length > 0 && <Icon name="mail" />}
            <Icon name="chevronDown" />
          </AriaButton>
        }
      >
        {drives.map(({ id, name }) => (
          <MenuItem key={id} icon="drive" checked={id === drive?.id} onAction={() => navigate(`/drives/${id}`)}>
            {name}
          </MenuItem>
        ))}
        {invitations.map((invitation) => (
          <MenuItem key={invitation.id} icon="mail" note="Invited" onAction={() => onInvitation(invitation)}>
            {invitation.driveName}
          </MenuItem>
        ))}
        <MenuLine />
        <MenuItem icon="plus" onAction={onNewDrive}>
          New drive
        </MenuItem>
      </Menu>
      <Button variant="ghost" icon="search" aria-label="Search" onPress={onSearch} />
      <ConnectionStatus />
      <ThemeMenu />
      <UserMenu user={user} trigger={<Button variant="ghost" icon="dots" aria-label={`Account: ${user.name}`} />} />
    </header>
  );
}

const pickerLabel = (drive: Drive | null, invitations: number) =>
  `Drive: ${drive?.name ?? "none"}${invitations ? `, ${plural(invitations, "invitation")}` : ""}`;
