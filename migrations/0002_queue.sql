-- The job table. Where a row stands is its state: queue.hot is runnable (worker = 0) or running, queue.waiting is not due
-- yet, queue.finished is over. No index mentions a column that a claim writes, so that every claim is a heap-only update.

create schema queue;

-- One sequence for all three tables: a job keeps its number wherever its row goes.
create sequence queue.job_ids;

-- Processes that take jobs. The id is never used again, so it is the fencing token of everything its holder claimed.
create table queue.workers (
    id           integer generated always as identity constraint workers_pkey primary key,
    node         text not null,
    started_at   timestamptz not null default now(),
    heartbeat_at timestamptz not null default now()
) with (fillfactor = 50);

create table queue.hot (
    id           bigint not null constraint hot_pkey primary key,
    priority     smallint not null constraint hot_priority_check check (priority between 0 and 2),
    attempt      smallint not null default 0,
    max_attempts smallint not null constraint hot_max_attempts_check check (max_attempts > 0),
    cancel       boolean not null default false,
    worker       integer not null default 0,
    created_at   timestamptz not null default now(),
    queued_at    timestamptz not null default now(),
    started_at   timestamptz,
    kind         text not null,
    unique_key   text,
    subject      text,
    trace        text,
    payload      jsonb not null,
    errors       jsonb
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
create index hot_claim_idx on queue.hot (kind, priority, id);
create index hot_subject_idx on queue.hot (subject) where subject is not null;

create table queue.waiting (
    id           bigint not null constraint waiting_pkey primary key,
    priority     smallint not null constraint waiting_priority_check check (priority between 0 and 2),
    attempt      smallint not null default 0,
    max_attempts smallint not null constraint waiting_max_attempts_check check (max_attempts > 0),
    created_at   timestamptz not null default now(),
    run_at       timestamptz not null,
    kind         text not null,
    unique_key   text,
    subject      text,
    trace        text,
    payload      jsonb not null,
    errors       jsonb
) with (autovacuum_vacuum_scale_factor = 0.05);
create index waiting_run_at_idx on queue.waiting (run_at);
create index waiting_subject_idx on queue.waiting (subject) where subject is not null;

-- The keys of jobs in flight. A table of its own, because a job in flight stands in one of two tables.
create table queue.keys (
    key    text constraint keys_pkey primary key,
    job_id bigint not null
);

-- Over, one partition per day (UTC). Rows are dropped with their day, not deleted. The default partition is only there so
-- that a missing day can never make a job fail.
create table queue.finished (
    id           bigint not null,
    priority     smallint not null,
    attempt      smallint not null,
    max_attempts smallint not null,
    created_at   timestamptz not null,
    started_at   timestamptz,
    finished_at  timestamptz not null default clock_timestamp(),
    status       text not null constraint finished_status_check check (status in ('completed', 'failed', 'cancelled')),
    kind         text not null,
    unique_key   text,
    subject      text,
    trace        text,
    payload      jsonb not null,
    result       jsonb,
    code         text,
    error        text,
    errors       jsonb
) partition by range (finished_at);
create index finished_id_idx on queue.finished (id);
create index finished_kind_idx on queue.finished (kind, status);
create index finished_at_idx on queue.finished using brin (finished_at) with (pages_per_range = 16);
create index finished_subject_idx on queue.finished (subject) where subject is not null;
create table queue.finished_default partition of queue.finished default;

-- Makes the partitions of today and the next `days` days. A day that already has rows in the default partition stays there:
-- it is found and dropped all the same. Attaching takes a weaker lock on the parent than `partition of` would.
create function queue.make_partitions(days integer) returns integer language plpgsql as $$
declare
    day  date;
    name text;
    made integer := 0;
begin
    for day in select (now() at time zone 'utc')::date + n from generate_series(0, days) n loop
        name := 'finished_' || to_char(day, 'YYYYMMDD');
        continue when to_regclass('queue.' || name) is not null;
        begin
            execute format('create table queue.%I (like queue.finished including defaults including constraints)', name);
            execute format('alter table queue.finished attach partition queue.%I for values from (%L) to (%L)',
                           name, day || ' 00:00:00+00', day + 1 || ' 00:00:00+00');
            made := made + 1;
        exception when check_violation or duplicate_table then
            null;
        end;
    end loop;
    return made;
end $$;
select queue.make_partitions(7);

-- Drops the partitions of days that ended longer than `keep` ago, and such rows of the default partition.
create function queue.drop_partitions(keep interval) returns integer language plpgsql set lock_timeout = '3s' as $$
declare
    partition record;
    dropped   integer := 0;
begin
    for partition in
        select relname from pg_inherits join pg_class on pg_class.oid = inhrelid
        where inhparent = 'queue.finished'::regclass and relname ~ '^finished_[0-9]{8}$'
          and to_date(right(relname, 8), 'YYYYMMDD') + 1 <= (now() - keep) at time zone 'utc'
        order by relname
    loop
        begin
            execute format('drop table queue.%I', partition.relname);
            dropped := dropped + 1;
        exception when lock_not_available then
            exit;
        end;
    end loop;
    delete from queue.finished_default where finished_at < now() - keep;
    return dropped;
end $$;

-- The history of errors with one more, the newest fifty.
create function queue.noted(errors jsonb, attempt smallint, code text, error text) returns jsonb language sql as $$
    select case when jsonb_array_length(errors) >= 50 then errors - 0 else coalesce(errors, '[]') end
           || jsonb_build_object('attempt', attempt, 'code', code, 'error', error, 'at', clock_timestamp())
$$;

-- Every job in one place, for looking and not for working.
create view queue.jobs as
    select id, kind, case when worker = 0 then 'pending' else 'processing' end as status, priority, attempt, max_attempts,
           created_at, queued_at as run_at, started_at, null::timestamptz as finished_at, unique_key, subject, trace, payload,
           null::jsonb as result, null::text as code, errors -> -1 ->> 'error' as error, errors
    from queue.hot
    union all
    select id, kind, 'pending', priority, attempt, max_attempts, created_at, run_at, null, null, unique_key, subject, trace,
           payload, null, null, errors -> -1 ->> 'error', errors
    from queue.waiting
    union all
    select id, kind, status, priority, attempt, max_attempts, created_at, null, started_at, finished_at, unique_key, subject,
           trace, payload, result, code, error, errors
    from queue.finished;
