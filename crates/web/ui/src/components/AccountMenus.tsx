// What belongs to the person and not to a page: the theme, the account, signing out.
import { useQueryClient } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { sessionQuery, signOut } from "../api/session";
import type { User } from "../api/types";
import { navigate } from "../lib/router";
import { useStore } from "../lib/store";
import { setTheme, theme, type Theme } from "../lib/theme";
import { Button } from "./Button";
import type { IconName } from "./Icon";
import { Menu, MenuItem, MenuLine } from "./Menu";

const THEMES: [Theme, string, IconName][] = [
  ["system", "System", "monitor"],
  ["light", "Light", "sun"],
  ["dark", "Dark", "moon"],
];

export function ThemeMenu() {
  const selected = useStore(theme);
  const icon = THEMES.find(([name]) => name === selected)?.[2] ?? "monitor";
  return (
    <Menu label="Theme" trigger={<Button variant="ghost" icon={icon} aria-label={`Theme: ${selected}`} />}>
      {THEMES.map(([name, label, image]) => (
        <MenuItem key={name} icon={image} checked={name === selected} onAction={() => setTheme(name)}>
          {label}
        </MenuItem>
      ))}
    </Menu>
  );
}

export function UserMenu({ user, trigger }: { user: User; trigger: ReactElement }) {
  const client = useQueryClient();
  const leave = async () => {
    await signOut();
    // A machine that is shared keeps no names of files.
    void import("../api/uploads/kept").then(({ forgetAll }) => forgetAll());
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
