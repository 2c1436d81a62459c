-- Memberships that wait for the person's consent. By address and not by person, so that whoever invites learns nothing of who has an
-- account, and whoever gets one later finds what waits.
create table drive_invitations (
    id          uuid not null default gen_random_uuid(),
    drive_id    uuid not null,
    email       text not null,
    role        text not null,
    invited_by  uuid not null,
    created_at  timestamptz not null default now(),
    expires_at  timestamptz not null,
    -- Whoever invited does not learn of it: to them it waits until it expires.
    declined_at timestamptz,
    constraint drive_invitations_pkey primary key (id),
    constraint drive_invitations_drive_fk foreign key (drive_id) references drives (id) on delete cascade,
    constraint drive_invitations_invited_by_fk foreign key (invited_by) references users (id) on delete cascade,
    constraint drive_invitations_role_check check (role in ('owner', 'editor', 'viewer'))
);
create unique index drive_invitations_drive_email_key on drive_invitations (drive_id, lower(email));
create index drive_invitations_email_idx on drive_invitations (lower(email));
create index drive_invitations_invited_by_idx on drive_invitations (invited_by);
