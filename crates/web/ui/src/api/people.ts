// The people who may sign in, as administrators see them.
import { requestJson } from "./http";
import { pagesQuery } from "./pages";
import type { User } from "./types";

export const peopleQuery = pagesQuery<User>(["people"], "/users");

export const addPerson = (body: { email: string; name: string; password: string; isAdmin: boolean }) =>
  requestJson<User>("POST", "/users", { body });
export const setDisabled = (id: string, disabled: boolean) =>
  requestJson<User>("PATCH", `/users/${id}`, { body: { disabled } });
export const removePerson = (id: string) => requestJson<void>("DELETE", `/users/${id}`);
export const endCredentials = (id: string) => requestJson<void>("DELETE", `/users/${id}/credentials`);
export const resetPassword = (id: string) => requestJson<{ password: string }>("POST", `/users/${id}/password`);
