-- Files that somebody wants read again, and how far that is. One job works through the list of a reading, so that a hundred thousand
-- contents are one row of the queue; a content is in at most one list, and leaves it when it has been read.
create table readings (
    id           uuid not null default gen_random_uuid(),
    -- Absent once the person is gone.
    asked_by     uuid,
    -- Absent where it is about all drives.
    drive_id     uuid,
    what         text not null,
    ocr          text not null,
    -- How many contents were to be read, have been, and of how many of those nothing could be made.
    total        integer not null default 0,
    done         integer not null default 0,
    failed       integer not null default 0,
    job_id       bigint,
    created_at   timestamptz not null default now(),
    finished_at  timestamptz,
    is_cancelled boolean not null default false,
    constraint readings_pkey primary key (id),
    constraint readings_asked_by_fk foreign key (asked_by) references users (id) on delete set null,
    constraint readings_drive_fk foreign key (drive_id) references drives (id) on delete cascade,
    constraint readings_what_check check (what in ('all', 'failed', 'older_reader', 'without_text')),
    constraint readings_ocr_check check (ocr in ('as_set', 'force', 'off'))
);
create index readings_created_idx on readings (created_at desc, id desc);
create index readings_asked_by_idx on readings (asked_by) where asked_by is not null;
create index readings_drive_idx on readings (drive_id) where drive_id is not null;

create table reading_contents (
    content_hash   text not null,
    reading_id     uuid not null,
    place          bigint generated always as identity,
    -- How often it was begun, so that one that brings the machine down is left in peace.
    attempts       smallint not null default 0,
    -- It has been read, and its text is being recognised in pictures.
    is_recognising boolean not null default false,
    constraint reading_contents_pkey primary key (content_hash),
    constraint reading_contents_content_fk foreign key (content_hash) references contents (hash) on delete cascade,
    constraint reading_contents_reading_fk foreign key (reading_id) references readings (id) on delete cascade
);
create index reading_contents_reading_idx on reading_contents (reading_id, is_recognising, place);
