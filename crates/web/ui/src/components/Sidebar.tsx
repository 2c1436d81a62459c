// The column beside every page: the pages, the drives, the account. On a phone it is a row of the pages at the bottom.
import { Button as AriaButton } from "react-aria-components/Button";
import type { Drive, Invitation, User } from "../api/types";
import { Link, useLocation } from "../lib/router";
import { ThemeMenu, UserMenu } from "./AccountMenus";
import { Button } from "./Button";
import { ConnectionStatus } from "./ConnectionStatus";
import { Icon, Logo, type IconName } from "./Icon";
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

export function Sidebar({ user, drives, drive, invitations, onInvitation, onNewDrive, onSearch }: Props) {
  const { path } = useLocation();
  const library = drive ? `/drives/${drive.id}` : "/";
  const isInLibrary = path === "/" || path.startsWith("/drives/") || path.startsWith("/files/");
  return (
    <nav className={css.sidebar} aria-label="Main">
      <Link href="/" className={css.brand}>
        <Logo size={22} /> PageSpace
      </Link>
      <AriaButton className={`${css.link} ${css.search}`} aria-keyshortcuts="/ Control+K" onPress={onSearch}>
        <Icon name="search" />
        Search
        <kbd aria-hidden="true">/</kbd>
      </AriaButton>
      <div className={css.nav}>
        <SidebarLink href={library} icon="library" isCurrent={isInLibrary}>
          Library
        </SidebarLink>
        <SidebarLink href="/jobs" icon="jobs" isCurrent={path === "/jobs"}>
          Jobs
        </SidebarLink>
        {user.isAdmin && (
          <SidebarLink href="/system" icon="system" isCurrent={path === "/system" || path === "/audit"}>
            System
          </SidebarLink>
        )}
        {user.isAdmin && (
          <SidebarLink href="/people" icon="people" isCurrent={path === "/people"}>
            People
          </SidebarLink>
        )}
        <SidebarLink href="/settings" icon="settings" isCurrent={path === "/settings"}>
          Settings
        </SidebarLink>
      </div>
      <div className={css.group}>
        <span id="drives-title">Drives</span>
        <Button variant="ghost" small icon="plus" aria-label="New drive" onPress={onNewDrive} />
      </div>
      <ul className={css.drives} aria-labelledby="drives-title">
        {drives.map(({ id, name, fileCount }) => (
          <li key={id}>
            <Link
              href={`/drives/${id}`}
              className={css.link}
              aria-current={isInLibrary && id === drive?.id ? "true" : undefined}
            >
              <Icon name="drive" />
              <span className="truncate">{name}</span>
              <span className={`${css.count} num`}>{fileCount || ""}</span>
            </Link>
          </li>
        ))}
        {invitations.map((invitation) => (
          <li key={invitation.id}>
            <AriaButton className={`${css.link} ${css.invitation}`} onPress={() => onInvitation(invitation)}>
              <Icon name="mail" />
              <span className="truncate">{invitation.driveName}</span>
              <span className={css.count}>Invited</span>
            </AriaButton>
          </li>
        ))}
      </ul>
      <div className={css.push}>
        <ConnectionStatus />
      </div>
      <div className={css.foot}>
        <UserMenu
          user={user}
          trigger={
            <AriaButton className={css.user ?? ""}>
              <span className={css.avatar} aria-hidden="true">
                {initials(user.name)}
              </span>
              <span className="truncate">{user.name}</span>
            </AriaButton>
          }
        />
        <ThemeMenu />
      </div>
    </nav>
  );
}

interface SidebarLinkProps {
  href: string;
  icon: IconName;
  isCurrent: boolean;
  children: string;
}

function SidebarLink({ href, icon, isCurrent, children }: SidebarLinkProps) {
  return (
    <Link href={href} className={css.link} aria-current={isCurrent ? "page" : undefined}>
      <Icon name={icon} />
      {children}
    </Link>
  );
}

const initials = (name: string) =>
  name
    .split(/\s+/)
    .filter(Boolean)
    .slice(0, 2)
    .map((word) => word[0]?.toUpperCase())
    .join("") || "?";
