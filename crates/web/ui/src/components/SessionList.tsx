// Where one is signed in, and how to end that.
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { endSession, sessionsQuery } from "../api/session";
import type { OpenSession } from "../api/types";
import { browserName } from "../lib/browser";
import { formatAgo } from "../lib/format";
import { Badge } from "./Badge";
import { Button } from "./Button";
import { ConfirmDialog } from "./Dialog";
import { Row, RowsState, Section, ShowMore } from "./Section";

export function SessionList({ onLeave }: { onLeave: () => void }) {
  const sessions = useInfiniteQuery(sessionsQuery);
  const client = useQueryClient();
  const [ending, setEnding] = useState<OpenSession | null>(null);
  const end = async (id: string) => {
    await endSession(id);
    await client.invalidateQueries({ queryKey: sessionsQuery.queryKey });
  };
  return (
    <Section
      id="sessions"
      title="Sessions"
      lead="The browsers that are signed in with your account."
      action={
        <Button icon="signOut" onPress={onLeave}>
          Sign out everywhere
        </Button>
      }
    >
      <RowsState query={sessions} />
      {sessions.data?.pages
        .flatMap(({ items }) => items)
        .map((session) => (
          <Row
            key={session.id}
            icon="monitor"
            name={browserName(session.userAgent)}
            fine={`signed in ${formatAgo(session.createdAt)} · last seen ${formatAgo(session.lastSeenAt)}`}
            badge={session.isCurrent && <Badge tone="good">This browser</Badge>}
          >
            {!session.isCurrent && (
              <Button small variant="ghost" onPress={() => setEnding(session)}>
                End
              </Button>
            )}
          </Row>
        ))}
      <ShowMore query={sessions} />
      {ending && (
        <ConfirmDialog
          title="End this session?"
          text={`${browserName(ending.userAgent)} has to sign in again.`}
          confirmLabel="End session"
          onConfirm={() => end(ending.id)}
          onClose={() => setEnding(null)}
        />
      )}
    </Section>
  );
}
