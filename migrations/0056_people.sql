-- A person who is disabled: nothing it signed in with counts meanwhile. And when the password last became another one, so that the tokens
-- made before can be told from the rest.
alter table users
    add column disabled_at         timestamptz,
    add column password_changed_at timestamptz;
-- What a person names a session by to end it; its hash stays here.
alter table sessions
    add column id uuid not null default gen_random_uuid(),
    add constraint sessions_id_key unique (id);
