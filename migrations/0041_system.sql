-- What the programs say of themselves, what of it is out of bounds, and how the last hour went.
--
-- "If not exists": a dump from before this migration, restored into a newer suite, leaves the tables there, and what is in them is
-- only ever about the present.

-- Each running program, by where it runs; written every ten seconds, so that an old row is a program that is not there.
create table if not exists service_status (
    service     text not null,
    node        text not null,
    version     text not null,
    memory      jsonb not null,
    -- Of the program that has the store alone.
    store       jsonb,
    reported_at timestamptz not null default now(),
    constraint service_status_pkey primary key (service, node)
) with (fillfactor = 50);

-- What is, or was, above its limit. At most one that has not ended for each name and subject.
create table if not exists alerts (
    id          bigint generated always as identity constraint alerts_pkey primary key,
    name        text not null,
    subject     text not null,
    since       timestamptz not null default now(),
    value       double precision not null,
    limit_value double precision not null,
    ended_at    timestamptz
);
create unique index if not exists alerts_open_key on alerts (name, subject) where ended_at is null;

-- A row a minute, for plots of the last hour. The counts of the cache are since its program's start.
create table if not exists system_samples (
    minute          timestamptz constraint system_samples_pkey primary key,
    jobs            bigint not null,
    failed          bigint not null,
    pending         bigint not null,
    wait_mean_ms    double precision not null,
    wait_p99_ms     double precision not null,
    memory_share    double precision,
    disk_free_bytes bigint,
    cache_hits      bigint,
    cache_misses    bigint
);
