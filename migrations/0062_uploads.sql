-- Files that come in pieces (tus): how much of each there is, and what becomes of it when it is whole. Their bytes are in the store's
-- folder of uploads under the same id. offset_bytes is what is on the disk for certain; it never goes back.
create table uploads (
    id            uuid not null default gen_random_uuid(),
    -- Our person who sends it and our drive it goes to, both or neither: who else sends it is known by its own words.
    editor_id     uuid,
    drive_id      uuid,
    foreign_user  text,
    foreign_drive text,
    page_id       text,
    name          text not null,
    -- Upload-Metadata as it was sent, to be said again.
    metadata      text not null,
    -- A part of a file is never one itself; a file made of parts names them as it was asked for (Upload-Concat).
    is_part       boolean not null default false,
    parts         text,
    -- Not known while it is deferred.
    length_bytes  bigint,
    offset_bytes  bigint not null default 0,
    -- The file that it became, set in the transaction of the file. Forgotten with it.
    file_id       uuid,
    created_at    timestamptz not null default now(),
    -- Until then it can be gone on with; until then a finished one says what it became.
    expires_at    timestamptz not null,
    constraint uploads_pkey primary key (id),
    constraint uploads_editor_fk foreign key (editor_id) references users (id) on delete cascade,
    constraint uploads_drive_fk foreign key (drive_id) references drives (id) on delete cascade,
    constraint uploads_file_fk foreign key (file_id) references files (id) on delete cascade,
    constraint uploads_person_check check ((editor_id is null) = (drive_id is null)),
    constraint uploads_offset_check check (offset_bytes >= 0 and offset_bytes <= length_bytes),
    constraint uploads_part_check check (not is_part or (parts is null and file_id is null))
);
create index uploads_editor_idx on uploads (editor_id, created_at);
create index uploads_foreign_user_idx on uploads (foreign_user) where foreign_user is not null;
create index uploads_drive_idx on uploads (drive_id);
create index uploads_file_idx on uploads (file_id);
create index uploads_expires_idx on uploads (expires_at);
