// The frame of every page after sign-in: rail, top bar on a phone, uploads, drops, the live connection.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useState, type ReactElement, type ReactNode } from "react";
import { Button as AriaButton } from "react-aria-components/Button";
import { RouterProvider } from "react-aria-components";
import { drivesQuery } from "../api/drives";
import { sessionQuery, signOut } from "../api/session";
import type { User } from "../api/types";
import { lastDrive } from "../lib/lastDrive";
import { Link, match, navigate, useLocation } from "../lib/router";
import { useStore } from "../lib/store";
import { setTheme, theme, type Theme } from "../lib/theme";
import { Button } from "./Button";
import { DropAnywhere } from "./DropAnywhere";
import { Icon, Logo, type IconName } from "./Icon";
import { LiveProvider, useConnection, usePollingFallback, useRoom } from "./LiveProvider";
import { Menu, MenuItem, MenuLine } from "./Menu";
import { NewDrive } from "./NewDrive";
import { useUploads, UploadsProvider } from "./UploadsProvider";
import css from "./Shell.module.css";

// Nobody needs it before the first upload of a visit.
const UploadTray = lazy(() => import("./UploadTray"));

export default function Shell({ user, children }: { user: User; children: ReactNode }) {
  return (
    <LiveProvider>
      <RouterProvider navigate={(to) => navigate(to)}>
        <UploadsProvider>
          <Frame user={user}>{children}</Frame>
        </UploadsProvider>
      </RouterProvider>
    </LiveProvider>
  );
}

/** The drive the page is about: the one in the address, else the one looked at last. */
function useCurrentDrive() {
  const { path } = useLocation();
  const drives = useQuery(drivesQuery).data ?? [];
  const id = match("/drives/:id", path)?.["id"] ?? lastDrive();
  return { drives, drive: drives.find((drive) => drive.id === id) ?? drives[0] ?? null };
}

function Frame({ user, children }: { user: User; children: ReactNode }) {
  const { path } = useLocation();
  const { drives, drive } = useCurrentDrive();
  const [creating, setCreating] = useState(false);
  usePollingFallback();
  useRoom(drive ? `drive:${drive.id}` : null);
  const library = drive ? `/drives/${drive.id}` : "/";
  const atLibrary = path === "/" || path.startsWith("/drives/") || path.startsWith("/files/");

  return (
    <div className={css.shell}>
      <a className="skip-link" href="#main">
        Skip to the content
      </a>
      <header className={css.topbar}>
        <Link href="/" className={css.brand} aria-label="PageSpace, home">
          <Logo size={24} />
        </Link>
        <Menu
          label="Drives"
          placement="bottom start"
          trigger={
            <AriaButton className={css.picker ?? ""} aria-label={`Drive: ${drive?.name ?? "none"}`}>
              <span className="truncate">{drive?.name ?? "PageSpace"}</span>
              <Icon name="chevronDown" />
            </AriaButton>
          }
        >
          {drives.map((one) => (
            <MenuItem
              key={one.id}
              icon="drive"
              checked={one.id === drive?.id}
              onAction={() => navigate(`/drives/${one.id}`)}
            >
              {one.name}
            </MenuItem>
          ))}
          <MenuLine />
          <MenuItem icon="plus" onAction={() => setCreating(true)}>
            New drive
          </MenuItem>
        </Menu>
        <ConnectionState />
        <ThemeMenu />
        <UserMenu user={user} trigger={<Button variant="ghost" icon="dots" aria-label={`Account: ${user.name}`} />} />
      </header>
      <nav className={css.rail} aria-label="Main">
        <Link href="/" className={css.brand}>
          <Logo size={22} /> PageSpace
        </Link>
        <div className={css.nav}>
          <RailLink href={library} icon="library" current={atLibrary}>
            Library
          </RailLink>
          <RailLink href="/jobs" icon="jobs" current={path === "/jobs"}>
            Jobs
          </RailLink>
          <RailLink href="/settings" icon="settings" current={path === "/settings"}>
            Settings
          </RailLink>
        </div>
        <div className={css.group}>
          <span id="drives-title">Drives</span>
          <Button variant="ghost" small icon="plus" aria-label="New drive" onPress={() => setCreating(true)} />
        </div>
        <ul className={css.drives} aria-labelledby="drives-title">
          {drives.map((one) => (
            <li key={one.id}>
              <Link
                href={`/drives/${one.id}`}
                className={css.link}
                aria-current={atLibrary && one.id === drive?.id ? "true" : undefined}
              >
                <Icon name="drive" />
                <span className="truncate">{one.name}</span>
                <span className={`${css.count} num`}>{one.fileCount || ""}</span>
              </Link>
            </li>
          ))}
        </ul>
        <div className={css.push}>
          <ConnectionState />
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
      <main id="main" className={css.main} tabIndex={-1}>
        {children}
      </main>
      <Tray />
      {drive && <DropAnywhere driveId={drive.id} driveName={drive.name} />}
      {creating && <NewDrive onClose={() => setCreating(false)} />}
    </div>
  );
}

function Tray() {
  const isUsed = useStore(useUploads().list).length > 0;
  return (
    isUsed && (
      <Suspense fallback={null}>
        <UploadTray />
      </Suspense>
    )
  );
}

function RailLink({
  href,
  icon,
  current,
  children,
}: {
  href: string;
  icon: IconName;
  current: boolean;
  children: string;
}) {
  return (
    <Link href={href} className={css.link} aria-current={current ? "page" : undefined}>
      <Icon name={icon} />
      {children}
    </Link>
  );
}

const CONNECTION = { connecting: "Connecting…", open: "Live", reconnecting: "Reconnecting…" } as const;

function ConnectionState() {
  const state = useConnection();
  return (
    <div
      className={css.status}
      role="status"
      data-connection={state}
      title={state === "open" ? "Changes appear as they happen" : "Changes appear a little later"}
    >
      <span className={css.dot} data-state={state} aria-hidden="true" />
      <span>{CONNECTION[state]}</span>
    </div>
  );
}

const THEMES: [Theme, string, IconName][] = [
  ["system", "System", "monitor"],
  ["light", "Light", "sun"],
  ["dark", "Dark", "moon"],
];

function ThemeMenu() {
  const chosen = useStore(theme);
  const icon = THEMES.find(([name]) => name === chosen)?.[2] ?? "monitor";
  return (
    <Menu label="Theme" trigger={<Button variant="ghost" icon={icon} aria-label={`Theme: ${chosen}`} />}>
      {THEMES.map(([name, label, image]) => (
        <MenuItem key={name} icon={image} checked={name === chosen} onAction={() => setTheme(name)}>
          {label}
        </MenuItem>
      ))}
    </Menu>
  );
}

function UserMenu({ user, trigger }: { user: User; trigger: ReactElement }) {
  const client = useQueryClient();
  const leave = async () => {
    await signOut();
    client.setQueryData(sessionQuery.queryKey, null);
    client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== "session" });
    navigate("/signin");
  };
  return (
    <Menu label={user.email} trigger={trigger} placement="top start">
      <MenuItem icon="settings" note={user.email} onAction={() => navigate("/settings")}>
        Settings
      </MenuItem>
      <MenuLine />
      <MenuItem icon="signOut" onAction={() => void leave()}>
        Sign out
      </MenuItem>
    </Menu>
  );
}

const initials = (name: string) =>
  name
    .split(/\s+/)
    .filter(Boolean)
    .slice(0, 2)
    .map((word) => word[0]?.toUpperCase())
    .join("") || "?";
