-- The product's tables. Forward only; every constraint is named, because the API maps the names to errors.

create extension if not exists pg_trgm;

create table users (
    id            uuid primary key default gen_random_uuid(),
    email         text not null,
    name          text not null,
    password_hash text not null,
    is_admin      boolean not null default false,
    created_at    timestamptz not null default now()
);
create unique index users_email_key on users (lower(email));

-- Tokens of every sort are kept as SHA-256 of the secret: a stolen backup signs nobody in.
create table setup_links (
    token_hash bytea primary key,
    created_at timestamptz not null default now(),
    used_at    timestamptz
);

create table sessions (
    token_hash   bytea primary key,
    user_id      uuid not null constraint sessions_user_fk references users on delete cascade,
    user_agent   text not null default '',
    created_at   timestamptz not null default now(),
    last_seen_at timestamptz not null default now(),
    expires_at   timestamptz not null
);
create index sessions_user_idx on sessions (user_id);

create table api_tokens (
    id           uuid primary key default gen_random_uuid(),
    user_id      uuid not null constraint api_tokens_user_fk references users on delete cascade,
    name         text not null,
    token_hash   bytea not null constraint api_tokens_hash_key unique,
    scopes       text[] not null default '{read,write}',
    created_at   timestamptz not null default now(),
    last_used_at timestamptz,
    expires_at   timestamptz
);
create index api_tokens_user_idx on api_tokens (user_id);

-- A short-lived, single-use right to open a socket, for clients that cannot send the cookie.
create table realtime_tickets (
    token_hash bytea primary key,
    user_id    uuid not null constraint realtime_tickets_user_fk references users on delete cascade,
    expires_at timestamptz not null
);

create table drives (
    id         uuid primary key default gen_random_uuid(),
    name       text not null,
    created_at timestamptz not null default now()
);

create table drive_members (
    drive_id uuid not null constraint drive_members_drive_fk references drives on delete cascade,
    user_id  uuid not null constraint drive_members_user_fk references users on delete cascade,
    role     text not null constraint drive_members_role_check check (role in ('owner', 'editor', 'viewer')),
    constraint drive_members_pkey primary key (drive_id, user_id)
);
create index drive_members_user_idx on drive_members (user_id);

-- Unique bytes, named by SHA-256, stored and processed once.
create table contents (
    hash          text primary key constraint contents_hash_check check (hash ~ '^[0-9a-f]{64}$'),
    size_bytes    bigint not null,
    mime          text not null,
    format        text,
    extension     text,
    status        text not null default 'pending'
                  constraint contents_status_check check (status in ('pending', 'processing', 'completed', 'visual', 'failed')),
    -- The outcome of the last run as model::Outcome, absent before the first.
    outcome       jsonb,
    facts         jsonb not null default '{}',
    warnings      jsonb not null default '[]',
    created_at    timestamptz not null default now(),
    started_at    timestamptz,
    processed_at  timestamptz
);
create index contents_unfinished_idx on contents (created_at) where status in ('pending', 'processing');

-- A name in a drive that points at a content. PageSpace's own ids, which name nothing of ours, are kept as text.
create table files (
    id              uuid primary key default gen_random_uuid(),
    drive_id        uuid constraint files_drive_fk references drives on delete cascade,
    owner_id        uuid constraint files_owner_fk references users on delete set null,
    content_hash    text not null constraint files_content_fk references contents,
    name            text not null,
    page_id         text constraint files_page_key unique,
    foreign_user    text,
    foreign_drive   text,
    created_at      timestamptz not null default now(),
    updated_at      timestamptz not null default now(),
    trashed_at      timestamptz
);
create index files_drive_idx on files (drive_id, created_at desc, id desc);
create index files_content_idx on files (content_hash);
create index files_name_idx on files using gin (name gin_trgm_ops);

-- Something derived from a content: a preset's image, text, pages.
create table artifacts (
    content_hash     text not null constraint artifacts_content_fk references contents on delete cascade,
    name             text not null,
    mime             text not null,
    size_bytes       bigint not null,
    width            integer,
    height           integer,
    created_at       timestamptz not null default now(),
    last_accessed_at timestamptz not null default now(),
    constraint artifacts_pkey primary key (content_hash, name)
);
create index artifacts_accessed_idx on artifacts (last_accessed_at);

-- What changed, written in the transaction that changed it. Ids are given out in order but may commit out of order;
-- tx lets a reader stop before the oldest transaction still running, so that it never steps over a hole.
create table events (
    id         bigint generated always as identity primary key,
    tx         xid8 not null default pg_current_xact_id(),
    kind       text not null,
    drive_id   uuid,
    file_id    uuid,
    data       jsonb not null default '{}',
    created_at timestamptz not null default now()
);
create index events_tx_idx on events (tx, id);
create index events_created_idx on events using brin (created_at);
