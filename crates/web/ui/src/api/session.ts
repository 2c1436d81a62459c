// Who is signed in, and the first admin.
import { queryOptions } from "@tanstack/react-query";
import { ApiError, requestJson } from "./http";
import { pagesQuery } from "./pages";
import type { OpenSession, Session, User } from "./types";

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: async ({ signal }): Promise<User | null> => {
    try {
      return (await requestJson<Session>("GET", "/session", { signal })).user;
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: 60_000,
});

export const setupQuery = queryOptions({
  queryKey: ["setup"],
  queryFn: ({ signal }) => requestJson<{ needed: boolean }>("GET", "/setup", { signal }),
  staleTime: Infinity,
});

export const signIn = (body: { email: string; password: string }) => requestJson<Session>("POST", "/session", { body });
export const signOut = () => requestJson<void>("DELETE", "/session");
export const signOutEverywhere = () => requestJson<void>("DELETE", "/sessions");
/** Every browser that one is signed in with, the newest first. */
export const sessionsQuery = pagesQuery<OpenSession>(["sessions"], "/sessions");
export const endSession = (id: string) => requestJson<void>("DELETE", `/sessions/${id}`);
export const changePassword = (body: { current: string; new: string }) =>
  requestJson<void>("PUT", "/password", { body });
export const setUp = (body: { token: string; email: string; name: string; password: string }) =>
  requestJson<User>("POST", "/setup", { body });
