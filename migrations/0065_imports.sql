-- Files that are fetched by link: for whom, from where, how far that is, and the file that came of it. Where its job stands says where
-- the import does.
create table imports (
    id              uuid not null default gen_random_uuid(),
    asked_by        uuid not null,
    drive_id        uuid not null,
    -- It may have a secret in it, so that nobody but who asked is shown it, and no log has it.
    url             text not null,
    -- What whoever asked calls it, so that asked again it is the same.
    idempotency_key text,
    job_id          bigint,
    received_bytes  bigint not null default 0,
    -- Not known where the server does not say.
    length_bytes    bigint,
    -- The file that it became, set in the transaction of the file. Forgotten with it.
    file_id         uuid,
    created_at      timestamptz not null default now(),
    finished_at     timestamptz,
    constraint imports_pkey primary key (id),
    constraint imports_asked_by_fk foreign key (asked_by) references users (id) on delete cascade,
    constraint imports_drive_fk foreign key (drive_id) references drives (id) on delete cascade,
    constraint imports_file_fk foreign key (file_id) references files (id) on delete cascade,
    constraint imports_idempotency_key unique (asked_by, idempotency_key),
    constraint imports_bytes_check check (received_bytes >= 0 and length_bytes >= 0)
);
create index imports_asked_by_idx on imports (asked_by, created_at);
create index imports_drive_idx on imports (drive_id);
create index imports_file_idx on imports (file_id);
create index imports_created_idx on imports (created_at);
