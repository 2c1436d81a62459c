-- One row for each backup that was begun, written by deploy/backup/backup.sh. While one is under way it says every minute that it
-- lives, and the sweep takes nothing that its dump may name; what has not said so for ten minutes has died.
create table backups (
    id           uuid primary key,
    -- The name of its folder.
    label        text not null,
    started_at   timestamptz not null default now(),
    alive_at     timestamptz not null default now(),
    finished_at  timestamptz,
    -- What it holds: the files of the store and their bytes, the dump among them.
    files        bigint,
    bytes        bigint,
    -- What of it earlier backups in the same folder did not have.
    copied_files bigint,
    copied_bytes bigint,
    -- Why it is no good, in a sentence; absent when it is, or while it is under way.
    error        text,
    constraint backups_counted_check check (finished_at is null or error is not null or (files is not null and bytes is not null))
);
create index backups_started_idx on backups (started_at);
