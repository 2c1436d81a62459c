// API tokens: made, shown once, revoked.
import { queryOptions } from "@tanstack/react-query";
import { requestJson } from "./http";
import { requestAll } from "./pages";
import type { ApiToken, CreatedToken, Scope } from "./types";

export const tokensQuery = queryOptions({
  queryKey: ["tokens"],
  queryFn: ({ signal }) => requestAll<ApiToken>("/tokens", signal),
});

export const createToken = (body: { name: string; scopes: Scope[]; expiresAt?: string }) =>
  requestJson<CreatedToken>("POST", "/tokens", { body });
export const revokeToken = (id: string) => requestJson<void>("DELETE", `/tokens/${id}`);
/** Those made before the password last changed. */
export const revokeOldTokens = () => requestJson<void>("DELETE", "/tokens?predatesPassword=true");
