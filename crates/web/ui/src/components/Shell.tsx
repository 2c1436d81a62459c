// The frame of every page after sign-in: sidebar, top bar on a phone, uploads, drops, the live connection.
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useCallback, useState, type ReactNode } from "react";
import { RouterProvider } from "react-aria-components";
import { drivesQuery } from "../api/drives";
import { invitationsQuery } from "../api/members";
import type { Invitation, User } from "../api/types";
import { lastDrive } from "../lib/lastDrive";
import { match, navigate, useLocation } from "../lib/router";
import { DropAnywhere } from "./DropAnywhere";
import { InvitationDialog } from "./InvitationDialog";
import { LiveProvider, usePollingFallback, useRoom } from "./LiveProvider";
import { NewDrive } from "./NewDrive";
import { Sidebar } from "./Sidebar";
import { TopBar } from "./TopBar";
import { UploadsProvider } from "./UploadsProvider";
import { useSearchKeys } from "./useSearchKeys";
import css from "./Shell.module.css";

// Nobody needs it before the first search of a visit.
const SearchDialog = lazy(() => import("./SearchDialog"));

export default function Shell({ user, children }: { user: User; children: ReactNode }) {
  return (
    <LiveProvider>
      <RouterProvider navigate={(to) => navigate(to)}>
        <UploadsProvider userId={user.id}>
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
  const params = match("/drives/:id", path) ?? match("/drives/:id/members", path);
  const id = params?.["id"] ?? lastDrive();
  return { drives, drive: drives.find((drive) => drive.id === id) ?? drives[0] ?? null };
}

function Frame({ user, children }: { user: User; children: ReactNode }) {
  const { drives, drive } = useCurrentDrive();
  const invitations = useQuery(invitationsQuery).data ?? [];
  const [creating, setCreating] = useState(false);
  const [searching, setSearching] = useState(false);
  const [answering, setAnswering] = useState<Invitation | null>(null);
  const onSearch = useCallback(() => setSearching(true), []);
  useSearchKeys(onSearch);
  usePollingFallback();
  useRoom(drive ? `drive:${drive.id}` : null);
  const shared = {
    user,
    drives,
    drive,
    invitations,
    onInvitation: setAnswering,
    onNewDrive: () => setCreating(true),
    onSearch,
  };

  return (
    <div className={css.shell}>
      <a className="skip-link" href="#main">
        Skip to the content
      </a>
      <TopBar {...shared} />
      <Sidebar {...shared} />
      <main id="main" className={css.main} tabIndex={-1}>
        {children}
      </main>
      {drive && <DropAnywhere driveId={drive.id} driveName={drive.name} />}
      {searching && (
        <Suspense fallback={null}>
          <SearchDialog drives={drives} onClose={() => setSearching(false)} />
        </Suspense>
      )}
      {creating && <NewDrive onClose={() => setCreating(false)} />}
      {answering && <InvitationDialog invitation={answering} onClose={() => setAnswering(null)} />}
    </div>
  );
}
