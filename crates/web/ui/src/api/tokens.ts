// API tokens: made, shown once, revoked.
import { queryOptions } from "@tanstack/react-query";
import { call } from "./http";
import type { ApiToken, Page } from "./types";

export const tokensQuery = queryOptions({
  queryKey: ["tokens"],
  queryFn: async ({ signal }) => items(await call<ApiToken[] | Page<ApiToken>>("GET", "/tokens", { signal })),
});

export const createToken = (body: { name: string; scopes: string[]; expiresAt?: string }) =>
  call<ApiToken & { secret: string }>("POST", "/tokens", { body });
export const revokeToken = (id: string) => call<void>("DELETE", `/tokens/${id}`);

const items = <T>(answer: T[] | Page<T>): T[] => (Array.isArray(answer) ? answer : answer.items);
