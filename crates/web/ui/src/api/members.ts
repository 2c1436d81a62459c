// Who is in a drive, who is invited to it, and the invitations that wait for oneself.
import { queryOptions } from "@tanstack/react-query";
import { requestJson } from "./http";
import { pagesQuery, requestAll } from "./pages";
import type { Drive, DriveInvitation, Invitation, Member, Role } from "./types";

export const membersQuery = (driveId: string) =>
  pagesQuery<Member>(["drives", driveId, "members"], `/drives/${driveId}/members`);

export const driveInvitationsQuery = (driveId: string) =>
  queryOptions({
    queryKey: ["drives", driveId, "invitations"],
    queryFn: ({ signal }) => requestJson<DriveInvitation[]>("GET", `/drives/${driveId}/invitations`, { signal }),
  });

/** No event tells of a new one, so they are asked for now and then. */
export const invitationsQuery = queryOptions({
  queryKey: ["invitations"],
  queryFn: ({ signal }) => requestAll<Invitation>("/invitations", signal),
  staleTime: 30_000,
  refetchInterval: 60_000,
});

export const setRole = (driveId: string, email: string, role: Role) =>
  requestJson<Member[]>("PUT", `/drives/${driveId}/members`, { body: { email, role } });
export const removeMember = (driveId: string, userId: string) =>
  requestJson<void>("DELETE", `/drives/${driveId}/members/${userId}`);
export const invite = (driveId: string, email: string, role: Role) =>
  requestJson<DriveInvitation>("POST", `/drives/${driveId}/invitations`, { body: { email, role } });
export const withdrawInvitation = (driveId: string, id: string) =>
  requestJson<void>("DELETE", `/drives/${driveId}/invitations/${id}`);
export const acceptInvitation = (id: string) => requestJson<Drive>("POST", `/invitations/${id}/accept`);
export const declineInvitation = (id: string) => requestJson<void>("DELETE", `/invitations/${id}`);
