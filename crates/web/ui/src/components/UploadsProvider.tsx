// Takes files to upload from anywhere in the interface, and shows the tray. All that sends them is loaded when the page
// has nothing else to do, or with the first file.
import {
  createContext,
  lazy,
  Suspense,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useState,
  type ReactNode,
} from "react";
import type { Picked } from "../lib/handles";
import { createStore, useStore, type Store } from "../lib/store";

/** Files for a drive that the tray has not taken yet. */
export interface Given {
  driveId: string;
  files: Picked[];
}

const UploadTray = lazy(() => import("./UploadTray"));
/** What was left from before is looked for when the page has been shown. */
const QUIET_MS = 1_500;

const InboxContext = createContext<Store<Given[]> | null>(null);

export function useInbox(): Store<Given[]> {
  const inbox = useContext(InboxContext);
  if (!inbox) throw new Error("useInbox needs an UploadsProvider");
  return inbox;
}

/** Sends files to a drive. */
export function useUpload(): (driveId: string, files: Picked[]) => void {
  const inbox = useInbox();
  return useCallback(
    (driveId, files) => {
      if (files.length) inbox.set((all) => [...all, { driveId, files }]);
    },
    [inbox],
  );
}

export function UploadsProvider({ userId, children }: { userId: string; children: ReactNode }) {
  const inbox = useMemo(() => createStore<Given[]>([]), []);
  return (
    <InboxContext value={inbox}>
      {children}
      <Tray inbox={inbox} userId={userId} />
    </InboxContext>
  );
}

function Tray({ inbox, userId }: { inbox: Store<Given[]>; userId: string }) {
  const isGiven = useStore(inbox).length > 0;
  const [isOn, setOn] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setOn(true), QUIET_MS);
    return () => clearTimeout(timer);
  }, []);
  useEffect(() => {
    if (isGiven) setOn(true);
  }, [isGiven]);
  return (
    isOn && (
      <Suspense fallback={null}>
        <UploadTray userId={userId} />
      </Suspense>
    )
  );
}
