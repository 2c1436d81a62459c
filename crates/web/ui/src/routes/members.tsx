// /drives/:id/members: who is in a drive and as what, and who is invited.
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { drivesQuery } from "../api/drives";
import { membersQuery, removeMember, setRole } from "../api/members";
import { errorMessage } from "../api/http";
import { sessionQuery } from "../api/session";
import type { Drive, Member, Role } from "../api/types";
import { Button } from "../components/Button";
import { ConfirmDialog } from "../components/Dialog";
import { DriveInvitations } from "../components/DriveInvitations";
import { Row, RowsState, Section, ShowMore } from "../components/Section";
import { Select } from "../components/Select";
import { toast } from "../components/Toasts";
import { ROLES } from "../lib/labels";
import { navigate } from "../lib/router";
import css from "./members.module.css";

export default function Members({ driveId }: { driveId: string }) {
  const drive = useQuery(drivesQuery).data?.find(({ id }) => id === driveId);
  useEffect(() => {
    document.title = `Members of ${drive?.name ?? "a drive"} · PageSpace`;
  }, [drive?.name]);
  return (
    <div className={css.page} data-scroll>
      <div className={css.inner}>
        <div className={css.back}>
          <Button variant="ghost" icon="arrowLeft" onPress={() => navigate(`/drives/${driveId}`)}>
            Back to the files
          </Button>
        </div>
        <h1 className={css.title}>{drive?.name ?? " "}</h1>
        <MemberList driveId={driveId} drive={drive} />
        {drive?.role === "owner" && <DriveInvitations driveId={driveId} />}
      </div>
    </div>
  );
}

function MemberList({ driveId, drive }: { driveId: string; drive: Drive | undefined }) {
  const members = useInfiniteQuery(membersQuery(driveId));
  const me = useQuery(sessionQuery).data;
  const client = useQueryClient();
  const [leaving, setLeaving] = useState<Member | null>(null);
  const isOwner = drive?.role === "owner";
  // Everything below it too: the members, the invitations, and what oneself may do.
  const refresh = () => client.invalidateQueries({ queryKey: drivesQuery.queryKey });
  const change = async ({ email }: Member, role: Role) => {
    try {
      await setRole(driveId, email, role);
    } catch (error) {
      toast(errorMessage(error));
    }
    await refresh();
  };
  const end = async ({ userId }: Member) => {
    await removeMember(driveId, userId);
    if (userId === me?.id) navigate("/", { replace: true });
    await refresh();
  };
  return (
    <Section id="members" title="Members" lead="Owners say who is in the drive. It keeps at least one owner.">
      <RowsState query={members} />
      {members.data?.pages
        .flatMap(({ items }) => items)
        .map((member) => (
          <Row
            key={member.userId}
            icon="people"
            name={member.name}
            fine={member.userId === me?.id ? `${member.email} · you` : member.email}
          >
            {isOwner ? (
              <Select
                label={`Role of ${member.name}`}
                value={member.role}
                options={ROLES}
                onChange={(role) => void change(member, role as Role)}
              />
            ) : (
              <span>{ROLES.find(([role]) => role === member.role)?.[1]}</span>
            )}
            {(isOwner || member.userId === me?.id) && (
              <Button
                variant="ghost"
                small
                icon={member.userId === me?.id ? "signOut" : "close"}
                aria-label={member.userId === me?.id ? "Leave the drive" : `Remove ${member.name}`}
                onPress={() => setLeaving(member)}
              />
            )}
          </Row>
        ))}
      <ShowMore query={members} />
      {leaving && (
        <ConfirmDialog
          title={leaving.userId === me?.id ? "Leave this drive?" : `Remove ${leaving.name}?`}
          text="Files they added stay in the drive. To come back takes an invitation of an owner."
          confirmLabel={leaving.userId === me?.id ? "Leave" : "Remove"}
          onConfirm={() => end(leaving)}
          onClose={() => setLeaving(null)}
        />
      )}
    </Section>
  );
}
