-- Browsers somebody has signed in with before: strangers who guess at the account cannot lock these out. Only the SHA-256 of what
-- the browser keeps is here.
create table known_browsers (
    token_hash bytea not null,
    user_id    uuid not null,
    seen_at    timestamptz not null default now(),
    constraint known_browsers_pkey primary key (token_hash),
    constraint known_browsers_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
    constraint known_browsers_token_hash_check check (length(token_hash) = 32)
);
create index known_browsers_user_idx on known_browsers (user_id, seen_at);
