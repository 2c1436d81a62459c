// API tokens: made, shown once, revoked.
import { queryOptions } from "@tanstack/react-query";
import { call } from "./http";
import type { ApiToken, CreatedToken, Scope } from "./types";

export const tokensQuery = queryOptions({
  queryKey: ["tokens"],
  queryFn: ({ signal }) => call<ApiToken[]>("GET", "/tokens", { signal }),
});

export const createToken = (body: { name: string; scopes: Scope[]; expiresAt?: string }) =>
  call<CreatedToken>("POST", "/tokens", { body });
export const revokeToken = (id: string) => call<void>("DELETE", `/tokens/${id}`);
