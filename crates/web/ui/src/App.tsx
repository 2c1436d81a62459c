// Which page the address means, and who may see it.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, type ReactNode } from "react";
import { onSignedOut } from "./api/http";
import { sessionQuery, setupQuery } from "./api/session";
import type { User } from "./api/types";
import { LoadError } from "./components/EmptyState";
import { Splash } from "./components/Splash";
import { Toasts } from "./components/Toasts";
import { match, navigate, useLocation } from "./lib/router";

const Setup = lazy(() => import("./routes/setup"));
const SignIn = lazy(() => import("./routes/signin"));
const Shell = lazy(() => import("./components/Shell"));
const Home = lazy(() => import("./routes/home"));
const Library = lazy(() => import("./routes/library"));
const Audit = lazy(() => import("./routes/audit"));
const FilePage = lazy(() => import("./routes/file"));
const Jobs = lazy(() => import("./routes/jobs"));
const Members = lazy(() => import("./routes/members"));
const People = lazy(() => import("./routes/people"));
const Settings = lazy(() => import("./routes/settings"));
const System = lazy(() => import("./routes/system"));
const NotFound = lazy(() => import("./routes/notfound"));

export function App() {
  return (
    <>
      <Suspense fallback={<Splash />}>
        <AuthGuard />
      </Suspense>
      <Toasts />
    </>
  );
}

function AuthGuard() {
  const { path, search } = useLocation();
  const client = useQueryClient();
  const session = useQuery(sessionQuery);
  const setup = useQuery({ ...setupQuery, enabled: session.data === null });
  useEffect(() => onSignedOut(() => client.setQueryData(sessionQuery.queryKey, null)), [client]);

  if (session.isError) return <LoadError error={session.error} retry={() => void session.refetch()} />;
  if (session.isPending) return <Splash />;
  const user = session.data;
  if (path === "/setup") return user ? <Redirect to="/" /> : <Setup />;
  if (path === "/signin") return user ? <Redirect to={next(search)} /> : <SignIn />;
  if (!user) {
    if (setup.isPending && !setup.isError) return <Splash />;
    if (setup.data?.needed) return <Redirect to="/setup" />;
    return <Redirect to={`/signin?next=${encodeURIComponent(location.pathname + location.search)}`} />;
  }
  return (
    <Shell user={user}>
      <Suspense fallback={null}>{page(path, user)}</Suspense>
    </Shell>
  );
}

function page(path: string, user: User): ReactNode {
  if (path === "/") return <Home />;
  if (path === "/audit") return <Audit />;
  if (path === "/jobs") return <Jobs />;
  if (path === "/people" && user.isAdmin) return <People />;
  if (path === "/settings") return <Settings />;
  if (path === "/system") return <System />;
  const drive = match("/drives/:id", path);
  if (drive) return <Library key={drive["id"]} driveId={drive["id"] ?? ""} />;
  const members = match("/drives/:id/members", path);
  if (members) return <Members key={members["id"]} driveId={members["id"] ?? ""} />;
  const file = match("/files/:id", path);
  if (file) return <FilePage key={file["id"]} fileId={file["id"] ?? ""} />;
  return <NotFound />;
}

// Only ever a path of ours: `//elsewhere` would leave the site.
function next(search: URLSearchParams): string {
  const to = search.get("next") ?? "/";
  return /^\/(?!\/)/.test(to) && !to.startsWith("/signin") ? to : "/";
}

function Redirect({ to }: { to: string }) {
  useEffect(() => navigate(to, { replace: true }), [to]);
  return <Splash />;
}
