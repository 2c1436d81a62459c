-- What somebody called an upload by (Idempotency-Key), and what came of it, so that the same request, sent again because its answer was
-- lost, makes no second file. Written in the transaction of the file; file_id is set at its end. Forgotten after a day, and with
-- the file.
create table upload_keys (
    user_id      uuid not null,
    key          text not null,
    drive_id     uuid not null,
    name         text not null,
    content_hash text not null,
    file_id      uuid,
    deduplicated boolean not null default false,
    job_id       bigint,
    created_at   timestamptz not null default now(),
    constraint upload_keys_pkey primary key (user_id, key),
    constraint upload_keys_user_fk foreign key (user_id) references users (id) on delete cascade,
    constraint upload_keys_file_fk foreign key (file_id) references files (id) on delete cascade,
    constraint upload_keys_key_check check (length(key) between 1 and 255)
);
create index upload_keys_created_idx on upload_keys (created_at);
create index upload_keys_file_idx on upload_keys (file_id);
