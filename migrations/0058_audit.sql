-- The audit log: who did what about accounts, members, drives and files, and from where. Only ever added to; what is past its time
-- is let go of by retention. It points at no other table, because what it says of somebody stays true after they are gone.
create table audit_entries (
    id          bigint generated always as identity,
    at          timestamptz not null default now(),
    kind        text not null,
    -- Absent where nobody was signed in.
    actor_id    uuid,
    actor_name  text,
    -- Of the client, as seen through trusted proxies; absent for what was done on the server itself.
    address     text,
    credential  text,
    token_name  text,
    target_type text,
    target_id   text,
    target_name text,
    drive_id    uuid,
    drive_name  text,
    -- What else there is to say: a role, a reason, a format.
    detail      text,
    request_id  text,
    constraint audit_entries_pkey primary key (id),
    constraint audit_entries_credential_check check (credential in ('session', 'token')),
    constraint audit_entries_target_check check ((target_type is null) = (target_id is null))
);
create index audit_entries_at_idx on audit_entries (at desc, id desc);
create index audit_entries_actor_idx on audit_entries (actor_id, at desc, id desc) where actor_id is not null;
create index audit_entries_person_idx on audit_entries (target_id, at desc, id desc) where target_type = 'person';
create index audit_entries_drive_idx on audit_entries (drive_id, at desc, id desc) where drive_id is not null;

-- A statement of ours that went wrong, or one that somebody smuggled in, changes nothing of what was written. Retention deletes what is
-- a day old at least; half of that leaves room for clocks that differ.
create function guard_audit_entries() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        if old.at < now() - interval '12 hours' then
            return old;
        end if;
    end if;
    raise exception 'the audit log is only added to';
end
$$;
create trigger audit_entries_kept before update or delete on audit_entries
    for each row execute function guard_audit_entries();
create trigger audit_entries_not_emptied before truncate on audit_entries
    for each statement execute function guard_audit_entries();
