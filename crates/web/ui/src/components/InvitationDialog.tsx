// An invitation that waits for an answer.
import { useQueryClient } from "@tanstack/react-query";
import { drivesQuery } from "../api/drives";
import { errorMessage } from "../api/http";
import { acceptInvitation, declineInvitation, invitationsQuery } from "../api/members";
import type { Invitation } from "../api/types";
import { formatDate } from "../lib/format";
import { navigate } from "../lib/router";
import { Button } from "./Button";
import { Dialog, DialogActions, DialogText, useDialogAction } from "./Dialog";
import { Notice } from "./Notice";

const MAY = {
  owner: "do everything, and say who its members are",
  editor: "add, change and delete files",
  viewer: "look at files and download them",
};

export function InvitationDialog({ invitation, onClose }: { invitation: Invitation; onClose: () => void }) {
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: invitationsQuery.queryKey });
  const accept = useDialogAction(async () => {
    const drive = await acceptInvitation(invitation.id);
    await Promise.all([refresh(), client.invalidateQueries({ queryKey: drivesQuery.queryKey })]);
    navigate(`/drives/${drive.id}`);
  }, onClose);
  const decline = useDialogAction(async () => {
    await declineInvitation(invitation.id);
    await refresh();
  }, onClose);
  const error = accept.error ?? decline.error;
  return (
    <Dialog title={`Join “${invitation.driveName}”?`} onClose={onClose}>
      <DialogText>
        {invitation.inviterName} ({invitation.inviterEmail}) invites you to this drive. You could {MAY[invitation.role]}
        . Its members would see your name and address. The invitation ends on {formatDate(invitation.expiresAt)}.
      </DialogText>
      {error !== null && <Notice tone="bad">{errorMessage(error)}</Notice>}
      <DialogActions>
        <Button variant="ghost" busy={decline.busy} onPress={() => void decline.run()}>
          Decline
        </Button>
        <Button variant="primary" busy={accept.busy} onPress={() => void accept.run()}>
          Accept
        </Button>
      </DialogActions>
    </Dialog>
  );
}
