// The invitations to a drive that wait, for its owners.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { driveInvitationsQuery, invite, withdrawInvitation } from "../api/members";
import type { DriveInvitation, Role } from "../api/types";
import { formatDate } from "../lib/format";
import { ROLES } from "../lib/labels";
import { Button } from "./Button";
import { ConfirmDialog } from "./Dialog";
import { EmptyState } from "./EmptyState";
import { Field } from "./Field";
import { Choice, FormDialog } from "./FormDialog";
import { Row, RowsState, Section } from "./Section";

export function DriveInvitations({ driveId }: { driveId: string }) {
  const query = driveInvitationsQuery(driveId);
  const invitations = useQuery(query);
  const client = useQueryClient();
  const [inviting, setInviting] = useState(false);
  const [withdrawing, setWithdrawing] = useState<DriveInvitation | null>(null);
  const withdraw = async (id: string) => {
    await withdrawInvitation(driveId, id);
    await client.invalidateQueries({ queryKey: query.queryKey });
  };
  return (
    <Section
      id="invitations"
      title="Invitations"
      lead="Whoever signs in with the address finds the invitation beside their drives, and accepts or declines it."
      action={
        <Button variant="primary" icon="plus" onPress={() => setInviting(true)}>
          Invite
        </Button>
      }
    >
      <RowsState query={invitations} />
      {invitations.data?.length === 0 && (
        <EmptyState icon="mail" title="No invitation waits">
          Invite somebody by the address they sign in with.
        </EmptyState>
      )}
      {invitations.data?.map((invitation) => (
        <Row
          key={invitation.id}
          icon="mail"
          name={invitation.email}
          fine={`as ${invitation.role} · until ${formatDate(invitation.expiresAt)}`}
        >
          <Button
            small
            variant="ghost"
            onPress={() => setWithdrawing(invitation)}
            aria-label={`Withdraw the invitation of ${invitation.email}`}
          >
            Withdraw
          </Button>
        </Row>
      ))}
      {inviting && <Invite driveId={driveId} onClose={() => setInviting(false)} />}
      {withdrawing && (
        <ConfirmDialog
          title="Withdraw this invitation?"
          text={`${withdrawing.email} can no longer accept it.`}
          confirmLabel="Withdraw"
          onConfirm={() => withdraw(withdrawing.id)}
          onClose={() => setWithdrawing(null)}
        />
      )}
    </Section>
  );
}

function Invite({ driveId, onClose }: { driveId: string; onClose: () => void }) {
  const client = useQueryClient();
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<string>("editor");
  const send = async () => {
    await invite(driveId, email.trim(), role as Role);
    await client.invalidateQueries({ queryKey: driveInvitationsQuery(driveId).queryKey });
  };
  return (
    <FormDialog
      title="Invite to this drive"
      text="No mail is sent: tell them that it waits beside their drives. It ends by itself after 14 days."
      submitLabel="Invite"
      isDisabled={!email.trim()}
      onSubmit={send}
      onClose={onClose}
    >
      <Field
        label="Email"
        type="email"
        autoComplete="off"
        value={email}
        required
        autoFocus
        onChange={(event) => setEmail(event.target.value)}
      />
      <Choice label="Role" value={role} options={ROLES} onChange={setRole} />
    </FormDialog>
  );
}
