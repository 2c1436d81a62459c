// /people: who may sign in, for administrators.
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { addPerson, peopleQuery } from "../api/people";
import { sessionQuery } from "../api/session";
import type { User } from "../api/types";
import { Badge } from "../components/Badge";
import { Button } from "../components/Button";
import { Field } from "../components/Field";
import { Choice, FormDialog } from "../components/FormDialog";
import { Menu, MenuItem, MenuLine } from "../components/Menu";
import { PersonDialog, type PersonAction } from "../components/PersonDialog";
import { Row, RowsState, Section, ShowMore } from "../components/Section";
import { formatAgo } from "../lib/format";
import css from "./people.module.css";

export default function People() {
  const people = useInfiniteQuery(peopleQuery);
  const me = useQuery(sessionQuery).data;
  const [adding, setAdding] = useState(false);
  const [chosen, setChosen] = useState<{ person: User; action: PersonAction } | null>(null);
  useEffect(() => {
    document.title = "People · PageSpace";
  }, []);
  return (
    <div className={css.page} data-scroll>
      <div className={css.inner}>
        <h1 className={css.title}>People</h1>
        <Section
          id="people"
          title="Accounts"
          lead="Everybody who may sign in here. Who has left is disabled, or removed with a new owner for their drives."
          action={
            <Button variant="primary" icon="plus" onPress={() => setAdding(true)}>
              Add person
            </Button>
          }
        >
          <RowsState query={people} />
          {people.data?.pages
            .flatMap(({ items }) => items)
            .map((person) => (
              <Row
                key={person.id}
                icon="people"
                name={person.name}
                fine={details(person, person.id === me?.id)}
                badge={person.disabledAt && <Badge tone="warn">Disabled</Badge>}
              >
                {person.id !== me?.id && (
                  <PersonMenu person={person} onAction={(action) => setChosen({ person, action })} />
                )}
              </Row>
            ))}
          <ShowMore query={people} />
        </Section>
      </div>
      {adding && <NewPerson onClose={() => setAdding(false)} />}
      {chosen && <PersonDialog {...chosen} onClose={() => setChosen(null)} />}
    </div>
  );
}

function details({ email, isAdmin, createdAt, disabledAt }: User, isMe: boolean): string {
  const since = disabledAt ? `disabled ${formatAgo(disabledAt)}` : `added ${formatAgo(createdAt)}`;
  return [email, isAdmin && "administrator", isMe && "you", since].filter(Boolean).join(" · ");
}

function PersonMenu({ person, onAction }: { person: User; onAction: (action: PersonAction) => void }) {
  return (
    <Menu
      label={person.name}
      trigger={<Button variant="ghost" small icon="dots" aria-label={`What to do with ${person.name}`} />}
    >
      <MenuItem icon="key" onAction={() => onAction("password")}>
        New password
      </MenuItem>
      <MenuItem icon="signOut" onAction={() => onAction("credentials")}>
        End sessions and tokens
      </MenuItem>
      <MenuLine />
      {person.disabledAt ? (
        <MenuItem icon="undo" onAction={() => onAction("enable")}>
          Enable
        </MenuItem>
      ) : (
        <MenuItem icon="stop" onAction={() => onAction("disable")}>
          Disable
        </MenuItem>
      )}
      <MenuItem icon="trash" danger onAction={() => onAction("remove")}>
        Remove
      </MenuItem>
    </Menu>
  );
}

const KINDS = [
  ["", "Their own drives, and those they are invited to"],
  ["admin", "Administrator: also the server and its people"],
] as const;

function NewPerson({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [kind, setKind] = useState("");
  const add = async () => {
    await addPerson({ name: name.trim(), email: email.trim(), password, isAdmin: kind === "admin" });
    await client.invalidateQueries({ queryKey: peopleQuery.queryKey });
  };
  return (
    <FormDialog
      title="Add person"
      text="Tell them the address and the password; they can change it in their settings."
      submitLabel="Add person"
      isDisabled={!name.trim() || !email.trim() || password.length < 10}
      onSubmit={add}
      onClose={onClose}
    >
      <Field label="Name" value={name} required autoFocus onChange={(event) => setName(event.target.value)} />
      <Field
        label="Email"
        type="email"
        autoComplete="off"
        value={email}
        required
        onChange={(event) => setEmail(event.target.value)}
      />
      <Field
        label="Password"
        type="password"
        autoComplete="new-password"
        hint="At least 10 characters."
        value={password}
        required
        onChange={(event) => setPassword(event.target.value)}
      />
      <Choice label="May use" value={kind} options={KINDS} onChange={setKind} />
    </FormDialog>
  );
}
