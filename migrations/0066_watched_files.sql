-- Files of the watched folder (IMPORT_DIR) that were taken and are not moved away yet. Each is written down in the transaction that adds
-- its file and forgotten when it lies in done/, so that what a crash leaves in its place is not taken once more.
create table watched_files (
    drive_id    uuid not null,
    -- As the file system has it, which need not be text.
    name        bytea not null,
    -- What it was when it was taken: another one under its name is another file.
    modified_ns bigint not null,
    size_bytes  bigint not null,
    -- It may be deleted while this is remembered, and is then no reason to take the file again.
    file_id     uuid not null,
    constraint watched_files_pkey primary key (drive_id, name),
    constraint watched_files_drive_fk foreign key (drive_id) references drives (id) on delete cascade
);
