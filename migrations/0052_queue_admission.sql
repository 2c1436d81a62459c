-- Admission that costs the same however many gates have jobs parked: one call looks at a bounded number of them. With more it
-- looks at those of the newest jobs first, so that whoever comes now is let through at once, and takes up the others in turns
-- where the last call ended; `next_seconds` then says that there is more to look at.

-- Where the last call that had more gates than it looks at ended.
create table queue.admission (
    id    boolean not null default true constraint admission_pkey primary key,
    after text not null default '',
    seen  bigint not null default 0,
    constraint admission_id_check check (id)
) with (fillfactor = 50);
insert into queue.admission default values;

-- Jobs between two attempts are looked for by gate too: by whoever counts a person's, and before a gate is forgotten.
create index waiting_gate_idx on queue.waiting (gate) where gate is not null;

create or replace function queue.admit(out jobs bigint, out next_seconds double precision) language plpgsql as $$
declare
    most    constant integer := 200;
    keys    text[];
    behind  queue.admission;
    is_more boolean := false;
begin
    perform pg_advisory_xact_lock(x'71756575'::integer, -3);
    with recursive shut as (
        select min(gate) as key from queue.parked
        union all
        select (select min(gate) from queue.parked where gate > shut.key) from shut where shut.key is not null
    )
    select array_agg(key) into keys from (select key from shut where key is not null limit most + 1) found;
    if cardinality(keys) > most then
        is_more := true;
        select * into behind from queue.admission;
        with recursive newest as materialized (
            -- A job's number is nearly its place; one that came back from waiting has an older one and is found in its turn.
            select id, gate from queue.parked where id > behind.seen order by id desc limit most
        ), following as (
            select min(gate) as key from queue.parked where gate > behind.after
            union all
            select (select min(gate) from queue.parked where gate > following.key) from following where following.key is not null
        ), turns as materialized (
            select key from following where key is not null limit most
        ), kept as (
            -- Past the last one it begins again with the first.
            update queue.admission set after = case when (select count(*) from turns) < most then '' else (select max(key) from turns) end,
                                       seen = greatest(behind.seen, (select max(id) from newest))
        )
        select array_agg(key) into keys from (select gate as key from newest union select key from turns) looked_at;
    end if;
    with gate as materialized (
        -- A job may come back after its gate was forgotten, or be parked in that very moment: then nothing holds it.
        select shut.key, gates.rate,
               least(gates.burst, gates.tokens + gates.rate * extract(epoch from clock_timestamp() - gates.refilled_at)) as tokens,
               gates.open - case when gates.open is not null
                                 then (select count(*) from queue.hot where hot.gate = gates.key) end as open
        from unnest(keys) shut (key) left join queue.gates on gates.key = shut.key
    ), room as materialized (
        select key, rate, tokens, greatest(least(coalesce(open, 1000), coalesce(floor(tokens), 1000), 1000), 0)::integer as jobs
        from gate
    ), through as (
        delete from queue.parked where ctid = any (array(
            select next.ctid from (select * from room where room.jobs > 0) room, lateral (
                select ctid from queue.parked where gate = room.key order by priority, place limit room.jobs for update skip locked
            ) next
        ))
        returning *
    ), moved as (
        insert into queue.hot (segment, place, id, created_at, queued_at, timeout_ms, priority, attempt, max_attempts, kind,
                               unique_key, subject, gate, trace, payload, errors)
        select (select last_value from queue.current_segment), nextval('queue.job_ids'), id, created_at, queued_at, timeout_ms,
               priority, attempt, max_attempts, kind, unique_key, subject, gate, trace, payload, errors
        from (
            -- In turns: a gate's first job goes before another's second.
            select through.*, row_number() over (partition by gate, priority order by place) as turn from through
            order by priority, turn
        ) through
    ), spent as (
        update queue.gates set tokens = room.tokens - coalesce(counted.jobs, 0), refilled_at = clock_timestamp()
        from room left join (select gate, count(*) as jobs from through group by gate) counted on counted.gate = room.key
        where gates.key = room.key and room.rate is not null
    )
    select (select count(*) from through),
           (select min((1 - (room.tokens - floor(room.tokens))) / room.rate) from room
            where room.rate is not null and floor(room.tokens) <= room.jobs)
    into jobs, next_seconds;
    if is_more then
        next_seconds := least(next_seconds, 0.1);
    end if;
end $$;
