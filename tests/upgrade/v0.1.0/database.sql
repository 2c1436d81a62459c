--
-- PostgreSQL database dump
--


-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: queue; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA queue;


--
-- Name: pg_trgm; Type: EXTENSION; Schema: -; Owner: -
--

CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;


--
-- Name: EXTENSION pg_trgm; Type: COMMENT; Schema: -; Owner: -
--

COMMENT ON EXTENSION pg_trgm IS 'text similarity measurement and index searching based on trigrams';


--
-- Name: admit(); Type: FUNCTION; Schema: queue; Owner: -
--

CREATE FUNCTION queue.admit(OUT jobs bigint, OUT next_seconds double precision) RETURNS record
    LANGUAGE plpgsql
    AS $$
begin
    perform pg_advisory_xact_lock(x'71756575'::integer, -3);
    with recursive shut as (
        select min(gate) as key from queue.parked
        union all
        select (select min(gate) from queue.parked where gate > shut.key) from shut where shut.key is not null
    ), gate as materialized (
        -- A job may come back after its gate was forgotten, or be parked in that very moment: then nothing holds it.
        select shut.key, gates.rate,
               least(gates.burst, gates.tokens + gates.rate * extract(epoch from clock_timestamp() - gates.refilled_at)) as tokens,
               gates.open - case when gates.open is not null
                                 then (select count(*) from queue.hot where hot.gate = gates.key) end as open
        from shut left join queue.gates on gates.key = shut.key where shut.key is not null
    ), room as materialized (
        select key, rate, tokens, greatest(least(coalesce(open, 1000), coalesce(floor(tokens), 1000), 1000), 0)::integer as jobs
        from gate
    ), through as (
        delete from queue.parked where ctid = any (array(
            select next.ctid from room, lateral (
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
end $$;


--
-- Name: drop_partitions(text, interval); Type: FUNCTION; Schema: queue; Owner: -
--

CREATE FUNCTION queue.drop_partitions(parent text, keep interval) RETURNS integer
    LANGUAGE plpgsql
    SET lock_timeout TO '3s'
    AS $_$
declare
    partition record;
    dropped   integer := 0;
begin
    for partition in
        select relname, to_date(right(relname, 8), 'YYYYMMDD') as day from pg_inherits join pg_class on pg_class.oid = inhrelid
        where inhparent = ('queue.' || parent)::regclass and relname ~ '_[0-9]{8}$'
          and to_date(right(relname, 8), 'YYYYMMDD') + 1 <= (now() - keep) at time zone 'utc'
        order by relname
    loop
        begin
            execute format('drop table queue.%I', partition.relname);
        exception when lock_not_available then
            exit;
        end;
        delete from queue.tallies where tallies.day = partition.day
           and (tallies.status = 'failed') = (parent = 'dead');
        dropped := dropped + 1;
    end loop;
    execute format(
        'with gone as (delete from queue.%I where finished_at < $1 returning kind, status, finished_at)
         insert into queue.tallies select (finished_at at time zone ''utc'')::date, kind, status, -count(*) from gone group by 1, 2, 3',
        parent || '_default') using now() - keep;
    return dropped;
end $_$;


--
-- Name: fold_tallies(); Type: FUNCTION; Schema: queue; Owner: -
--

CREATE FUNCTION queue.fold_tallies() RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
    if pg_try_advisory_xact_lock(x'71756575'::integer, -2) and (select count(*) > 1000 from (select from queue.tallies limit 1001) t)
    then
        with old as (delete from queue.tallies returning *)
        insert into queue.tallies select day, kind, status, sum(jobs) from old group by day, kind, status having sum(jobs) <> 0;
    end if;
end $$;


--
-- Name: make_partitions(integer); Type: FUNCTION; Schema: queue; Owner: -
--

CREATE FUNCTION queue.make_partitions(days integer) RETURNS integer
    LANGUAGE sql
    AS $$
    select queue.make_partitions((now() at time zone 'utc')::date, (now() at time zone 'utc')::date + days)
$$;


--
-- Name: make_partitions(date, date); Type: FUNCTION; Schema: queue; Owner: -
--

CREATE FUNCTION queue.make_partitions("from" date, upto date) RETURNS integer
    LANGUAGE plpgsql
    AS $$
declare
    day    date;
    parent text;
    name   text;
    made   integer := 0;
begin
    for day in select "from" + n from generate_series(0, upto - "from") n loop
        foreach parent in array array['done', 'dead'] loop
            name := parent || '_' || to_char(day, 'YYYYMMDD');
            continue when to_regclass('queue.' || name) is not null;
            begin
                execute format('create table queue.%I (like queue.%I including defaults including constraints)', name, parent);
                execute format('alter table queue.%I attach partition queue.%I for values from (%L) to (%L)',
                               parent, name, day || ' 00:00:00+00', day + 1 || ' 00:00:00+00');
                made := made + 1;
            exception when check_violation or duplicate_table then
                null;
            end;
        end loop;
    end loop;
    return made;
end $$;


--
-- Name: noted(jsonb, smallint, text, text); Type: FUNCTION; Schema: queue; Owner: -
--

CREATE FUNCTION queue.noted(errors jsonb, attempt smallint, code text, error text) RETURNS jsonb
    LANGUAGE sql
    AS $$
    select case when jsonb_array_length(errors) >= 50 then errors - 0 else coalesce(errors, '[]') end
           || jsonb_build_object('attempt', attempt, 'code', code, 'error', error, 'at', clock_timestamp())
$$;


--
-- Name: turn(bigint); Type: FUNCTION; Schema: queue; Owner: -
--

CREATE FUNCTION queue.turn(max_bytes bigint) RETURNS boolean
    LANGUAGE plpgsql
    SET enable_seqscan TO 'on'
    AS $$
declare
    current integer;
    next    integer;
    busy    boolean;
    moved   boolean := false;
begin
    if not pg_try_advisory_xact_lock(x'71756575'::integer, -1) then
        return false;
    end if;
    select last_value into current from queue.current_segment;
    next := (current + 1) % 16;
    for n in 0..15 loop
        continue when n = current or pg_relation_size(('queue.hot_' || n)::regclass) = 0;
        execute format('select exists (select from queue.hot_%s)', n) into busy;
        if busy and n = next and pg_relation_size(('queue.hot_' || current)::regclass) >= max_bytes then
            execute format('select count(*) > 2000 or coalesce(bool_or(worker <> 0), false)
                            from (select worker from queue.hot_%s limit 2001) rows', n) into busy;
            if not busy then
                -- Not an update of the segment: a claim that meets a row on its way between partitions is an error.
                execute format(
                    'with gone as (delete from queue.hot_%s where worker = 0 returning *)
                     insert into queue.hot (segment, place, id, created_at, queued_at, timeout_ms, priority, attempt, max_attempts,
                                            kind, unique_key, subject, gate, trace, payload, errors)
                     select %s, place, id, created_at, queued_at, timeout_ms, priority, attempt, max_attempts, kind, unique_key,
                            subject, gate, trace, payload, errors from gone', n, current);
                moved := true;
            end if;
        end if;
        continue when busy;
        begin
            execute format('lock table queue.hot_%s in access exclusive mode nowait', n);
            execute format('select exists (select from queue.hot_%s)', n) into busy;
            if not busy then
                execute format('truncate queue.hot_%s', n);
            end if;
        exception when lock_not_available then
            null;
        end;
    end loop;
    if pg_relation_size(('queue.hot_' || current)::regclass) >= max_bytes
       and pg_relation_size(('queue.hot_' || next)::regclass) = 0 then
        perform setval('queue.current_segment', next);
    end if;
    return moved;
end $$;


SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: _sqlx_migrations; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public._sqlx_migrations (
    version bigint NOT NULL,
    description text NOT NULL,
    installed_on timestamp with time zone DEFAULT now() NOT NULL,
    success boolean NOT NULL,
    checksum bytea NOT NULL,
    execution_time bigint NOT NULL
);


--
-- Name: api_tokens; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.api_tokens (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    name text NOT NULL,
    token_hash bytea NOT NULL,
    scopes text[] DEFAULT '{read,write}'::text[] NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    last_used_at timestamp with time zone,
    expires_at timestamp with time zone
);


--
-- Name: artifacts; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.artifacts (
    content_hash text NOT NULL,
    name text NOT NULL,
    mime text NOT NULL,
    size_bytes bigint NOT NULL,
    width integer,
    height integer,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    last_accessed_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: contents; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.contents (
    hash text NOT NULL,
    size_bytes bigint NOT NULL,
    mime text NOT NULL,
    format text,
    extension text,
    status text DEFAULT 'pending'::text NOT NULL,
    outcome jsonb,
    facts jsonb DEFAULT '{}'::jsonb NOT NULL,
    warnings jsonb DEFAULT '[]'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    started_at timestamp with time zone,
    processed_at timestamp with time zone,
    CONSTRAINT contents_hash_check CHECK ((hash ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT contents_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'processing'::text, 'completed'::text, 'visual'::text, 'failed'::text])))
);


--
-- Name: drive_members; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.drive_members (
    drive_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role text NOT NULL,
    CONSTRAINT drive_members_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'editor'::text, 'viewer'::text])))
);


--
-- Name: drives; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.drives (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    name text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: events; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.events (
    id bigint NOT NULL,
    tx xid8 DEFAULT pg_current_xact_id() NOT NULL,
    kind text NOT NULL,
    drive_id uuid,
    file_id uuid,
    data jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: events_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.events ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: files; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.files (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    drive_id uuid,
    owner_id uuid,
    content_hash text NOT NULL,
    name text NOT NULL,
    page_id text,
    foreign_user text,
    foreign_drive text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    trashed_at timestamp with time zone
);


--
-- Name: ocr_budget; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.ocr_budget (
    month date NOT NULL,
    pages bigint NOT NULL,
    CONSTRAINT ocr_budget_pages_check CHECK ((pages >= 0))
);


--
-- Name: ocr_pages; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.ocr_pages (
    content_hash text NOT NULL,
    engine text NOT NULL,
    languages text NOT NULL,
    page integer NOT NULL,
    text text NOT NULL,
    confidence real,
    failure text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT ocr_pages_confidence_check CHECK (((confidence >= (0)::double precision) AND (confidence <= (100)::double precision))),
    CONSTRAINT ocr_pages_page_check CHECK ((page >= 1))
);


--
-- Name: realtime_tickets; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.realtime_tickets (
    token_hash bytea NOT NULL,
    user_id uuid NOT NULL,
    expires_at timestamp with time zone NOT NULL
);


--
-- Name: schedules; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.schedules (
    name text NOT NULL,
    last_run_at timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL
);


--
-- Name: sessions; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sessions (
    token_hash bytea NOT NULL,
    user_id uuid NOT NULL,
    user_agent text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    last_seen_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL
);


--
-- Name: setup_links; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.setup_links (
    token_hash bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    used_at timestamp with time zone
);


--
-- Name: store_identity; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.store_identity (
    only_row boolean DEFAULT true NOT NULL,
    id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT store_identity_only_row_check CHECK (only_row)
);


--
-- Name: users; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.users (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    email text NOT NULL,
    name text NOT NULL,
    password_hash text NOT NULL,
    is_admin boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: current_segment; Type: SEQUENCE; Schema: queue; Owner: -
--

CREATE SEQUENCE queue.current_segment
    AS integer
    START WITH 0
    INCREMENT BY 1
    MINVALUE 0
    MAXVALUE 15
    CACHE 1;


--
-- Name: finished; Type: TABLE; Schema: queue; Owner: -
--

CREATE TABLE queue.finished (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    timeout_ms integer,
    priority smallint NOT NULL,
    attempt smallint NOT NULL,
    max_attempts smallint NOT NULL,
    status text NOT NULL,
    kind text NOT NULL,
    unique_key text,
    subject text,
    gate text,
    trace text,
    payload json NOT NULL,
    result json,
    code text,
    error text,
    errors jsonb
)
PARTITION BY LIST (status);


--
-- Name: dead; Type: TABLE; Schema: queue; Owner: -
--

CREATE TABLE queue.dead (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    timeout_ms integer,
    priority smallint NOT NULL,
    attempt smallint NOT NULL,
    max_attempts smallint NOT NULL,
    status text NOT NULL,
    kind text NOT NULL,
    unique_key text,
    subject text,
    gate text,
    trace text,
    payload json NOT NULL,
    result json,
    code text,
    error text,
    errors jsonb
)
PARTITION BY RANGE (finished_at);


--
-- Name: dead_20261130; Type: TABLE; Schema: queue; Owner: -
--

CREATE TABLE queue.dead_20261130 (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    timeout_ms integer,
    priority smallint NOT NULL,
    attempt smallint NOT NULL,
    max_attempts smallint NOT NULL,
    status text NOT NULL,
    kind text NOT NULL,
    unique_key text,
    subject text,
    gate text,
    trace text,
    payload json NOT NULL,
    result json,
    code text,
    error text,
    errors jsonb
);


--
-- Name: dead_20261201; Type: TABLE; Schema: queue; Owner: -
--

CREATE TABLE queue.dead_20261201 (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    timeout_ms integer,
    priority smallint NOT NULL,
    attempt smallint NOT NULL,
    max_attempts smallint NOT NULL,
    status text NOT NULL,
    kind text NOT NULL,
    unique_key text,
    subject text,
    gate text,
    trace text,
    payload json NOT NULL,
    result json,
    code text,
    error text,
    errors jsonb
);


--
-- Name: dead_20261202; Type: TABLE; Schema: queue; Owner: -
--

CREATE TABLE queue.dead_20261202 (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    timeout_ms integer,
    priority smallint NOT NULL,
    attempt smallint NOT NULL,
    max_attempts smallint NOT NULL,
    status text NOT NULL,
    kind text NOT NULL,
    unique_key text,
    subject text,
    gate text,
    trace text,
    payload json NOT NULL,
    result json,
    code text,
    error text,
    errors jsonb
);


--
-- Name: dead_20261203; Type: TABLE; Schema: queue; Owner: -
--

CREATE TABLE queue.dead_20261203 (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    timeout_ms integer,
    priority smallint NOT NULL,
    attempt smallint NOT NULL,
    max_attempts smallint NOT NULL,
    status text NOT NULL,
    kind text NOT NULL,
    unique_key text,
    subject text,
    gate text,
    trace text,
    payload json NOT NULL,
    result json,
    code text,
    error text,
    errors jsonb
);


--
-- Name: dead_20261204; Type: TABLE; Schema: queue; Owner: -
--

CREATE TABLE queue.dead_20261204 (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    timeout_ms integer,
    priority smallint NOT NULL,
    attempt smallint NOT NULL,
    max_attempts smallint NOT NULL,
    status text NOT NULL,
    kind text NOT NULL,
    unique_key text,
    subject text,
    gate text,
    trace text,
    payload json NOT NULL,
    result json,
    code text,
    error text,
    errors jsonb
);


--
-- Name: dead_20261205; Type: TABLE; Schema: queue; Owner: -
--

CREATE TABLE queue.dead_20261205 (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    timeout_ms integer,
    priority smallint NOT NULL,
    attempt smallint NOT NULL,
    max_attempts smallint NOT NULL,
    status text NOT NULL,
    kind text NOT NULL,
    unique_key text,
    subject text,
    gate text,
    trace text,
    payload json NOT NULL,
    result json,
    code text,
    error text,
    errors jsonb
);


--
-- Name: dead_20261206; Type: TABLE; Schema: queue; Owner: -
--

CREATE TABLE queue.dead_20261206 (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    timeout_ms integer,
    priority smallint NOT NULL,
    attempt smallint NOT NULL,
    max_attempts smallint NOT NULL,
    status text NOT NULL,
    kind text NOT NULL,
    unique_key text,
    subject text,
    gate text,
    trace text,
    payload json NOT NULL,
    result json,
    code text,
    error text,
    errors jsonb
);


--
-- Name: dead_20261207; Type: TABLE; Schema: queue; Owner: -
--

CREATE TABLE queue.dead_20261207 (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    timeout_ms integer,
    priority smallint NOT NULL,
    attempt smallint NOT NULL,
    max_attempts smallint NOT NULL,
    status text NOT NULL,
    kind text NOT NULL,
    unique_key text,
    subject text,
    gate text,
    trace text,
    payload json NOT NULL,
    result json,
    code text,
    error text,
    errors jsonb
);


--
-- Name: dead_default; Type: TABLE; Schema: queue; Owner: -
--

CREATE TABLE queue.dead_default (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    timeout_ms integer,
    priority smallint NOT NULL,
    attempt smallint NOT NULL,
    max_attempts smallint NOT NULL,
    status text NOT NULL,
    kind text NOT NULL,
    unique_key text,
    subject text,
    gate text,
    trace text,
    payload json NOT NULL,
    result json,
    code text,
    error text,
    errors jsonb
);


--
-- Name: done; Type: TABLE; Schema: queue; Owner: -
--

CREATE TABLE queue.done (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    timeout_ms integer,
    priority smallint NOT NULL,
    attempt smallint NOT NULL,
    max_attempts smallint NOT NULL,
    status text NOT NULL,
    kind text NOT NULL,
    unique_key text,
    subject text,
    gate text,
    trace text,
    payload json NOT NULL,
    result json,
    code text,
    error text,
    errors jsonb
)
PARTITION BY RANGE (finished_at);


--
-- Name: done_20261130; Type: TABLE; Schema: queue; Owner: -
--

CREATE TABLE queue.done_20261130 (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    timeout_ms integer,
    priority smallint NOT NULL,
    attempt smallint NOT NULL,
    max_attempts smallint NOT NULL,
    status text NOT NULL,
    kind text NOT NULL,
    unique_key text,
    subject text,
    gate text,
    trace text,
    payload json NOT NULL,
    result json,
    code text,
    error text,
    errors jsonb
);


--
-- Name: done_20261201; Type: TABLE; Schema: queue; Owner: -
--

CREATE TABLE queue.done_20261201 (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    timeout_ms integer,
    priority smallint NOT NULL,
    attempt smallint NOT NULL,
    max_attempts smallint NOT NULL,
    status text NOT NULL,
    kind text NOT NULL,
    unique_key text,
    subject text,
    gate text,
    trace text,
    payload json NOT NULL,
    result json,
    code text,
    error text,
    errors jsonb
);


--
-- Name: done_20261202; Type: TABLE; Schema: queue; Owner: -
--

CREATE TABLE queue.done_20261202 (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    timeout_ms integer,
    priority smallint NOT NULL,
    attempt smallint NOT NULL,
    max_attempts smallint NOT NULL,
    status text NOT NULL,
    kind text NOT NULL,
    unique_key text,
    subject text,
    gate text,
    trace text,
    payload json NOT NULL,
    result json,
    code text,
    error text,
    errors jsonb
);


--
-- Name: done_20261203; Type: TABLE; Schema: queue; Owner: -
--

CREATE TABLE queue.done_20261203 (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    timeout_ms integer,
    priority smallint NOT NULL,
    attempt smallint NOT NULL,
    max_attempts smallint NOT NULL,
    status text NOT NULL,
    kind text NOT NULL,
    unique_key text,
    subject text,
    gate text,
    trace text,
    payload json NOT NULL,
    result json,
    code text,
    error text,
    errors jsonb
);


--
-- Name: done_20261204; Type: TABLE; Schema: queue; Owner: -
--

CREATE TABLE queue.done_20261204 (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    timeout_ms integer,
    priority smallint NOT NULL,
    attempt smallint NOT NULL,
    max_attempts smallint NOT NULL,
    status text NOT NULL,
    kind text NOT NULL,
    unique_key text,
    subject text,
    gate text,
    trace text,
    payload json NOT NULL,
    result json,
    code text,
    error text,
    errors jsonb
);


--
-- Name: done_20261205; Type: TABLE; Schema: queue; Owner: -
--

CREATE TABLE queue.done_20261205 (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    timeout_ms integer,
    priority smallint NOT NULL,
    attempt smallint NOT NULL,
    max_attempts smallint NOT NULL,
    status text NOT NULL,
    kind text NOT NULL,
    unique_key text,
    subject text,
    gate text,
    trace text,
    payload json NOT NULL,
    result json,
    code text,
    error text,
    errors jsonb
);


--
-- Name: done_20261206; Type: TABLE; Schema: queue; Owner: -
--

CREATE TABLE queue.done_20261206 (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    timeout_ms integer,
    priority smallint NOT NULL,
    attempt smallint NOT NULL,
    max_attempts smallint NOT NULL,
    status text NOT NULL,
    kind text NOT NULL,
    unique_key text,
    subject text,
    gate text,
    trace text,
    payload json NOT NULL,
    result json,
    code text,
    error text,
    errors jsonb
);


--
-- Name: done_20261207; Type: TABLE; Schema: queue; Owner: -
--

CREATE TABLE queue.done_20261207 (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    timeout_ms integer,
    priority smallint NOT NULL,
    attempt smallint NOT NULL,
    max_attempts smallint NOT NULL,
    status text NOT NULL,
    kind text NOT NULL,
    unique_key text,
    subject text,
    gate text,
    trace text,
    payload json NOT NULL,
    result json,
    code text,
    error text,
    errors jsonb
);


--
-- Name: done_default; Type: TABLE; Schema: queue; Owner: -
--

CREATE TABLE queue.done_default (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    timeout_ms integer,
    priority smallint NOT NULL,
    attempt smallint NOT NULL,
    max_attempts smallint NOT NULL,
    status text NOT NULL,
    kind text NOT NULL,
    unique_key text,
    subject text,
    gate text,
    trace text,
    payload json NOT NULL,
    result json,
    code text,
    error text,
    errors jsonb
);


--
-- Name: gates; Type: TABLE; Schema: queue; Owner: -
--

CREATE TABLE queue.gates (
    key text NOT NULL,
    open integer,
    rate double precision,
    burst double precision,
    tokens double precision DEFAULT 0 NOT NULL,
    refilled_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT gates_bucket_check CHECK (((rate IS NULL) = (burst IS NULL))),
    CONSTRAINT gates_burst_check CHECK ((burst >= (1)::double precision)),
    CONSTRAINT gates_open_check CHECK ((open > 0)),
    CONSTRAINT gates_rate_check CHECK ((rate > (0)::double precision))
)
WITH (fillfactor='50');


--
-- Name: hot; Type: TABLE; Schema: queue; Owner: -
--

CREATE TABLE queue.hot (
    place bigint NOT NULL,
    id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    queued_at timestamp with time zone DEFAULT now() NOT NULL,
    started_at timestamp with time zone,
    worker integer DEFAULT 0 NOT NULL,
    timeout_ms integer,
    segment smallint NOT NULL,
    priority smallint NOT NULL,
    attempt smallint DEFAULT 0 NOT NULL,
    max_attempts smallint NOT NULL,
    percent smallint,
    cancel boolean DEFAULT false NOT NULL,
    kind text NOT NULL,
    unique_key text,
    subject text,
    gate text,
    trace text,
    stage text,
    payload json NOT NULL,
    errors jsonb
)
PARTITION BY LIST (segment);


--
-- Name: hot_0; Type: TABLE; Schema: queue; Owner: -
--

CREATE TABLE queue.hot_0 (
    place bigint NOT NULL,
    id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    queued_at timestamp with time zone DEFAULT now() NOT NULL,
    started_at timestamp with time zone,
    worker integer DEFAULT 0 NOT NULL,
    timeout_ms integer,
    segment smallint NOT NULL,
    priority smallint NOT NULL,
    attempt smallint DEFAULT 0 NOT NULL,
    max_attempts smallint NOT NULL,
    percent smallint,
    cancel boolean DEFAULT false NOT NULL,
    kind text NOT NULL,
    unique_key text,
    subject text,
    gate text,
    trace text,
    stage text,
    payload json NOT NULL,
    errors jsonb
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0.1', autovacuum_vacuum_cost_delay='0', autovacuum_vacuum_threshold='300000', autovacuum_vacuum_insert_threshold='-1', autovacuum_analyze_threshold='1000000');


--
-- Name: hot_1; Type: TABLE; Schema: queue; Owner: -
--

CREATE TABLE queue.hot_1 (
    place bigint NOT NULL,
    id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    queued_at timestamp with time zone DEFAULT now() NOT NULL,
    started_at timestamp with time zone,
    worker integer DEFAULT 0 NOT NULL,
    timeout_ms integer,
    segment smallint NOT NULL,
    priority smallint NOT NULL,
    attempt smallint DEFAULT 0 NOT NULL,
    max_attempts smallint NOT NULL,
    percent smallint,
    cancel boolean DEFAULT false NOT NULL,
    kind text NOT NULL,
    unique_key text,
    subject text,
    gate text,
    trace text,
    stage text,
    payload json NOT NULL,
    errors jsonb
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0.1', autovacuum_vacuum_cost_delay='0', autovacuum_vacuum_threshold='300000', autovacuum_vacuum_insert_threshold='-1', autovacuum_analyze_threshold='1000000');


--
-- Name: hot_10; Type: TABLE; Schema: queue; Owner: -
--

CREATE TABLE queue.hot_10 (
    place bigint NOT NULL,
    id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    queued_at timestamp with time zone DEFAULT now() NOT NULL,
    started_at timestamp with time zone,
    worker integer DEFAULT 0 NOT NULL,
    timeout_ms integer,
    segment smallint NOT NULL,
    priority smallint NOT NULL,
    attempt smallint DEFAULT 0 NOT NULL,
    max_attempts smallint NOT NULL,
    percent smallint,
    cancel boolean DEFAULT false NOT NULL,
    kind text NOT NULL,
    unique_key text,
    subject text,
    gate text,
    trace text,
    stage text,
    payload json NOT NULL,
    errors jsonb
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0.1', autovacuum_vacuum_cost_delay='0', autovacuum_vacuum_threshold='300000', autovacuum_vacuum_insert_threshold='-1', autovacuum_analyze_threshold='1000000');


--
-- Name: hot_11; Type: TABLE; Schema: queue; Owner: -
--

CREATE TABLE queue.hot_11 (
    place bigint NOT NULL,
    id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    queued_at timestamp with time zone DEFAULT now() NOT NULL,
    started_at timestamp with time zone,
    worker integer DEFAULT 0 NOT NULL,
    timeout_ms integer,
    segment smallint NOT NULL,
    priority smallint NOT NULL,
    attempt smallint DEFAULT 0 NOT NULL,
    max_attempts smallint NOT NULL,
    percent smallint,
    cancel boolean DEFAULT false NOT NULL,
    kind text NOT NULL,
    unique_key text,
    subject text,
    gate text,
    trace text,
    stage text,
    payload json NOT NULL,
    errors jsonb
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0.1', autovacuum_vacuum_cost_delay='0', autovacuum_vacuum_threshold='300000', autovacuum_vacuum_insert_threshold='-1', autovacuum_analyze_threshold='1000000');


--
-- Name: hot_12; Type: TABLE; Schema: queue; Owner: -
--

CREATE TABLE queue.hot_12 (
    place bigint NOT NULL,
    id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    queued_at timestamp with time zone DEFAULT now() NOT NULL,
    started_at timestamp with time zone,
    worker integer DEFAULT 0 NOT NULL,
    timeout_ms integer,
    segment smallint NOT NULL,
    priority smallint NOT NULL,
    attempt smallint DEFAULT 0 NOT NULL,
    max_attempts smallint NOT NULL,
    percent smallint,
    cancel boolean DEFAULT false NOT NULL,
    kind text NOT NULL,
    unique_key text,
    subject text,
    gate text,
    trace text,
    stage text,
    payload json NOT NULL,
    errors jsonb
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0.1', autovacuum_vacuum_cost_delay='0', autovacuum_vacuum_threshold='300000', autovacuum_vacuum_insert_threshold='-1', autovacuum_analyze_threshold='1000000');


--
-- Name: hot_13; Type: TABLE; Schema: queue; Owner: -
--

CREATE TABLE queue.hot_13 (
    place bigint NOT NULL,
    id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    queued_at timestamp with time zone DEFAULT now() NOT NULL,
    started_at timestamp with time zone,
    worker integer DEFAULT 0 NOT NULL,
    timeout_ms integer,
    segment smallint NOT NULL,
    priority smallint NOT NULL,
    attempt smallint DEFAULT 0 NOT NULL,
    max_attempts smallint NOT NULL,
    percent smallint,
    cancel boolean DEFAULT false NOT NULL,
    kind text NOT NULL,
    unique_key text,
    subject text,
    gate text,
    trace text,
    stage text,
    payload json NOT NULL,
    errors jsonb
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0.1', autovacuum_vacuum_cost_delay='0', autovacuum_vacuum_threshold='300000', autovacuum_vacuum_insert_threshold='-1', autovacuum_analyze_threshold='1000000');


--
-- Name: hot_14; Type: TABLE; Schema: queue; Owner: -
--

CREATE TABLE queue.hot_14 (
    place bigint NOT NULL,
    id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    queued_at timestamp with time zone DEFAULT now() NOT NULL,
    started_at timestamp with time zone,
    worker integer DEFAULT 0 NOT NULL,
    timeout_ms integer,
    segment smallint NOT NULL,
    priority smallint NOT NULL,
    attempt smallint DEFAULT 0 NOT NULL,
    max_attempts smallint NOT NULL,
    percent smallint,
    cancel boolean DEFAULT false NOT NULL,
    kind text NOT NULL,
    unique_key text,
    subject text,
    gate text,
    trace text,
    stage text,
    payload json NOT NULL,
    errors jsonb
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0.1', autovacuum_vacuum_cost_delay='0', autovacuum_vacuum_threshold='300000', autovacuum_vacuum_insert_threshold='-1', autovacuum_analyze_threshold='1000000');


--
-- Name: hot_15; Type: TABLE; Schema: queue; Owner: -
--

CREATE TABLE queue.hot_15 (
    place bigint NOT NULL,
    id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    queued_at timestamp with time zone DEFAULT now() NOT NULL,
    started_at timestamp with time zone,
    worker integer DEFAULT 0 NOT NULL,
    timeout_ms integer,
    segment smallint NOT NULL,
    priority smallint NOT NULL,
    attempt smallint DEFAULT 0 NOT NULL,
    max_attempts smallint NOT NULL,
    percent smallint,
    cancel boolean DEFAULT false NOT NULL,
    kind text NOT NULL,
    unique_key text,
    subject text,
    gate text,
    trace text,
    stage text,
    payload json NOT NULL,
    errors jsonb
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0.1', autovacuum_vacuum_cost_delay='0', autovacuum_vacuum_threshold='300000', autovacuum_vacuum_insert_threshold='-1', autovacuum_analyze_threshold='1000000');


--
-- Name: hot_2; Type: TABLE; Schema: queue; Owner: -
--

CREATE TABLE queue.hot_2 (
    place bigint NOT NULL,
    id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    queued_at timestamp with time zone DEFAULT now() NOT NULL,
    started_at timestamp with time zone,
    worker integer DEFAULT 0 NOT NULL,
    timeout_ms integer,
    segment smallint NOT NULL,
    priority smallint NOT NULL,
    attempt smallint DEFAULT 0 NOT NULL,
    max_attempts smallint NOT NULL,
    percent smallint,
    cancel boolean DEFAULT false NOT NULL,
    kind text NOT NULL,
    unique_key text,
    subject text,
    gate text,
    trace text,
    stage text,
    payload json NOT NULL,
    errors jsonb
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0.1', autovacuum_vacuum_cost_delay='0', autovacuum_vacuum_threshold='300000', autovacuum_vacuum_insert_threshold='-1', autovacuum_analyze_threshold='1000000');


--
-- Name: hot_3; Type: TABLE; Schema: queue; Owner: -
--

CREATE TABLE queue.hot_3 (
    place bigint NOT NULL,
    id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    queued_at timestamp with time zone DEFAULT now() NOT NULL,
    started_at timestamp with time zone,
    worker integer DEFAULT 0 NOT NULL,
    timeout_ms integer,
    segment smallint NOT NULL,
    priority smallint NOT NULL,
    attempt smallint DEFAULT 0 NOT NULL,
    max_attempts smallint NOT NULL,
    percent smallint,
    cancel boolean DEFAULT false NOT NULL,
    kind text NOT NULL,
    unique_key text,
    subject text,
    gate text,
    trace text,
    stage text,
    payload json NOT NULL,
    errors jsonb
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0.1', autovacuum_vacuum_cost_delay='0', autovacuum_vacuum_threshold='300000', autovacuum_vacuum_insert_threshold='-1', autovacuum_analyze_threshold='1000000');


--
-- Name: hot_4; Type: TABLE; Schema: queue; Owner: -
--

CREATE TABLE queue.hot_4 (
    place bigint NOT NULL,
    id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    queued_at timestamp with time zone DEFAULT now() NOT NULL,
    started_at timestamp with time zone,
    worker integer DEFAULT 0 NOT NULL,
    timeout_ms integer,
    segment smallint NOT NULL,
    priority smallint NOT NULL,
    attempt smallint DEFAULT 0 NOT NULL,
    max_attempts smallint NOT NULL,
    percent smallint,
    cancel boolean DEFAULT false NOT NULL,
    kind text NOT NULL,
    unique_key text,
    subject text,
    gate text,
    trace text,
    stage text,
    payload json NOT NULL,
    errors jsonb
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0.1', autovacuum_vacuum_cost_delay='0', autovacuum_vacuum_threshold='300000', autovacuum_vacuum_insert_threshold='-1', autovacuum_analyze_threshold='1000000');


--
-- Name: hot_5; Type: TABLE; Schema: queue; Owner: -
--

CREATE TABLE queue.hot_5 (
    place bigint NOT NULL,
    id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    queued_at timestamp with time zone DEFAULT now() NOT NULL,
    started_at timestamp with time zone,
    worker integer DEFAULT 0 NOT NULL,
    timeout_ms integer,
    segment smallint NOT NULL,
    priority smallint NOT NULL,
    attempt smallint DEFAULT 0 NOT NULL,
    max_attempts smallint NOT NULL,
    percent smallint,
    cancel boolean DEFAULT false NOT NULL,
    kind text NOT NULL,
    unique_key text,
    subject text,
    gate text,
    trace text,
    stage text,
    payload json NOT NULL,
    errors jsonb
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0.1', autovacuum_vacuum_cost_delay='0', autovacuum_vacuum_threshold='300000', autovacuum_vacuum_insert_threshold='-1', autovacuum_analyze_threshold='1000000');


--
-- Name: hot_6; Type: TABLE; Schema: queue; Owner: -
--

CREATE TABLE queue.hot_6 (
    place bigint NOT NULL,
    id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    queued_at timestamp with time zone DEFAULT now() NOT NULL,
    started_at timestamp with time zone,
    worker integer DEFAULT 0 NOT NULL,
    timeout_ms integer,
    segment smallint NOT NULL,
    priority smallint NOT NULL,
    attempt smallint DEFAULT 0 NOT NULL,
    max_attempts smallint NOT NULL,
    percent smallint,
    cancel boolean DEFAULT false NOT NULL,
    kind text NOT NULL,
    unique_key text,
    subject text,
    gate text,
    trace text,
    stage text,
    payload json NOT NULL,
    errors jsonb
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0.1', autovacuum_vacuum_cost_delay='0', autovacuum_vacuum_threshold='300000', autovacuum_vacuum_insert_threshold='-1', autovacuum_analyze_threshold='1000000');


--
-- Name: hot_7; Type: TABLE; Schema: queue; Owner: -
--

CREATE TABLE queue.hot_7 (
    place bigint NOT NULL,
    id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    queued_at timestamp with time zone DEFAULT now() NOT NULL,
    started_at timestamp with time zone,
    worker integer DEFAULT 0 NOT NULL,
    timeout_ms integer,
    segment smallint NOT NULL,
    priority smallint NOT NULL,
    attempt smallint DEFAULT 0 NOT NULL,
    max_attempts smallint NOT NULL,
    percent smallint,
    cancel boolean DEFAULT false NOT NULL,
    kind text NOT NULL,
    unique_key text,
    subject text,
    gate text,
    trace text,
    stage text,
    payload json NOT NULL,
    errors jsonb
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0.1', autovacuum_vacuum_cost_delay='0', autovacuum_vacuum_threshold='300000', autovacuum_vacuum_insert_threshold='-1', autovacuum_analyze_threshold='1000000');


--
-- Name: hot_8; Type: TABLE; Schema: queue; Owner: -
--

CREATE TABLE queue.hot_8 (
    place bigint NOT NULL,
    id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    queued_at timestamp with time zone DEFAULT now() NOT NULL,
    started_at timestamp with time zone,
    worker integer DEFAULT 0 NOT NULL,
    timeout_ms integer,
    segment smallint NOT NULL,
    priority smallint NOT NULL,
    attempt smallint DEFAULT 0 NOT NULL,
    max_attempts smallint NOT NULL,
    percent smallint,
    cancel boolean DEFAULT false NOT NULL,
    kind text NOT NULL,
    unique_key text,
    subject text,
    gate text,
    trace text,
    stage text,
    payload json NOT NULL,
    errors jsonb
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0.1', autovacuum_vacuum_cost_delay='0', autovacuum_vacuum_threshold='300000', autovacuum_vacuum_insert_threshold='-1', autovacuum_analyze_threshold='1000000');


--
-- Name: hot_9; Type: TABLE; Schema: queue; Owner: -
--

CREATE TABLE queue.hot_9 (
    place bigint NOT NULL,
    id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    queued_at timestamp with time zone DEFAULT now() NOT NULL,
    started_at timestamp with time zone,
    worker integer DEFAULT 0 NOT NULL,
    timeout_ms integer,
    segment smallint NOT NULL,
    priority smallint NOT NULL,
    attempt smallint DEFAULT 0 NOT NULL,
    max_attempts smallint NOT NULL,
    percent smallint,
    cancel boolean DEFAULT false NOT NULL,
    kind text NOT NULL,
    unique_key text,
    subject text,
    gate text,
    trace text,
    stage text,
    payload json NOT NULL,
    errors jsonb
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0.1', autovacuum_vacuum_cost_delay='0', autovacuum_vacuum_threshold='300000', autovacuum_vacuum_insert_threshold='-1', autovacuum_analyze_threshold='1000000');


--
-- Name: job_ids; Type: SEQUENCE; Schema: queue; Owner: -
--

CREATE SEQUENCE queue.job_ids
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: parked; Type: TABLE; Schema: queue; Owner: -
--

CREATE TABLE queue.parked (
    place bigint NOT NULL,
    id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    queued_at timestamp with time zone DEFAULT now() NOT NULL,
    timeout_ms integer,
    priority smallint NOT NULL,
    attempt smallint DEFAULT 0 NOT NULL,
    max_attempts smallint NOT NULL,
    kind text NOT NULL,
    unique_key text,
    subject text,
    gate text NOT NULL,
    trace text,
    payload json NOT NULL,
    errors jsonb,
    CONSTRAINT parked_max_attempts_check CHECK ((max_attempts > 0)),
    CONSTRAINT parked_priority_check CHECK (((priority >= 0) AND (priority <= 2)))
)
WITH (autovacuum_vacuum_scale_factor='0.05');


--
-- Name: waiting; Type: TABLE; Schema: queue; Owner: -
--

CREATE TABLE queue.waiting (
    id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    run_at timestamp with time zone NOT NULL,
    timeout_ms integer,
    priority smallint NOT NULL,
    attempt smallint DEFAULT 0 NOT NULL,
    max_attempts smallint NOT NULL,
    kind text NOT NULL,
    unique_key text,
    subject text,
    gate text,
    trace text,
    payload json NOT NULL,
    errors jsonb,
    CONSTRAINT waiting_max_attempts_check CHECK ((max_attempts > 0)),
    CONSTRAINT waiting_priority_check CHECK (((priority >= 0) AND (priority <= 2)))
)
WITH (autovacuum_vacuum_scale_factor='0.05');


--
-- Name: jobs; Type: VIEW; Schema: queue; Owner: -
--

CREATE VIEW queue.jobs AS
 SELECT hot.id,
    hot.kind,
        CASE
            WHEN (hot.worker = 0) THEN 'pending'::text
            ELSE 'processing'::text
        END AS status,
    hot.priority,
    hot.attempt,
    hot.max_attempts,
    hot.created_at,
    hot.queued_at AS run_at,
    hot.started_at,
    NULL::timestamp with time zone AS finished_at,
    hot.unique_key,
    hot.subject,
    hot.gate,
    hot.trace,
    hot.timeout_ms,
    hot.percent,
    hot.stage,
    hot.payload,
    NULL::json AS result,
    NULL::text AS code,
    ((hot.errors -> '-1'::integer) ->> 'error'::text) AS error,
    hot.errors
   FROM queue.hot
UNION ALL
 SELECT waiting.id,
    waiting.kind,
    'pending'::text AS status,
    waiting.priority,
    waiting.attempt,
    waiting.max_attempts,
    waiting.created_at,
    waiting.run_at,
    NULL::timestamp with time zone AS started_at,
    NULL::timestamp with time zone AS finished_at,
    waiting.unique_key,
    waiting.subject,
    waiting.gate,
    waiting.trace,
    waiting.timeout_ms,
    NULL::smallint AS percent,
    NULL::text AS stage,
    waiting.payload,
    NULL::json AS result,
    NULL::text AS code,
    ((waiting.errors -> '-1'::integer) ->> 'error'::text) AS error,
    waiting.errors
   FROM queue.waiting
UNION ALL
 SELECT parked.id,
    parked.kind,
    'pending'::text AS status,
    parked.priority,
    parked.attempt,
    parked.max_attempts,
    parked.created_at,
    parked.queued_at AS run_at,
    NULL::timestamp with time zone AS started_at,
    NULL::timestamp with time zone AS finished_at,
    parked.unique_key,
    parked.subject,
    parked.gate,
    parked.trace,
    parked.timeout_ms,
    NULL::smallint AS percent,
    NULL::text AS stage,
    parked.payload,
    NULL::json AS result,
    NULL::text AS code,
    ((parked.errors -> '-1'::integer) ->> 'error'::text) AS error,
    parked.errors
   FROM queue.parked
UNION ALL
 SELECT finished.id,
    finished.kind,
    finished.status,
    finished.priority,
    finished.attempt,
    finished.max_attempts,
    finished.created_at,
    NULL::timestamp with time zone AS run_at,
    finished.started_at,
    finished.finished_at,
    finished.unique_key,
    finished.subject,
    finished.gate,
    finished.trace,
    finished.timeout_ms,
    NULL::smallint AS percent,
    NULL::text AS stage,
    finished.payload,
    finished.result,
    finished.code,
    finished.error,
    finished.errors
   FROM queue.finished;


--
-- Name: keys; Type: TABLE; Schema: queue; Owner: -
--

CREATE TABLE queue.keys (
    key text NOT NULL,
    job_id bigint NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0.05', autovacuum_vacuum_cost_delay='0');


--
-- Name: paused; Type: TABLE; Schema: queue; Owner: -
--

CREATE TABLE queue.paused (
    kind text NOT NULL,
    since timestamp with time zone DEFAULT now() NOT NULL,
    reason text
);


--
-- Name: schedules; Type: TABLE; Schema: queue; Owner: -
--

CREATE TABLE queue.schedules (
    name text NOT NULL,
    cron text NOT NULL,
    zone text NOT NULL,
    missed text NOT NULL,
    kind text NOT NULL,
    priority smallint NOT NULL,
    max_attempts smallint NOT NULL,
    unique_key text,
    payload json NOT NULL,
    next_at timestamp with time zone NOT NULL,
    last_at timestamp with time zone,
    CONSTRAINT schedules_missed_check CHECK ((missed = ANY (ARRAY['skip'::text, 'once'::text, 'all'::text])))
);


--
-- Name: tallies; Type: TABLE; Schema: queue; Owner: -
--

CREATE TABLE queue.tallies (
    day date NOT NULL,
    kind text NOT NULL,
    status text NOT NULL,
    jobs bigint NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0.05');


--
-- Name: workers; Type: TABLE; Schema: queue; Owner: -
--

CREATE TABLE queue.workers (
    id integer NOT NULL,
    node text NOT NULL,
    started_at timestamp with time zone DEFAULT now() NOT NULL,
    heartbeat_at timestamp with time zone DEFAULT now() NOT NULL
)
WITH (fillfactor='50');


--
-- Name: workers_id_seq; Type: SEQUENCE; Schema: queue; Owner: -
--

ALTER TABLE queue.workers ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME queue.workers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: dead; Type: TABLE ATTACH; Schema: queue; Owner: -
--

ALTER TABLE ONLY queue.finished ATTACH PARTITION queue.dead FOR VALUES IN ('failed');


--
-- Name: dead_20261130; Type: TABLE ATTACH; Schema: queue; Owner: -
--

ALTER TABLE ONLY queue.dead ATTACH PARTITION queue.dead_20261130 FOR VALUES FROM ('2026-11-30 00:00:00+00') TO ('2026-12-01 00:00:00+00');


--
-- Name: dead_20261201; Type: TABLE ATTACH; Schema: queue; Owner: -
--

ALTER TABLE ONLY queue.dead ATTACH PARTITION queue.dead_20261201 FOR VALUES FROM ('2026-12-01 00:00:00+00') TO ('2026-12-02 00:00:00+00');


--
-- Name: dead_20261202; Type: TABLE ATTACH; Schema: queue; Owner: -
--

ALTER TABLE ONLY queue.dead ATTACH PARTITION queue.dead_20261202 FOR VALUES FROM ('2026-12-02 00:00:00+00') TO ('2026-12-03 00:00:00+00');


--
-- Name: dead_20261203; Type: TABLE ATTACH; Schema: queue; Owner: -
--

ALTER TABLE ONLY queue.dead ATTACH PARTITION queue.dead_20261203 FOR VALUES FROM ('2026-12-03 00:00:00+00') TO ('2026-12-04 00:00:00+00');


--
-- Name: dead_20261204; Type: TABLE ATTACH; Schema: queue; Owner: -
--

ALTER TABLE ONLY queue.dead ATTACH PARTITION queue.dead_20261204 FOR VALUES FROM ('2026-12-04 00:00:00+00') TO ('2026-12-05 00:00:00+00');


--
-- Name: dead_20261205; Type: TABLE ATTACH; Schema: queue; Owner: -
--

ALTER TABLE ONLY queue.dead ATTACH PARTITION queue.dead_20261205 FOR VALUES FROM ('2026-12-05 00:00:00+00') TO ('2026-12-06 00:00:00+00');


--
-- Name: dead_20261206; Type: TABLE ATTACH; Schema: queue; Owner: -
--

ALTER TABLE ONLY queue.dead ATTACH PARTITION queue.dead_20261206 FOR VALUES FROM ('2026-12-06 00:00:00+00') TO ('2026-12-07 00:00:00+00');


--
-- Name: dead_20261207; Type: TABLE ATTACH; Schema: queue; Owner: -
--

ALTER TABLE ONLY queue.dead ATTACH PARTITION queue.dead_20261207 FOR VALUES FROM ('2026-12-07 00:00:00+00') TO ('2026-12-08 00:00:00+00');


--
-- Name: dead_default; Type: TABLE ATTACH; Schema: queue; Owner: -
--

ALTER TABLE ONLY queue.dead ATTACH PARTITION queue.dead_default DEFAULT;


--
-- Name: done; Type: TABLE ATTACH; Schema: queue; Owner: -
--

ALTER TABLE ONLY queue.finished ATTACH PARTITION queue.done FOR VALUES IN ('completed', 'cancelled');


--
-- Name: done_20261130; Type: TABLE ATTACH; Schema: queue; Owner: -
--

ALTER TABLE ONLY queue.done ATTACH PARTITION queue.done_20261130 FOR VALUES FROM ('2026-11-30 00:00:00+00') TO ('2026-12-01 00:00:00+00');


--
-- Name: done_20261201; Type: TABLE ATTACH; Schema: queue; Owner: -
--

ALTER TABLE ONLY queue.done ATTACH PARTITION queue.done_20261201 FOR VALUES FROM ('2026-12-01 00:00:00+00') TO ('2026-12-02 00:00:00+00');


--
-- Name: done_20261202; Type: TABLE ATTACH; Schema: queue; Owner: -
--

ALTER TABLE ONLY queue.done ATTACH PARTITION queue.done_20261202 FOR VALUES FROM ('2026-12-02 00:00:00+00') TO ('2026-12-03 00:00:00+00');


--
-- Name: done_20261203; Type: TABLE ATTACH; Schema: queue; Owner: -
--

ALTER TABLE ONLY queue.done ATTACH PARTITION queue.done_20261203 FOR VALUES FROM ('2026-12-03 00:00:00+00') TO ('2026-12-04 00:00:00+00');


--
-- Name: done_20261204; Type: TABLE ATTACH; Schema: queue; Owner: -
--

ALTER TABLE ONLY queue.done ATTACH PARTITION queue.done_20261204 FOR VALUES FROM ('2026-12-04 00:00:00+00') TO ('2026-12-05 00:00:00+00');


--
-- Name: done_20261205; Type: TABLE ATTACH; Schema: queue; Owner: -
--

ALTER TABLE ONLY queue.done ATTACH PARTITION queue.done_20261205 FOR VALUES FROM ('2026-12-05 00:00:00+00') TO ('2026-12-06 00:00:00+00');


--
-- Name: done_20261206; Type: TABLE ATTACH; Schema: queue; Owner: -
--

ALTER TABLE ONLY queue.done ATTACH PARTITION queue.done_20261206 FOR VALUES FROM ('2026-12-06 00:00:00+00') TO ('2026-12-07 00:00:00+00');


--
-- Name: done_20261207; Type: TABLE ATTACH; Schema: queue; Owner: -
--

ALTER TABLE ONLY queue.done ATTACH PARTITION queue.done_20261207 FOR VALUES FROM ('2026-12-07 00:00:00+00') TO ('2026-12-08 00:00:00+00');


--
-- Name: done_default; Type: TABLE ATTACH; Schema: queue; Owner: -
--

ALTER TABLE ONLY queue.done ATTACH PARTITION queue.done_default DEFAULT;


--
-- Name: hot_0; Type: TABLE ATTACH; Schema: queue; Owner: -
--

ALTER TABLE ONLY queue.hot ATTACH PARTITION queue.hot_0 FOR VALUES IN ('0');


--
-- Name: hot_1; Type: TABLE ATTACH; Schema: queue; Owner: -
--

ALTER TABLE ONLY queue.hot ATTACH PARTITION queue.hot_1 FOR VALUES IN ('1');


--
-- Name: hot_10; Type: TABLE ATTACH; Schema: queue; Owner: -
--

ALTER TABLE ONLY queue.hot ATTACH PARTITION queue.hot_10 FOR VALUES IN ('10');


--
-- Name: hot_11; Type: TABLE ATTACH; Schema: queue; Owner: -
--

ALTER TABLE ONLY queue.hot ATTACH PARTITION queue.hot_11 FOR VALUES IN ('11');


--
-- Name: hot_12; Type: TABLE ATTACH; Schema: queue; Owner: -
--

ALTER TABLE ONLY queue.hot ATTACH PARTITION queue.hot_12 FOR VALUES IN ('12');


--
-- Name: hot_13; Type: TABLE ATTACH; Schema: queue; Owner: -
--

ALTER TABLE ONLY queue.hot ATTACH PARTITION queue.hot_13 FOR VALUES IN ('13');


--
-- Name: hot_14; Type: TABLE ATTACH; Schema: queue; Owner: -
--

ALTER TABLE ONLY queue.hot ATTACH PARTITION queue.hot_14 FOR VALUES IN ('14');


--
-- Name: hot_15; Type: TABLE ATTACH; Schema: queue; Owner: -
--

ALTER TABLE ONLY queue.hot ATTACH PARTITION queue.hot_15 FOR VALUES IN ('15');


--
-- Name: hot_2; Type: TABLE ATTACH; Schema: queue; Owner: -
--

ALTER TABLE ONLY queue.hot ATTACH PARTITION queue.hot_2 FOR VALUES IN ('2');


--
-- Name: hot_3; Type: TABLE ATTACH; Schema: queue; Owner: -
--

ALTER TABLE ONLY queue.hot ATTACH PARTITION queue.hot_3 FOR VALUES IN ('3');


--
-- Name: hot_4; Type: TABLE ATTACH; Schema: queue; Owner: -
--

ALTER TABLE ONLY queue.hot ATTACH PARTITION queue.hot_4 FOR VALUES IN ('4');


--
-- Name: hot_5; Type: TABLE ATTACH; Schema: queue; Owner: -
--

ALTER TABLE ONLY queue.hot ATTACH PARTITION queue.hot_5 FOR VALUES IN ('5');


--
-- Name: hot_6; Type: TABLE ATTACH; Schema: queue; Owner: -
--

ALTER TABLE ONLY queue.hot ATTACH PARTITION queue.hot_6 FOR VALUES IN ('6');


--
-- Name: hot_7; Type: TABLE ATTACH; Schema: queue; Owner: -
--

ALTER TABLE ONLY queue.hot ATTACH PARTITION queue.hot_7 FOR VALUES IN ('7');


--
-- Name: hot_8; Type: TABLE ATTACH; Schema: queue; Owner: -
--

ALTER TABLE ONLY queue.hot ATTACH PARTITION queue.hot_8 FOR VALUES IN ('8');


--
-- Name: hot_9; Type: TABLE ATTACH; Schema: queue; Owner: -
--

ALTER TABLE ONLY queue.hot ATTACH PARTITION queue.hot_9 FOR VALUES IN ('9');


--
-- Data for Name: _sqlx_migrations; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public._sqlx_migrations VALUES (1, 'product', '2026-11-30 03:23:52.225843+00', true, '\x63406a8e6df5a824c9514b03b11bec9982c9f3d3db77ed3dbcf0c2d937804a2f6dceae1c6942baa36170966382b112e1', 182176007);
INSERT INTO public._sqlx_migrations VALUES (2, 'queue', '2026-11-30 03:23:52.415614+00', true, '\x007e1ab9dcc7baa3d9043ba54fb8cc1dfdc33c50261312ad6a5b61ec39e184ac9c8078eaabaea623a01a6fda58f1ed6b', 244497104);
INSERT INTO public._sqlx_migrations VALUES (3, 'schedules', '2026-11-30 03:23:52.663719+00', true, '\xceb6d084f3bc17dbafc5f2d836525a5dbf0b8853c36bd7bd61d4a996e94f46c382f2de16724a6e1b31fdc3a613b65fe6', 15909290);
INSERT INTO public._sqlx_migrations VALUES (10, 'files by name', '2026-11-30 03:23:52.683696+00', true, '\x9ff0c5edec8d31501a3ad68ccfd2ea973805a42089c044c7ca535efcba73a40c6ef2dbd95abdd2c2e732087bdbc91eff', 7842829);
INSERT INTO public._sqlx_migrations VALUES (20, 'queue segments', '2026-11-30 03:23:52.699784+00', true, '\x689559ee89a1954d8924fbecbd03488b05367453cc0b18527f376b9dbbb3282cc5d26ff020dba87fa3a0bfd83f9400ca', 1224005050);
INSERT INTO public._sqlx_migrations VALUES (30, 'ocr', '2026-11-30 03:23:53.928869+00', true, '\x772e97f0c287a9025185fe528eadf2182392ade351fd4feb1daca729bc786ec1e698cf7eb33c7c0a682ffc1b53dc3514', 26879164);
INSERT INTO public._sqlx_migrations VALUES (31, 'ocr budget', '2026-11-30 03:23:53.961321+00', true, '\x851f8366e4ad6a049bffd229848acfbe0d498b694de4bc615edf41e9b3133931cf9705511d41e420e698f3a23a499392', 10430543);
INSERT INTO public._sqlx_migrations VALUES (32, 'vacuum', '2026-11-30 03:23:53.974318+00', true, '\x0c19361d032f418819085663fa977adc6fbdba0818278e77c14a3672fed9b07aadad216bfe8780520b916b556ef34bc3', 10870506);
INSERT INTO public._sqlx_migrations VALUES (40, 'store identity', '2026-11-30 03:23:53.987242+00', true, '\x6871236b464e695cf736c5363bea8a7a960ac4c6824971d8cf3378e754633025af838b51ef70f8adce4803c6e77e5c23', 7934956);


--
-- Data for Name: api_tokens; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.api_tokens VALUES ('84741ff9-00f8-4faa-9dcc-f84548d5b213', '6d13a8e4-c12d-4a41-9f45-ed63fdbe3078', 'a script', '\x0d0055a9d54fd31442c4e3506a34cb394a29f2a16ade8922479567a86c195c45', '{read,write}', '2026-11-30 03:23:55.277737+00', NULL, NULL);


--
-- Data for Name: artifacts; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.artifacts VALUES ('f4367f262b406fb30fe0ef52736e9d99422310cc6f54225470286ebe16993222', 'extracted-text.txt', 'text/plain; charset=utf-8', 73, NULL, NULL, '2026-11-30 03:23:55.521457+00', '2026-11-30 03:23:55.521457+00');
INSERT INTO public.artifacts VALUES ('f4367f262b406fb30fe0ef52736e9d99422310cc6f54225470286ebe16993222', 'text.md', 'text/markdown; charset=utf-8', 73, NULL, NULL, '2026-11-30 03:23:55.521457+00', '2026-11-30 03:23:55.521457+00');
INSERT INTO public.artifacts VALUES ('f4367f262b406fb30fe0ef52736e9d99422310cc6f54225470286ebe16993222', 'pages.json', 'application/json', 31, NULL, NULL, '2026-11-30 03:23:55.521457+00', '2026-11-30 03:23:55.521457+00');
INSERT INTO public.artifacts VALUES ('5ff032951b886240a05a0ffdbe853dd17fdd0c3e5cf6b622bcfbf0f4175d50cf', 'extracted-text.txt', 'text/plain; charset=utf-8', 46, NULL, NULL, '2026-11-30 03:23:55.651838+00', '2026-11-30 03:23:55.651838+00');
INSERT INTO public.artifacts VALUES ('5ff032951b886240a05a0ffdbe853dd17fdd0c3e5cf6b622bcfbf0f4175d50cf', 'text.md', 'text/markdown; charset=utf-8', 76, NULL, NULL, '2026-11-30 03:23:55.651838+00', '2026-11-30 03:23:55.651838+00');
INSERT INTO public.artifacts VALUES ('5ff032951b886240a05a0ffdbe853dd17fdd0c3e5cf6b622bcfbf0f4175d50cf', 'pages.json', 'application/json', 31, NULL, NULL, '2026-11-30 03:23:55.651838+00', '2026-11-30 03:23:55.651838+00');
INSERT INTO public.artifacts VALUES ('c0f4318debb6f0c7c76742fb3f4b5d3103138eeaa648711bc18a99bdcfcbeb0f', 'extracted-text.txt', 'text/plain; charset=utf-8', 111, NULL, NULL, '2026-11-30 03:23:55.731936+00', '2026-11-30 03:23:55.731936+00');
INSERT INTO public.artifacts VALUES ('c0f4318debb6f0c7c76742fb3f4b5d3103138eeaa648711bc18a99bdcfcbeb0f', 'text.md', 'text/markdown; charset=utf-8', 123, NULL, NULL, '2026-11-30 03:23:55.731936+00', '2026-11-30 03:23:55.731936+00');
INSERT INTO public.artifacts VALUES ('c0f4318debb6f0c7c76742fb3f4b5d3103138eeaa648711bc18a99bdcfcbeb0f', 'pages.json', 'application/json', 32, NULL, NULL, '2026-11-30 03:23:55.731936+00', '2026-11-30 03:23:55.731936+00');
INSERT INTO public.artifacts VALUES ('1fdef000c8b3c4c1359253386ec3cc43d78c83dc036d7b8326c984e9d877e3ec', 'extracted-text.txt', 'text/plain; charset=utf-8', 81, NULL, NULL, '2026-11-30 03:23:55.870762+00', '2026-11-30 03:23:55.870762+00');
INSERT INTO public.artifacts VALUES ('1fdef000c8b3c4c1359253386ec3cc43d78c83dc036d7b8326c984e9d877e3ec', 'text.md', 'text/markdown; charset=utf-8', 122, NULL, NULL, '2026-11-30 03:23:55.870762+00', '2026-11-30 03:23:55.870762+00');
INSERT INTO public.artifacts VALUES ('1fdef000c8b3c4c1359253386ec3cc43d78c83dc036d7b8326c984e9d877e3ec', 'pages.json', 'application/json', 31, NULL, NULL, '2026-11-30 03:23:55.870762+00', '2026-11-30 03:23:55.870762+00');
INSERT INTO public.artifacts VALUES ('276476b0792808b273a1a3070255dc318b7ce014c75e7b6d34d5514b7bf706c9', 'extracted-text.txt', 'text/plain; charset=utf-8', 165, NULL, NULL, '2026-11-30 03:23:56.034802+00', '2026-11-30 03:23:56.034802+00');
INSERT INTO public.artifacts VALUES ('276476b0792808b273a1a3070255dc318b7ce014c75e7b6d34d5514b7bf706c9', 'text.md', 'text/markdown; charset=utf-8', 266, NULL, NULL, '2026-11-30 03:23:56.034802+00', '2026-11-30 03:23:56.034802+00');
INSERT INTO public.artifacts VALUES ('276476b0792808b273a1a3070255dc318b7ce014c75e7b6d34d5514b7bf706c9', 'pages.json', 'application/json', 98, NULL, NULL, '2026-11-30 03:23:56.034802+00', '2026-11-30 03:23:56.034802+00');
INSERT INTO public.artifacts VALUES ('276476b0792808b273a1a3070255dc318b7ce014c75e7b6d34d5514b7bf706c9', 'thumbnail', 'image/webp', 444, 154, 200, '2026-11-30 03:23:56.256995+00', '2026-11-30 03:23:56.256995+00');
INSERT INTO public.artifacts VALUES ('fde464f698337cf77ad6491fb0349fff0bbbc3b33231bac70120e38bc39a6f1e', 'ai-chat', 'image/jpeg', 458, 48, 32, '2026-11-30 03:23:56.25749+00', '2026-11-30 03:23:56.25749+00');
INSERT INTO public.artifacts VALUES ('fde464f698337cf77ad6491fb0349fff0bbbc3b33231bac70120e38bc39a6f1e', 'thumbnail', 'image/webp', 126, 48, 32, '2026-11-30 03:23:56.25749+00', '2026-11-30 03:23:56.25749+00');
INSERT INTO public.artifacts VALUES ('51c2ed98da07ba5c5651c6e16a03c63f120170d6ff1bb7f5e9eaeaad5834b657', 'ai-chat', 'image/jpeg', 458, 48, 32, '2026-11-30 03:23:56.398413+00', '2026-11-30 03:23:56.398413+00');
INSERT INTO public.artifacts VALUES ('51c2ed98da07ba5c5651c6e16a03c63f120170d6ff1bb7f5e9eaeaad5834b657', 'thumbnail', 'image/webp', 126, 48, 32, '2026-11-30 03:23:56.398413+00', '2026-11-30 03:23:56.398413+00');
INSERT INTO public.artifacts VALUES ('5263250339d3961c91f0bb1150e95ff862f8cd6a4ca873bc8d274dbe86fd6ce7', 'extracted-text.txt', 'text/plain; charset=utf-8', 600, NULL, NULL, '2026-11-30 03:23:56.827781+00', '2026-11-30 03:23:56.827781+00');
INSERT INTO public.artifacts VALUES ('5263250339d3961c91f0bb1150e95ff862f8cd6a4ca873bc8d274dbe86fd6ce7', 'text.md', 'text/markdown; charset=utf-8', 600, NULL, NULL, '2026-11-30 03:23:56.827781+00', '2026-11-30 03:23:56.827781+00');
INSERT INTO public.artifacts VALUES ('5263250339d3961c91f0bb1150e95ff862f8cd6a4ca873bc8d274dbe86fd6ce7', 'pages.json', 'application/json', 32, NULL, NULL, '2026-11-30 03:23:56.827781+00', '2026-11-30 03:23:56.827781+00');
INSERT INTO public.artifacts VALUES ('613a6ae375bf05e36a381f7085a3a3599c5c25d2697b1d4cad90234dc5dc1ccf', 'extracted-text.txt', 'text/plain; charset=utf-8', 94, NULL, NULL, '2026-11-30 03:23:56.907919+00', '2026-11-30 03:23:56.907919+00');
INSERT INTO public.artifacts VALUES ('613a6ae375bf05e36a381f7085a3a3599c5c25d2697b1d4cad90234dc5dc1ccf', 'text.md', 'text/markdown; charset=utf-8', 111, NULL, NULL, '2026-11-30 03:23:56.907919+00', '2026-11-30 03:23:56.907919+00');
INSERT INTO public.artifacts VALUES ('613a6ae375bf05e36a381f7085a3a3599c5c25d2697b1d4cad90234dc5dc1ccf', 'pages.json', 'application/json', 31, NULL, NULL, '2026-11-30 03:23:56.907919+00', '2026-11-30 03:23:56.907919+00');


--
-- Data for Name: contents; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.contents VALUES ('f4367f262b406fb30fe0ef52736e9d99422310cc6f54225470286ebe16993222', 73, 'text/plain', 'txt', 'txt', 'completed', '{"outcome": "ok"}', '{"words": 14, "encoding": "UTF-8", "characters": 63}', '[]', '2026-11-30 03:23:55.402862+00', '2026-11-30 03:23:55.475287+00', '2026-11-30 03:23:55.521457+00');
INSERT INTO public.contents VALUES ('5ff032951b886240a05a0ffdbe853dd17fdd0c3e5cf6b622bcfbf0f4175d50cf', 46, 'text/csv', 'csv', 'csv', 'completed', '{"outcome": "ok"}', '{"words": 6, "encoding": "UTF-8", "characters": 46}', '[]', '2026-11-30 03:23:55.552057+00', '2026-11-30 03:23:55.59156+00', '2026-11-30 03:23:55.651838+00');
INSERT INTO public.contents VALUES ('c0f4318debb6f0c7c76742fb3f4b5d3103138eeaa648711bc18a99bdcfcbeb0f', 70, 'application/json', 'json', 'json', 'completed', '{"outcome": "ok"}', '{"words": 9, "encoding": "UTF-8", "characters": 107}', '[]', '2026-11-30 03:23:55.69984+00', '2026-11-30 03:23:55.710755+00', '2026-11-30 03:23:55.731936+00');
INSERT INTO public.contents VALUES ('1fdef000c8b3c4c1359253386ec3cc43d78c83dc036d7b8326c984e9d877e3ec', 2637, 'application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'docx', 'docx', 'completed', '{"outcome": "ok"}', '{"title": "Sample", "words": 13, "author": "Ann", "created": "2024-01-02T03:04:05Z", "characters": 81}', '[]', '2026-11-30 03:23:55.823886+00', '2026-11-30 03:23:55.841423+00', '2026-11-30 03:23:55.870762+00');
INSERT INTO public.contents VALUES ('276476b0792808b273a1a3070255dc318b7ce014c75e7b6d34d5514b7bf706c9', 1850, 'application/pdf', 'pdf', 'pdf', 'completed', '{"outcome": "ok"}', '{"pages": 3, "title": "Sample (one)", "words": 29, "author": "José", "language": "en", "characters": 165}', '[]', '2026-11-30 03:23:55.94761+00', '2026-11-30 03:23:55.989746+00', '2026-11-30 03:23:56.034802+00');
INSERT INTO public.contents VALUES ('7a6f3847f161a9b1b5ac47ab1a17d53ad24f4e9467107c2fdc29df4864041da7', 907, 'application/pdf', 'pdf', 'pdf', 'failed', '{"detail": "The PDF is protected with a password.", "reason": "encrypted", "outcome": "rejected"}', '{}', '[]', '2026-11-30 03:23:56.111945+00', '2026-11-30 03:23:56.119123+00', '2026-11-30 03:23:56.123059+00');
INSERT INTO public.contents VALUES ('fde464f698337cf77ad6491fb0349fff0bbbc3b33231bac70120e38bc39a6f1e', 106, 'image/png', 'png', 'png', 'visual', '{"outcome": "ok"}', '{"alpha": false, "width": 48, "height": 32, "animated": false, "thumbHash": "e1f70d6d9a818a86c067878888a8868885bff8978d", "orientation": 1, "dominantColor": "#f0f0f0", "perceptualHash": "b94eb9b1914e46b1"}', '[]', '2026-11-30 03:23:56.198471+00', '2026-11-30 03:23:56.22401+00', '2026-11-30 03:23:56.25749+00');
INSERT INTO public.contents VALUES ('51c2ed98da07ba5c5651c6e16a03c63f120170d6ff1bb7f5e9eaeaad5834b657', 355, 'image/gif', 'gif', 'gif', 'visual', '{"outcome": "ok"}', '{"alpha": false, "width": 48, "height": 32, "animated": true, "thumbHash": "e1f70d6d9a818a86c067878888a8868885bff8978d", "orientation": 1, "dominantColor": "#f0f0f0", "perceptualHash": "b94eb9b1914e46b1"}', '[]', '2026-11-30 03:23:56.367957+00', '2026-11-30 03:23:56.380672+00', '2026-11-30 03:23:56.398413+00');
INSERT INTO public.contents VALUES ('3295e793f35a21c92d5e92c1b4d35576297f10cf5d8f7fd850c27c40dec0fb01', 3584, 'application/x-ole-storage', 'office-encrypted', 'docx', 'failed', '{"detail": "The document is protected with a password.", "reason": "encrypted", "outcome": "rejected"}', '{}', '[]', '2026-11-30 03:23:56.434989+00', '2026-11-30 03:23:56.450556+00', '2026-11-30 03:23:56.456726+00');
INSERT INTO public.contents VALUES ('6ed1baacceee9808b814c4710c5948e619c6701e74247d1e6638251597a9d3f0', 149, 'message/rfc822', 'eml', 'eml', 'visual', '{"outcome": "ok"}', '{}', '[]', '2026-11-30 03:23:56.555905+00', '2026-11-30 03:23:56.578451+00', '2026-11-30 03:23:56.587548+00');
INSERT INTO public.contents VALUES ('5263250339d3961c91f0bb1150e95ff862f8cd6a4ca873bc8d274dbe86fd6ce7', 300, 'text/plain', 'txt', 'bin', 'completed', '{"outcome": "ok"}', '{"words": 1, "encoding": "windows-1256", "characters": 300}', '[]', '2026-11-30 03:23:56.791777+00', '2026-11-30 03:23:56.806945+00', '2026-11-30 03:23:56.827781+00');
INSERT INTO public.contents VALUES ('613a6ae375bf05e36a381f7085a3a3599c5c25d2697b1d4cad90234dc5dc1ccf', 94, 'application/xml', 'xml', 'xml', 'completed', '{"outcome": "ok"}', '{"words": 8, "encoding": "UTF-8", "characters": 94}', '[]', '2026-11-30 03:23:56.877839+00', '2026-11-30 03:23:56.889179+00', '2026-11-30 03:23:56.907919+00');
INSERT INTO public.contents VALUES ('549996f9adf7439064100a56a6f7dfe771720847741eb5eb4a1bbd47cb7b386d', 244, 'text/plain; charset=utf-8', NULL, 'md', 'pending', NULL, '{}', '[]', '2026-11-30 03:23:58.334715+00', NULL, NULL);


--
-- Data for Name: drive_members; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.drive_members VALUES ('837f7529-d369-4813-bdd7-90f024814a1c', '6d13a8e4-c12d-4a41-9f45-ed63fdbe3078', 'owner');
INSERT INTO public.drive_members VALUES ('94ce4cf9-7d6c-4d99-a756-cee1c1b1d765', 'd0f616df-9926-498b-b82b-4c1f3c3d3c06', 'owner');
INSERT INTO public.drive_members VALUES ('0cbaf6f2-5869-4be1-88cc-65785cf25ddb', '6d13a8e4-c12d-4a41-9f45-ed63fdbe3078', 'owner');
INSERT INTO public.drive_members VALUES ('0cbaf6f2-5869-4be1-88cc-65785cf25ddb', 'd0f616df-9926-498b-b82b-4c1f3c3d3c06', 'editor');


--
-- Data for Name: drives; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.drives VALUES ('837f7529-d369-4813-bdd7-90f024814a1c', 'My files', '2026-11-30 03:23:54.728048+00');
INSERT INTO public.drives VALUES ('94ce4cf9-7d6c-4d99-a756-cee1c1b1d765', 'My files', '2026-11-30 03:23:55.023687+00');
INSERT INTO public.drives VALUES ('0cbaf6f2-5869-4be1-88cc-65785cf25ddb', 'Shared', '2026-11-30 03:23:55.17941+00');


--
-- Data for Name: events; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (1, '800', 'file.created', '837f7529-d369-4813-bdd7-90f024814a1c', 'c2a1de0e-95bb-4592-87db-10936d0e801f', '{"name": "hello.txt", "status": "pending", "sizeBytes": 73, "contentHash": "f4367f262b406fb30fe0ef52736e9d99422310cc6f54225470286ebe16993222"}', '2026-11-30 03:23:55.402862+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (2, '821', 'file.status', '837f7529-d369-4813-bdd7-90f024814a1c', 'c2a1de0e-95bb-4592-87db-10936d0e801f', '{"status": "processing", "contentHash": "f4367f262b406fb30fe0ef52736e9d99422310cc6f54225470286ebe16993222"}', '2026-11-30 03:23:55.475287+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (3, '825', 'file.status', '837f7529-d369-4813-bdd7-90f024814a1c', 'c2a1de0e-95bb-4592-87db-10936d0e801f', '{"status": "completed", "contentHash": "f4367f262b406fb30fe0ef52736e9d99422310cc6f54225470286ebe16993222"}', '2026-11-30 03:23:55.521457+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (4, '832', 'file.created', '837f7529-d369-4813-bdd7-90f024814a1c', 'cdeeecdc-cb10-4afb-8675-30f070aea1f4', '{"name": "quoted.csv", "status": "pending", "sizeBytes": 46, "contentHash": "5ff032951b886240a05a0ffdbe853dd17fdd0c3e5cf6b622bcfbf0f4175d50cf"}', '2026-11-30 03:23:55.552057+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (5, '839', 'file.status', '837f7529-d369-4813-bdd7-90f024814a1c', 'cdeeecdc-cb10-4afb-8675-30f070aea1f4', '{"status": "processing", "contentHash": "5ff032951b886240a05a0ffdbe853dd17fdd0c3e5cf6b622bcfbf0f4175d50cf"}', '2026-11-30 03:23:55.59156+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (6, '841', 'file.status', '837f7529-d369-4813-bdd7-90f024814a1c', 'cdeeecdc-cb10-4afb-8675-30f070aea1f4', '{"status": "completed", "contentHash": "5ff032951b886240a05a0ffdbe853dd17fdd0c3e5cf6b622bcfbf0f4175d50cf"}', '2026-11-30 03:23:55.651838+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (7, '848', 'file.created', '837f7529-d369-4813-bdd7-90f024814a1c', '56f7fc40-30b4-4d10-ab92-c5ecacbaf467', '{"name": "nested.json", "status": "pending", "sizeBytes": 70, "contentHash": "c0f4318debb6f0c7c76742fb3f4b5d3103138eeaa648711bc18a99bdcfcbeb0f"}', '2026-11-30 03:23:55.69984+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (8, '854', 'file.status', '837f7529-d369-4813-bdd7-90f024814a1c', '56f7fc40-30b4-4d10-ab92-c5ecacbaf467', '{"status": "processing", "contentHash": "c0f4318debb6f0c7c76742fb3f4b5d3103138eeaa648711bc18a99bdcfcbeb0f"}', '2026-11-30 03:23:55.710755+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (9, '856', 'file.status', '837f7529-d369-4813-bdd7-90f024814a1c', '56f7fc40-30b4-4d10-ab92-c5ecacbaf467', '{"status": "completed", "contentHash": "c0f4318debb6f0c7c76742fb3f4b5d3103138eeaa648711bc18a99bdcfcbeb0f"}', '2026-11-30 03:23:55.731936+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (10, '863', 'file.created', '837f7529-d369-4813-bdd7-90f024814a1c', '0d982039-3cec-4612-9f66-1f527beb2e68', '{"name": "letter.docx", "status": "pending", "sizeBytes": 2637, "contentHash": "1fdef000c8b3c4c1359253386ec3cc43d78c83dc036d7b8326c984e9d877e3ec"}', '2026-11-30 03:23:55.823886+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (11, '869', 'file.status', '837f7529-d369-4813-bdd7-90f024814a1c', '0d982039-3cec-4612-9f66-1f527beb2e68', '{"status": "processing", "contentHash": "1fdef000c8b3c4c1359253386ec3cc43d78c83dc036d7b8326c984e9d877e3ec"}', '2026-11-30 03:23:55.841423+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (12, '871', 'file.status', '837f7529-d369-4813-bdd7-90f024814a1c', '0d982039-3cec-4612-9f66-1f527beb2e68', '{"status": "completed", "contentHash": "1fdef000c8b3c4c1359253386ec3cc43d78c83dc036d7b8326c984e9d877e3ec"}', '2026-11-30 03:23:55.870762+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (13, '878', 'file.created', '837f7529-d369-4813-bdd7-90f024814a1c', 'e50f5b30-1a1c-4e65-b498-f051e95ee60f', '{"name": "three-pages.pdf", "status": "pending", "sizeBytes": 1850, "contentHash": "276476b0792808b273a1a3070255dc318b7ce014c75e7b6d34d5514b7bf706c9"}', '2026-11-30 03:23:55.94761+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (14, '885', 'file.status', '837f7529-d369-4813-bdd7-90f024814a1c', 'e50f5b30-1a1c-4e65-b498-f051e95ee60f', '{"status": "processing", "contentHash": "276476b0792808b273a1a3070255dc318b7ce014c75e7b6d34d5514b7bf706c9"}', '2026-11-30 03:23:55.989746+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (15, '887', 'file.status', '837f7529-d369-4813-bdd7-90f024814a1c', 'e50f5b30-1a1c-4e65-b498-f051e95ee60f', '{"status": "completed", "contentHash": "276476b0792808b273a1a3070255dc318b7ce014c75e7b6d34d5514b7bf706c9"}', '2026-11-30 03:23:56.034802+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (16, '897', 'file.created', '837f7529-d369-4813-bdd7-90f024814a1c', 'dad2795f-ac3a-4ff0-ac56-605f05630ba2', '{"name": "encrypted-secret.pdf", "status": "pending", "sizeBytes": 907, "contentHash": "7a6f3847f161a9b1b5ac47ab1a17d53ad24f4e9467107c2fdc29df4864041da7"}', '2026-11-30 03:23:56.111945+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (17, '904', 'file.status', '837f7529-d369-4813-bdd7-90f024814a1c', 'dad2795f-ac3a-4ff0-ac56-605f05630ba2', '{"status": "processing", "contentHash": "7a6f3847f161a9b1b5ac47ab1a17d53ad24f4e9467107c2fdc29df4864041da7"}', '2026-11-30 03:23:56.119123+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (18, '905', 'file.status', '837f7529-d369-4813-bdd7-90f024814a1c', 'dad2795f-ac3a-4ff0-ac56-605f05630ba2', '{"status": "failed", "contentHash": "7a6f3847f161a9b1b5ac47ab1a17d53ad24f4e9467107c2fdc29df4864041da7"}', '2026-11-30 03:23:56.123059+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (19, '913', 'file.created', '837f7529-d369-4813-bdd7-90f024814a1c', '5014afeb-8b4a-4963-bd39-7f5d62994752', '{"name": "corners.png", "status": "pending", "sizeBytes": 106, "contentHash": "fde464f698337cf77ad6491fb0349fff0bbbc3b33231bac70120e38bc39a6f1e"}', '2026-11-30 03:23:56.198471+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (20, '919', 'file.status', '837f7529-d369-4813-bdd7-90f024814a1c', '5014afeb-8b4a-4963-bd39-7f5d62994752', '{"status": "processing", "contentHash": "fde464f698337cf77ad6491fb0349fff0bbbc3b33231bac70120e38bc39a6f1e"}', '2026-11-30 03:23:56.22401+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (21, '921', 'file.updated', '837f7529-d369-4813-bdd7-90f024814a1c', 'e50f5b30-1a1c-4e65-b498-f051e95ee60f', '{"contentHash": "276476b0792808b273a1a3070255dc318b7ce014c75e7b6d34d5514b7bf706c9"}', '2026-11-30 03:23:56.256995+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (22, '922', 'file.status', '837f7529-d369-4813-bdd7-90f024814a1c', '5014afeb-8b4a-4963-bd39-7f5d62994752', '{"status": "visual", "contentHash": "fde464f698337cf77ad6491fb0349fff0bbbc3b33231bac70120e38bc39a6f1e"}', '2026-11-30 03:23:56.25749+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (23, '931', 'file.created', '837f7529-d369-4813-bdd7-90f024814a1c', 'eeebb323-f3f6-44e9-944d-0f6a82c48207', '{"name": "animated.gif", "status": "pending", "sizeBytes": 355, "contentHash": "51c2ed98da07ba5c5651c6e16a03c63f120170d6ff1bb7f5e9eaeaad5834b657"}', '2026-11-30 03:23:56.367957+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (24, '936', 'file.status', '837f7529-d369-4813-bdd7-90f024814a1c', 'eeebb323-f3f6-44e9-944d-0f6a82c48207', '{"status": "processing", "contentHash": "51c2ed98da07ba5c5651c6e16a03c63f120170d6ff1bb7f5e9eaeaad5834b657"}', '2026-11-30 03:23:56.380672+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (25, '938', 'file.status', '837f7529-d369-4813-bdd7-90f024814a1c', 'eeebb323-f3f6-44e9-944d-0f6a82c48207', '{"status": "visual", "contentHash": "51c2ed98da07ba5c5651c6e16a03c63f120170d6ff1bb7f5e9eaeaad5834b657"}', '2026-11-30 03:23:56.398413+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (26, '946', 'file.created', '837f7529-d369-4813-bdd7-90f024814a1c', '89e4816c-5585-4314-bcad-19410115890a', '{"name": "locked.docx", "status": "pending", "sizeBytes": 3584, "contentHash": "3295e793f35a21c92d5e92c1b4d35576297f10cf5d8f7fd850c27c40dec0fb01"}', '2026-11-30 03:23:56.434989+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (27, '953', 'file.status', '837f7529-d369-4813-bdd7-90f024814a1c', '89e4816c-5585-4314-bcad-19410115890a', '{"status": "processing", "contentHash": "3295e793f35a21c92d5e92c1b4d35576297f10cf5d8f7fd850c27c40dec0fb01"}', '2026-11-30 03:23:56.450556+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (28, '954', 'file.status', '837f7529-d369-4813-bdd7-90f024814a1c', '89e4816c-5585-4314-bcad-19410115890a', '{"status": "failed", "contentHash": "3295e793f35a21c92d5e92c1b4d35576297f10cf5d8f7fd850c27c40dec0fb01"}', '2026-11-30 03:23:56.456726+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (29, '968', 'file.created', '837f7529-d369-4813-bdd7-90f024814a1c', 'eddb10a6-9be7-48ac-ad93-7b96d8828246', '{"name": "part-closed-that-was-not-opened.eml", "status": "pending", "sizeBytes": 149, "contentHash": "6ed1baacceee9808b814c4710c5948e619c6701e74247d1e6638251597a9d3f0"}', '2026-11-30 03:23:56.555905+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (30, '979', 'file.status', '837f7529-d369-4813-bdd7-90f024814a1c', 'eddb10a6-9be7-48ac-ad93-7b96d8828246', '{"status": "processing", "contentHash": "6ed1baacceee9808b814c4710c5948e619c6701e74247d1e6638251597a9d3f0"}', '2026-11-30 03:23:56.578451+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (31, '982', 'file.status', '837f7529-d369-4813-bdd7-90f024814a1c', 'eddb10a6-9be7-48ac-ad93-7b96d8828246', '{"status": "visual", "contentHash": "6ed1baacceee9808b814c4710c5948e619c6701e74247d1e6638251597a9d3f0"}', '2026-11-30 03:23:56.587548+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (32, '989', 'file.created', '0cbaf6f2-5869-4be1-88cc-65785cf25ddb', 'e150f985-ad4a-49c6-90a4-d9fa0bc2a719', '{"name": "hello.txt", "status": "completed", "sizeBytes": 73, "contentHash": "f4367f262b406fb30fe0ef52736e9d99422310cc6f54225470286ebe16993222"}', '2026-11-30 03:23:56.671696+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (33, '991', 'file.created', '837f7529-d369-4813-bdd7-90f024814a1c', 'ad362a42-1a5e-41c2-866d-a0b2026b327e', '{"name": "noise.bin", "status": "pending", "sizeBytes": 300, "contentHash": "5263250339d3961c91f0bb1150e95ff862f8cd6a4ca873bc8d274dbe86fd6ce7"}', '2026-11-30 03:23:56.791777+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (34, '1001', 'file.status', '837f7529-d369-4813-bdd7-90f024814a1c', 'ad362a42-1a5e-41c2-866d-a0b2026b327e', '{"status": "processing", "contentHash": "5263250339d3961c91f0bb1150e95ff862f8cd6a4ca873bc8d274dbe86fd6ce7"}', '2026-11-30 03:23:56.806945+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (35, '1003', 'file.status', '837f7529-d369-4813-bdd7-90f024814a1c', 'ad362a42-1a5e-41c2-866d-a0b2026b327e', '{"status": "completed", "contentHash": "5263250339d3961c91f0bb1150e95ff862f8cd6a4ca873bc8d274dbe86fd6ce7"}', '2026-11-30 03:23:56.827781+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (36, '1010', 'file.created', NULL, '39ed7862-5d0e-4636-802f-8458c7555674', '{"name": "feed.xml", "status": "pending", "sizeBytes": 94, "contentHash": "613a6ae375bf05e36a381f7085a3a3599c5c25d2697b1d4cad90234dc5dc1ccf"}', '2026-11-30 03:23:56.877839+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (37, '1016', 'file.status', NULL, '39ed7862-5d0e-4636-802f-8458c7555674', '{"status": "processing", "contentHash": "613a6ae375bf05e36a381f7085a3a3599c5c25d2697b1d4cad90234dc5dc1ccf"}', '2026-11-30 03:23:56.889179+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (38, '1017', 'file.status', NULL, '39ed7862-5d0e-4636-802f-8458c7555674', '{"status": "completed", "contentHash": "613a6ae375bf05e36a381f7085a3a3599c5c25d2697b1d4cad90234dc5dc1ccf"}', '2026-11-30 03:23:56.907919+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (39, '1027', 'file.updated', '837f7529-d369-4813-bdd7-90f024814a1c', 'cdeeecdc-cb10-4afb-8675-30f070aea1f4', '{"name": "renamed.csv", "driveId": "837f7529-d369-4813-bdd7-90f024814a1c", "trashed": false}', '2026-11-30 03:23:58.102955+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (40, '1029', 'file.updated', '837f7529-d369-4813-bdd7-90f024814a1c', '56f7fc40-30b4-4d10-ab92-c5ecacbaf467', '{"name": "nested.json", "driveId": "837f7529-d369-4813-bdd7-90f024814a1c", "trashed": true}', '2026-11-30 03:23:58.180545+00');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (41, '1032', 'file.created', '837f7529-d369-4813-bdd7-90f024814a1c', 'b291626d-fde4-47f0-a023-d0f5c8494349', '{"name": "notes.md", "status": "pending", "sizeBytes": 244, "contentHash": "549996f9adf7439064100a56a6f7dfe771720847741eb5eb4a1bbd47cb7b386d"}', '2026-11-30 03:23:58.334715+00');


--
-- Data for Name: files; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.files VALUES ('c2a1de0e-95bb-4592-87db-10936d0e801f', '837f7529-d369-4813-bdd7-90f024814a1c', '6d13a8e4-c12d-4a41-9f45-ed63fdbe3078', 'f4367f262b406fb30fe0ef52736e9d99422310cc6f54225470286ebe16993222', 'hello.txt', NULL, NULL, NULL, '2026-11-30 03:23:55.402862+00', '2026-11-30 03:23:55.402862+00', NULL);
INSERT INTO public.files VALUES ('0d982039-3cec-4612-9f66-1f527beb2e68', '837f7529-d369-4813-bdd7-90f024814a1c', '6d13a8e4-c12d-4a41-9f45-ed63fdbe3078', '1fdef000c8b3c4c1359253386ec3cc43d78c83dc036d7b8326c984e9d877e3ec', 'letter.docx', NULL, NULL, NULL, '2026-11-30 03:23:55.823886+00', '2026-11-30 03:23:55.823886+00', NULL);
INSERT INTO public.files VALUES ('e50f5b30-1a1c-4e65-b498-f051e95ee60f', '837f7529-d369-4813-bdd7-90f024814a1c', '6d13a8e4-c12d-4a41-9f45-ed63fdbe3078', '276476b0792808b273a1a3070255dc318b7ce014c75e7b6d34d5514b7bf706c9', 'three-pages.pdf', NULL, NULL, NULL, '2026-11-30 03:23:55.94761+00', '2026-11-30 03:23:55.94761+00', NULL);
INSERT INTO public.files VALUES ('dad2795f-ac3a-4ff0-ac56-605f05630ba2', '837f7529-d369-4813-bdd7-90f024814a1c', '6d13a8e4-c12d-4a41-9f45-ed63fdbe3078', '7a6f3847f161a9b1b5ac47ab1a17d53ad24f4e9467107c2fdc29df4864041da7', 'encrypted-secret.pdf', NULL, NULL, NULL, '2026-11-30 03:23:56.111945+00', '2026-11-30 03:23:56.111945+00', NULL);
INSERT INTO public.files VALUES ('5014afeb-8b4a-4963-bd39-7f5d62994752', '837f7529-d369-4813-bdd7-90f024814a1c', '6d13a8e4-c12d-4a41-9f45-ed63fdbe3078', 'fde464f698337cf77ad6491fb0349fff0bbbc3b33231bac70120e38bc39a6f1e', 'corners.png', NULL, NULL, NULL, '2026-11-30 03:23:56.198471+00', '2026-11-30 03:23:56.198471+00', NULL);
INSERT INTO public.files VALUES ('eeebb323-f3f6-44e9-944d-0f6a82c48207', '837f7529-d369-4813-bdd7-90f024814a1c', '6d13a8e4-c12d-4a41-9f45-ed63fdbe3078', '51c2ed98da07ba5c5651c6e16a03c63f120170d6ff1bb7f5e9eaeaad5834b657', 'animated.gif', NULL, NULL, NULL, '2026-11-30 03:23:56.367957+00', '2026-11-30 03:23:56.367957+00', NULL);
INSERT INTO public.files VALUES ('89e4816c-5585-4314-bcad-19410115890a', '837f7529-d369-4813-bdd7-90f024814a1c', '6d13a8e4-c12d-4a41-9f45-ed63fdbe3078', '3295e793f35a21c92d5e92c1b4d35576297f10cf5d8f7fd850c27c40dec0fb01', 'locked.docx', NULL, NULL, NULL, '2026-11-30 03:23:56.434989+00', '2026-11-30 03:23:56.434989+00', NULL);
INSERT INTO public.files VALUES ('eddb10a6-9be7-48ac-ad93-7b96d8828246', '837f7529-d369-4813-bdd7-90f024814a1c', '6d13a8e4-c12d-4a41-9f45-ed63fdbe3078', '6ed1baacceee9808b814c4710c5948e619c6701e74247d1e6638251597a9d3f0', 'part-closed-that-was-not-opened.eml', NULL, NULL, NULL, '2026-11-30 03:23:56.555905+00', '2026-11-30 03:23:56.555905+00', NULL);
INSERT INTO public.files VALUES ('e150f985-ad4a-49c6-90a4-d9fa0bc2a719', '0cbaf6f2-5869-4be1-88cc-65785cf25ddb', '6d13a8e4-c12d-4a41-9f45-ed63fdbe3078', 'f4367f262b406fb30fe0ef52736e9d99422310cc6f54225470286ebe16993222', 'hello.txt', NULL, NULL, NULL, '2026-11-30 03:23:56.671696+00', '2026-11-30 03:23:56.671696+00', NULL);
INSERT INTO public.files VALUES ('ad362a42-1a5e-41c2-866d-a0b2026b327e', '837f7529-d369-4813-bdd7-90f024814a1c', '6d13a8e4-c12d-4a41-9f45-ed63fdbe3078', '5263250339d3961c91f0bb1150e95ff862f8cd6a4ca873bc8d274dbe86fd6ce7', 'noise.bin', NULL, NULL, NULL, '2026-11-30 03:23:56.791777+00', '2026-11-30 03:23:56.791777+00', NULL);
INSERT INTO public.files VALUES ('39ed7862-5d0e-4636-802f-8458c7555674', NULL, NULL, '613a6ae375bf05e36a381f7085a3a3599c5c25d2697b1d4cad90234dc5dc1ccf', 'feed.xml', 'page-1', 'clx0user', 'clx0drive', '2026-11-30 03:23:56.877839+00', '2026-11-30 03:23:56.877839+00', NULL);
INSERT INTO public.files VALUES ('cdeeecdc-cb10-4afb-8675-30f070aea1f4', '837f7529-d369-4813-bdd7-90f024814a1c', '6d13a8e4-c12d-4a41-9f45-ed63fdbe3078', '5ff032951b886240a05a0ffdbe853dd17fdd0c3e5cf6b622bcfbf0f4175d50cf', 'renamed.csv', NULL, NULL, NULL, '2026-11-30 03:23:55.552057+00', '2026-11-30 03:23:58.102955+00', NULL);
INSERT INTO public.files VALUES ('56f7fc40-30b4-4d10-ab92-c5ecacbaf467', '837f7529-d369-4813-bdd7-90f024814a1c', '6d13a8e4-c12d-4a41-9f45-ed63fdbe3078', 'c0f4318debb6f0c7c76742fb3f4b5d3103138eeaa648711bc18a99bdcfcbeb0f', 'nested.json', NULL, NULL, NULL, '2026-11-30 03:23:55.69984+00', '2026-11-30 03:23:58.180545+00', '2026-11-30 03:23:58.180545+00');
INSERT INTO public.files VALUES ('b291626d-fde4-47f0-a023-d0f5c8494349', '837f7529-d369-4813-bdd7-90f024814a1c', '6d13a8e4-c12d-4a41-9f45-ed63fdbe3078', '549996f9adf7439064100a56a6f7dfe771720847741eb5eb4a1bbd47cb7b386d', 'notes.md', NULL, NULL, NULL, '2026-11-30 03:23:58.334715+00', '2026-11-30 03:23:58.334715+00', NULL);


--
-- Data for Name: ocr_budget; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: ocr_pages; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: realtime_tickets; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: schedules; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.schedules VALUES ('reconcile', '2026-11-30 03:23:54.184981+00');


--
-- Data for Name: sessions; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.sessions VALUES ('\x18815bfa0e189c8e2891dc71e4dc27f4efb2cc86fc471beff65fd47d2dd4c82c', '6d13a8e4-c12d-4a41-9f45-ed63fdbe3078', 'curl/7.88.1', '2026-11-30 03:23:54.763164+00', '2026-11-30 03:23:54.763164+00', '2026-12-30 03:23:54.763164+00');


--
-- Data for Name: setup_links; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.setup_links VALUES ('\xc273f39acca1fbf7ea4587f64b67630806ee50290f2eee1110540955b2e5f908', '2026-11-30 03:23:54.327431+00', '2026-11-30 03:23:54.728048+00');


--
-- Data for Name: store_identity; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.store_identity VALUES (true, '9378e91a-4296-4900-9bfa-0820335f5a50', '2026-11-30 03:23:54.131659+00');


--
-- Data for Name: users; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.users VALUES ('6d13a8e4-c12d-4a41-9f45-ed63fdbe3078', 'ada@example.org', 'Ada', '$argon2id$v=19$m=19456,t=2,p=1$UpKKsANW7SNDkotBkU3F6g$jmSZKX6+dVUDdxOmKoZqUysgiKGyWsJprB5MA0r+XWo', true, '2026-11-30 03:23:54.728048+00');
INSERT INTO public.users VALUES ('d0f616df-9926-498b-b82b-4c1f3c3d3c06', 'bob@example.org', 'Bob', '$argon2id$v=19$m=19456,t=2,p=1$Kq/Yn5lU1fxhVe6vvKtDIw$gRVcCgJEoYoyzfcCcS14m0s1WWbIwQpccoTJjPxLt2M', false, '2026-11-30 03:23:55.023687+00');


--
-- Data for Name: dead_20261130; Type: TABLE DATA; Schema: queue; Owner: -
--



--
-- Data for Name: dead_20261201; Type: TABLE DATA; Schema: queue; Owner: -
--



--
-- Data for Name: dead_20261202; Type: TABLE DATA; Schema: queue; Owner: -
--



--
-- Data for Name: dead_20261203; Type: TABLE DATA; Schema: queue; Owner: -
--



--
-- Data for Name: dead_20261204; Type: TABLE DATA; Schema: queue; Owner: -
--



--
-- Data for Name: dead_20261205; Type: TABLE DATA; Schema: queue; Owner: -
--



--
-- Data for Name: dead_20261206; Type: TABLE DATA; Schema: queue; Owner: -
--



--
-- Data for Name: dead_20261207; Type: TABLE DATA; Schema: queue; Owner: -
--



--
-- Data for Name: dead_default; Type: TABLE DATA; Schema: queue; Owner: -
--



--
-- Data for Name: done_20261130; Type: TABLE DATA; Schema: queue; Owner: -
--

INSERT INTO queue.done_20261130 VALUES (1, '2026-11-30 03:23:55.412704+00', '2026-11-30 03:23:55.471554+00', '2026-11-30 03:23:55.53219+00', NULL, 1, 1, 3, 'completed', 'ingest-file', 'ingest:f4367f262b406fb30fe0ef52736e9d99422310cc6f54225470286ebe16993222', 'f4367f262b406fb30fe0ef52736e9d99422310cc6f54225470286ebe16993222', 'drive:837f7529-d369-4813-bdd7-90f024814a1c', NULL, '{"contentHash":"f4367f262b406fb30fe0ef52736e9d99422310cc6f54225470286ebe16993222"}', '{"artifacts":[{"height":null,"name":"extracted-text.txt","size":73,"width":null},{"height":null,"name":"text.md","size":73,"width":null},{"height":null,"name":"pages.json","size":31,"width":null}],"outcome":"ok","warnings":0}', NULL, NULL, NULL);
INSERT INTO queue.done_20261130 VALUES (4, '2026-11-30 03:23:55.563737+00', '2026-11-30 03:23:55.590381+00', '2026-11-30 03:23:55.66444+00', NULL, 1, 1, 3, 'completed', 'ingest-file', 'ingest:5ff032951b886240a05a0ffdbe853dd17fdd0c3e5cf6b622bcfbf0f4175d50cf', '5ff032951b886240a05a0ffdbe853dd17fdd0c3e5cf6b622bcfbf0f4175d50cf', 'drive:837f7529-d369-4813-bdd7-90f024814a1c', NULL, '{"contentHash":"5ff032951b886240a05a0ffdbe853dd17fdd0c3e5cf6b622bcfbf0f4175d50cf"}', '{"artifacts":[{"height":null,"name":"extracted-text.txt","size":46,"width":null},{"height":null,"name":"text.md","size":76,"width":null},{"height":null,"name":"pages.json","size":31,"width":null}],"outcome":"ok","warnings":0}', NULL, NULL, NULL);
INSERT INTO queue.done_20261130 VALUES (7, '2026-11-30 03:23:55.70183+00', '2026-11-30 03:23:55.710169+00', '2026-11-30 03:23:55.74045+00', NULL, 1, 1, 3, 'completed', 'ingest-file', 'ingest:c0f4318debb6f0c7c76742fb3f4b5d3103138eeaa648711bc18a99bdcfcbeb0f', 'c0f4318debb6f0c7c76742fb3f4b5d3103138eeaa648711bc18a99bdcfcbeb0f', 'drive:837f7529-d369-4813-bdd7-90f024814a1c', NULL, '{"contentHash":"c0f4318debb6f0c7c76742fb3f4b5d3103138eeaa648711bc18a99bdcfcbeb0f"}', '{"artifacts":[{"height":null,"name":"extracted-text.txt","size":111,"width":null},{"height":null,"name":"text.md","size":123,"width":null},{"height":null,"name":"pages.json","size":32,"width":null}],"outcome":"ok","warnings":0}', NULL, NULL, NULL);
INSERT INTO queue.done_20261130 VALUES (10, '2026-11-30 03:23:55.826424+00', '2026-11-30 03:23:55.840802+00', '2026-11-30 03:23:55.886918+00', NULL, 1, 1, 3, 'completed', 'ingest-file', 'ingest:1fdef000c8b3c4c1359253386ec3cc43d78c83dc036d7b8326c984e9d877e3ec', '1fdef000c8b3c4c1359253386ec3cc43d78c83dc036d7b8326c984e9d877e3ec', 'drive:837f7529-d369-4813-bdd7-90f024814a1c', NULL, '{"contentHash":"1fdef000c8b3c4c1359253386ec3cc43d78c83dc036d7b8326c984e9d877e3ec"}', '{"artifacts":[{"height":null,"name":"extracted-text.txt","size":81,"width":null},{"height":null,"name":"text.md","size":122,"width":null},{"height":null,"name":"pages.json","size":31,"width":null}],"outcome":"ok","warnings":0}', NULL, NULL, NULL);
INSERT INTO queue.done_20261130 VALUES (13, '2026-11-30 03:23:55.960979+00', '2026-11-30 03:23:55.989362+00', '2026-11-30 03:23:56.038218+00', NULL, 1, 1, 3, 'completed', 'ingest-file', 'ingest:276476b0792808b273a1a3070255dc318b7ce014c75e7b6d34d5514b7bf706c9', '276476b0792808b273a1a3070255dc318b7ce014c75e7b6d34d5514b7bf706c9', 'drive:837f7529-d369-4813-bdd7-90f024814a1c', NULL, '{"contentHash":"276476b0792808b273a1a3070255dc318b7ce014c75e7b6d34d5514b7bf706c9"}', '{"artifacts":[{"height":null,"name":"extracted-text.txt","size":165,"width":null},{"height":null,"name":"text.md","size":266,"width":null},{"height":null,"name":"pages.json","size":98,"width":null}],"outcome":"ok","warnings":0}', NULL, NULL, NULL);
INSERT INTO queue.done_20261130 VALUES (18, '2026-11-30 03:23:56.114114+00', '2026-11-30 03:23:56.118643+00', '2026-11-30 03:23:56.135772+00', NULL, 1, 1, 3, 'completed', 'ingest-file', 'ingest:7a6f3847f161a9b1b5ac47ab1a17d53ad24f4e9467107c2fdc29df4864041da7', '7a6f3847f161a9b1b5ac47ab1a17d53ad24f4e9467107c2fdc29df4864041da7', 'drive:837f7529-d369-4813-bdd7-90f024814a1c', NULL, '{"contentHash":"7a6f3847f161a9b1b5ac47ab1a17d53ad24f4e9467107c2fdc29df4864041da7"}', '{"artifacts":[],"outcome":"rejected","warnings":0}', NULL, NULL, NULL);
INSERT INTO queue.done_20261130 VALUES (16, '2026-11-30 03:23:56.036666+00', '2026-11-30 03:23:56.055216+00', '2026-11-30 03:23:56.258712+00', NULL, 2, 1, 3, 'completed', 'image-optimize', 'optimize:276476b0792808b273a1a3070255dc318b7ce014c75e7b6d34d5514b7bf706c9:thumbnail', '276476b0792808b273a1a3070255dc318b7ce014c75e7b6d34d5514b7bf706c9', NULL, NULL, '{"contentHash":"276476b0792808b273a1a3070255dc318b7ce014c75e7b6d34d5514b7bf706c9","preset":"thumbnail"}', '{"artifacts":[{"height":200,"name":"thumbnail","size":444,"width":154}],"outcome":"ok","warnings":0}', NULL, NULL, NULL);
INSERT INTO queue.done_20261130 VALUES (21, '2026-11-30 03:23:56.21263+00', '2026-11-30 03:23:56.223606+00', '2026-11-30 03:23:56.264804+00', NULL, 1, 1, 3, 'completed', 'ingest-file', 'ingest:fde464f698337cf77ad6491fb0349fff0bbbc3b33231bac70120e38bc39a6f1e', 'fde464f698337cf77ad6491fb0349fff0bbbc3b33231bac70120e38bc39a6f1e', 'drive:837f7529-d369-4813-bdd7-90f024814a1c', NULL, '{"contentHash":"fde464f698337cf77ad6491fb0349fff0bbbc3b33231bac70120e38bc39a6f1e"}', '{"artifacts":[{"height":32,"name":"ai-chat","size":458,"width":48},{"height":32,"name":"thumbnail","size":126,"width":48}],"outcome":"ok","warnings":0}', NULL, NULL, NULL);
INSERT INTO queue.done_20261130 VALUES (24, '2026-11-30 03:23:56.369711+00', '2026-11-30 03:23:56.380257+00', '2026-11-30 03:23:56.400086+00', NULL, 1, 1, 3, 'completed', 'ingest-file', 'ingest:51c2ed98da07ba5c5651c6e16a03c63f120170d6ff1bb7f5e9eaeaad5834b657', '51c2ed98da07ba5c5651c6e16a03c63f120170d6ff1bb7f5e9eaeaad5834b657', 'drive:837f7529-d369-4813-bdd7-90f024814a1c', NULL, '{"contentHash":"51c2ed98da07ba5c5651c6e16a03c63f120170d6ff1bb7f5e9eaeaad5834b657"}', '{"artifacts":[{"height":32,"name":"ai-chat","size":458,"width":48},{"height":32,"name":"thumbnail","size":126,"width":48}],"outcome":"ok","warnings":0}', NULL, NULL, NULL);
INSERT INTO queue.done_20261130 VALUES (27, '2026-11-30 03:23:56.441433+00', '2026-11-30 03:23:56.45016+00', '2026-11-30 03:23:56.457854+00', NULL, 1, 1, 3, 'completed', 'ingest-file', 'ingest:3295e793f35a21c92d5e92c1b4d35576297f10cf5d8f7fd850c27c40dec0fb01', '3295e793f35a21c92d5e92c1b4d35576297f10cf5d8f7fd850c27c40dec0fb01', 'drive:837f7529-d369-4813-bdd7-90f024814a1c', NULL, '{"contentHash":"3295e793f35a21c92d5e92c1b4d35576297f10cf5d8f7fd850c27c40dec0fb01"}', '{"artifacts":[],"outcome":"rejected","warnings":0}', NULL, NULL, NULL);
INSERT INTO queue.done_20261130 VALUES (30, '2026-11-30 03:23:56.55806+00', '2026-11-30 03:23:56.577849+00', '2026-11-30 03:23:56.588723+00', NULL, 1, 1, 3, 'completed', 'ingest-file', 'ingest:6ed1baacceee9808b814c4710c5948e619c6701e74247d1e6638251597a9d3f0', '6ed1baacceee9808b814c4710c5948e619c6701e74247d1e6638251597a9d3f0', 'drive:837f7529-d369-4813-bdd7-90f024814a1c', NULL, '{"contentHash":"6ed1baacceee9808b814c4710c5948e619c6701e74247d1e6638251597a9d3f0"}', '{"artifacts":[],"outcome":"ok","warnings":0}', NULL, NULL, NULL);
INSERT INTO queue.done_20261130 VALUES (33, '2026-11-30 03:23:56.793654+00', '2026-11-30 03:23:56.805807+00', '2026-11-30 03:23:56.830366+00', NULL, 1, 1, 3, 'completed', 'ingest-file', 'ingest:5263250339d3961c91f0bb1150e95ff862f8cd6a4ca873bc8d274dbe86fd6ce7', '5263250339d3961c91f0bb1150e95ff862f8cd6a4ca873bc8d274dbe86fd6ce7', 'drive:837f7529-d369-4813-bdd7-90f024814a1c', NULL, '{"contentHash":"5263250339d3961c91f0bb1150e95ff862f8cd6a4ca873bc8d274dbe86fd6ce7"}', '{"artifacts":[{"height":null,"name":"extracted-text.txt","size":600,"width":null},{"height":null,"name":"text.md","size":600,"width":null},{"height":null,"name":"pages.json","size":32,"width":null}],"outcome":"ok","warnings":0}', NULL, NULL, NULL);
INSERT INTO queue.done_20261130 VALUES (36, '2026-11-30 03:23:56.885774+00', '2026-11-30 03:23:56.888744+00', '2026-11-30 03:23:56.91+00', NULL, 1, 1, 3, 'completed', 'ingest-file', 'ingest:613a6ae375bf05e36a381f7085a3a3599c5c25d2697b1d4cad90234dc5dc1ccf', '613a6ae375bf05e36a381f7085a3a3599c5c25d2697b1d4cad90234dc5dc1ccf', 'drive:clx0drive', NULL, '{"contentHash":"613a6ae375bf05e36a381f7085a3a3599c5c25d2697b1d4cad90234dc5dc1ccf"}', '{"artifacts":[{"height":null,"name":"extracted-text.txt","size":94,"width":null},{"height":null,"name":"text.md","size":111,"width":null},{"height":null,"name":"pages.json","size":31,"width":null}],"outcome":"ok","warnings":0}', NULL, NULL, NULL);


--
-- Data for Name: done_20261201; Type: TABLE DATA; Schema: queue; Owner: -
--



--
-- Data for Name: done_20261202; Type: TABLE DATA; Schema: queue; Owner: -
--



--
-- Data for Name: done_20261203; Type: TABLE DATA; Schema: queue; Owner: -
--



--
-- Data for Name: done_20261204; Type: TABLE DATA; Schema: queue; Owner: -
--



--
-- Data for Name: done_20261205; Type: TABLE DATA; Schema: queue; Owner: -
--



--
-- Data for Name: done_20261206; Type: TABLE DATA; Schema: queue; Owner: -
--



--
-- Data for Name: done_20261207; Type: TABLE DATA; Schema: queue; Owner: -
--



--
-- Data for Name: done_default; Type: TABLE DATA; Schema: queue; Owner: -
--



--
-- Data for Name: gates; Type: TABLE DATA; Schema: queue; Owner: -
--

INSERT INTO queue.gates VALUES ('drive:837f7529-d369-4813-bdd7-90f024814a1c', 8, NULL, NULL, 0, '2026-11-30 03:23:55.402862+00');
INSERT INTO queue.gates VALUES ('drive:clx0drive', 8, NULL, NULL, 0, '2026-11-30 03:23:56.877839+00');


--
-- Data for Name: hot_0; Type: TABLE DATA; Schema: queue; Owner: -
--

INSERT INTO queue.hot_0 VALUES (41, 39, '2026-11-30 03:23:58.343066+00', '2026-11-30 03:23:58.343066+00', NULL, 0, NULL, 0, 1, 0, 3, NULL, false, 'ingest-file', 'ingest:549996f9adf7439064100a56a6f7dfe771720847741eb5eb4a1bbd47cb7b386d', '549996f9adf7439064100a56a6f7dfe771720847741eb5eb4a1bbd47cb7b386d', 'drive:837f7529-d369-4813-bdd7-90f024814a1c', NULL, NULL, '{"contentHash":"549996f9adf7439064100a56a6f7dfe771720847741eb5eb4a1bbd47cb7b386d"}', NULL);


--
-- Data for Name: hot_1; Type: TABLE DATA; Schema: queue; Owner: -
--



--
-- Data for Name: hot_10; Type: TABLE DATA; Schema: queue; Owner: -
--



--
-- Data for Name: hot_11; Type: TABLE DATA; Schema: queue; Owner: -
--



--
-- Data for Name: hot_12; Type: TABLE DATA; Schema: queue; Owner: -
--



--
-- Data for Name: hot_13; Type: TABLE DATA; Schema: queue; Owner: -
--



--
-- Data for Name: hot_14; Type: TABLE DATA; Schema: queue; Owner: -
--



--
-- Data for Name: hot_15; Type: TABLE DATA; Schema: queue; Owner: -
--



--
-- Data for Name: hot_2; Type: TABLE DATA; Schema: queue; Owner: -
--



--
-- Data for Name: hot_3; Type: TABLE DATA; Schema: queue; Owner: -
--



--
-- Data for Name: hot_4; Type: TABLE DATA; Schema: queue; Owner: -
--



--
-- Data for Name: hot_5; Type: TABLE DATA; Schema: queue; Owner: -
--



--
-- Data for Name: hot_6; Type: TABLE DATA; Schema: queue; Owner: -
--



--
-- Data for Name: hot_7; Type: TABLE DATA; Schema: queue; Owner: -
--



--
-- Data for Name: hot_8; Type: TABLE DATA; Schema: queue; Owner: -
--



--
-- Data for Name: hot_9; Type: TABLE DATA; Schema: queue; Owner: -
--



--
-- Data for Name: keys; Type: TABLE DATA; Schema: queue; Owner: -
--

INSERT INTO queue.keys VALUES ('ingest:549996f9adf7439064100a56a6f7dfe771720847741eb5eb4a1bbd47cb7b386d', 39);


--
-- Data for Name: parked; Type: TABLE DATA; Schema: queue; Owner: -
--



--
-- Data for Name: paused; Type: TABLE DATA; Schema: queue; Owner: -
--

INSERT INTO queue.paused VALUES ('ingest-file', '2026-11-30 03:23:58.235277+00', NULL);


--
-- Data for Name: schedules; Type: TABLE DATA; Schema: queue; Owner: -
--

INSERT INTO queue.schedules VALUES ('cache-cleanup', '7 * * * *', 'UTC', 'once', 'cache-cleanup', 2, 5, 'cache-cleanup', '{}', '2026-11-30 04:07:00+00', NULL);
INSERT INTO queue.schedules VALUES ('retention', '37 * * * *', 'UTC', 'once', 'retention', 2, 5, 'retention', '{}', '2026-11-30 03:37:00+00', NULL);


--
-- Data for Name: tallies; Type: TABLE DATA; Schema: queue; Owner: -
--

INSERT INTO queue.tallies VALUES ('2026-11-30', 'ingest-file', 'completed', 1);
INSERT INTO queue.tallies VALUES ('2026-11-30', 'ingest-file', 'completed', 1);
INSERT INTO queue.tallies VALUES ('2026-11-30', 'ingest-file', 'completed', 1);
INSERT INTO queue.tallies VALUES ('2026-11-30', 'ingest-file', 'completed', 1);
INSERT INTO queue.tallies VALUES ('2026-11-30', 'ingest-file', 'completed', 1);
INSERT INTO queue.tallies VALUES ('2026-11-30', 'ingest-file', 'completed', 1);
INSERT INTO queue.tallies VALUES ('2026-11-30', 'image-optimize', 'completed', 1);
INSERT INTO queue.tallies VALUES ('2026-11-30', 'ingest-file', 'completed', 1);
INSERT INTO queue.tallies VALUES ('2026-11-30', 'ingest-file', 'completed', 1);
INSERT INTO queue.tallies VALUES ('2026-11-30', 'ingest-file', 'completed', 1);
INSERT INTO queue.tallies VALUES ('2026-11-30', 'ingest-file', 'completed', 1);
INSERT INTO queue.tallies VALUES ('2026-11-30', 'ingest-file', 'completed', 1);
INSERT INTO queue.tallies VALUES ('2026-11-30', 'ingest-file', 'completed', 1);


--
-- Data for Name: waiting; Type: TABLE DATA; Schema: queue; Owner: -
--



--
-- Data for Name: workers; Type: TABLE DATA; Schema: queue; Owner: -
--

INSERT INTO queue.workers VALUES (1, 'processor', '2026-11-30 03:23:54.170229+00', '2026-11-30 03:24:09.227137+00');
INSERT INTO queue.workers VALUES (2, 'worker', '2026-11-30 03:23:54.213752+00', '2026-11-30 03:24:09.26709+00');


--
-- Name: events_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.events_id_seq', 41, true);


--
-- Name: current_segment; Type: SEQUENCE SET; Schema: queue; Owner: -
--

SELECT pg_catalog.setval('queue.current_segment', 0, false);


--
-- Name: job_ids; Type: SEQUENCE SET; Schema: queue; Owner: -
--

SELECT pg_catalog.setval('queue.job_ids', 41, true);


--
-- Name: workers_id_seq; Type: SEQUENCE SET; Schema: queue; Owner: -
--

SELECT pg_catalog.setval('queue.workers_id_seq', 2, true);


--
-- Name: _sqlx_migrations _sqlx_migrations_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public._sqlx_migrations
    ADD CONSTRAINT _sqlx_migrations_pkey PRIMARY KEY (version);


--
-- Name: api_tokens api_tokens_hash_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.api_tokens
    ADD CONSTRAINT api_tokens_hash_key UNIQUE (token_hash);


--
-- Name: api_tokens api_tokens_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.api_tokens
    ADD CONSTRAINT api_tokens_pkey PRIMARY KEY (id);


--
-- Name: artifacts artifacts_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.artifacts
    ADD CONSTRAINT artifacts_pkey PRIMARY KEY (content_hash, name);


--
-- Name: contents contents_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.contents
    ADD CONSTRAINT contents_pkey PRIMARY KEY (hash);


--
-- Name: drive_members drive_members_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.drive_members
    ADD CONSTRAINT drive_members_pkey PRIMARY KEY (drive_id, user_id);


--
-- Name: drives drives_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.drives
    ADD CONSTRAINT drives_pkey PRIMARY KEY (id);


--
-- Name: events events_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_pkey PRIMARY KEY (id);


--
-- Name: files files_page_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.files
    ADD CONSTRAINT files_page_key UNIQUE (page_id);


--
-- Name: files files_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.files
    ADD CONSTRAINT files_pkey PRIMARY KEY (id);


--
-- Name: ocr_budget ocr_budget_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.ocr_budget
    ADD CONSTRAINT ocr_budget_pkey PRIMARY KEY (month);


--
-- Name: ocr_pages ocr_pages_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.ocr_pages
    ADD CONSTRAINT ocr_pages_pkey PRIMARY KEY (content_hash, engine, languages, page);


--
-- Name: realtime_tickets realtime_tickets_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.realtime_tickets
    ADD CONSTRAINT realtime_tickets_pkey PRIMARY KEY (token_hash);


--
-- Name: schedules schedules_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.schedules
    ADD CONSTRAINT schedules_pkey PRIMARY KEY (name);


--
-- Name: sessions sessions_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (token_hash);


--
-- Name: setup_links setup_links_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.setup_links
    ADD CONSTRAINT setup_links_pkey PRIMARY KEY (token_hash);


--
-- Name: store_identity store_identity_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.store_identity
    ADD CONSTRAINT store_identity_pkey PRIMARY KEY (only_row);


--
-- Name: users users_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);


--
-- Name: gates gates_pkey; Type: CONSTRAINT; Schema: queue; Owner: -
--

ALTER TABLE ONLY queue.gates
    ADD CONSTRAINT gates_pkey PRIMARY KEY (key);


--
-- Name: keys keys_pkey; Type: CONSTRAINT; Schema: queue; Owner: -
--

ALTER TABLE ONLY queue.keys
    ADD CONSTRAINT keys_pkey PRIMARY KEY (key);


--
-- Name: parked parked_pkey; Type: CONSTRAINT; Schema: queue; Owner: -
--

ALTER TABLE ONLY queue.parked
    ADD CONSTRAINT parked_pkey PRIMARY KEY (id);


--
-- Name: paused paused_pkey; Type: CONSTRAINT; Schema: queue; Owner: -
--

ALTER TABLE ONLY queue.paused
    ADD CONSTRAINT paused_pkey PRIMARY KEY (kind);


--
-- Name: schedules schedules_pkey; Type: CONSTRAINT; Schema: queue; Owner: -
--

ALTER TABLE ONLY queue.schedules
    ADD CONSTRAINT schedules_pkey PRIMARY KEY (name);


--
-- Name: waiting waiting_pkey; Type: CONSTRAINT; Schema: queue; Owner: -
--

ALTER TABLE ONLY queue.waiting
    ADD CONSTRAINT waiting_pkey PRIMARY KEY (id);


--
-- Name: workers workers_pkey; Type: CONSTRAINT; Schema: queue; Owner: -
--

ALTER TABLE ONLY queue.workers
    ADD CONSTRAINT workers_pkey PRIMARY KEY (id);


--
-- Name: api_tokens_user_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX api_tokens_user_idx ON public.api_tokens USING btree (user_id);


--
-- Name: artifacts_accessed_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX artifacts_accessed_idx ON public.artifacts USING btree (last_accessed_at);


--
-- Name: contents_unfinished_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX contents_unfinished_idx ON public.contents USING btree (created_at) WHERE (status = ANY (ARRAY['pending'::text, 'processing'::text]));


--
-- Name: drive_members_user_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX drive_members_user_idx ON public.drive_members USING btree (user_id);


--
-- Name: events_created_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX events_created_idx ON public.events USING brin (created_at);


--
-- Name: events_tx_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX events_tx_idx ON public.events USING btree (tx, id);


--
-- Name: files_content_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX files_content_idx ON public.files USING btree (content_hash);


--
-- Name: files_drive_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX files_drive_idx ON public.files USING btree (drive_id, created_at DESC, id DESC);


--
-- Name: files_drive_name_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX files_drive_name_idx ON public.files USING btree (drive_id, lower(name), id);


--
-- Name: files_name_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX files_name_idx ON public.files USING gin (name public.gin_trgm_ops);


--
-- Name: sessions_user_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX sessions_user_idx ON public.sessions USING btree (user_id);


--
-- Name: users_email_key; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX users_email_key ON public.users USING btree (lower(email));


--
-- Name: finished_id_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX finished_id_idx ON ONLY queue.finished USING btree (id);


--
-- Name: dead_id_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX dead_id_idx ON ONLY queue.dead USING btree (id);


--
-- Name: dead_20261130_id_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX dead_20261130_id_idx ON queue.dead_20261130 USING btree (id);


--
-- Name: finished_subject_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX finished_subject_idx ON ONLY queue.finished USING btree (subject) WHERE (subject IS NOT NULL);


--
-- Name: dead_subject_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX dead_subject_idx ON ONLY queue.dead USING btree (subject) WHERE (subject IS NOT NULL);


--
-- Name: dead_20261130_subject_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX dead_20261130_subject_idx ON queue.dead_20261130 USING btree (subject) WHERE (subject IS NOT NULL);


--
-- Name: dead_20261201_id_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX dead_20261201_id_idx ON queue.dead_20261201 USING btree (id);


--
-- Name: dead_20261201_subject_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX dead_20261201_subject_idx ON queue.dead_20261201 USING btree (subject) WHERE (subject IS NOT NULL);


--
-- Name: dead_20261202_id_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX dead_20261202_id_idx ON queue.dead_20261202 USING btree (id);


--
-- Name: dead_20261202_subject_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX dead_20261202_subject_idx ON queue.dead_20261202 USING btree (subject) WHERE (subject IS NOT NULL);


--
-- Name: dead_20261203_id_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX dead_20261203_id_idx ON queue.dead_20261203 USING btree (id);


--
-- Name: dead_20261203_subject_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX dead_20261203_subject_idx ON queue.dead_20261203 USING btree (subject) WHERE (subject IS NOT NULL);


--
-- Name: dead_20261204_id_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX dead_20261204_id_idx ON queue.dead_20261204 USING btree (id);


--
-- Name: dead_20261204_subject_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX dead_20261204_subject_idx ON queue.dead_20261204 USING btree (subject) WHERE (subject IS NOT NULL);


--
-- Name: dead_20261205_id_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX dead_20261205_id_idx ON queue.dead_20261205 USING btree (id);


--
-- Name: dead_20261205_subject_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX dead_20261205_subject_idx ON queue.dead_20261205 USING btree (subject) WHERE (subject IS NOT NULL);


--
-- Name: dead_20261206_id_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX dead_20261206_id_idx ON queue.dead_20261206 USING btree (id);


--
-- Name: dead_20261206_subject_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX dead_20261206_subject_idx ON queue.dead_20261206 USING btree (subject) WHERE (subject IS NOT NULL);


--
-- Name: dead_20261207_id_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX dead_20261207_id_idx ON queue.dead_20261207 USING btree (id);


--
-- Name: dead_20261207_subject_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX dead_20261207_subject_idx ON queue.dead_20261207 USING btree (subject) WHERE (subject IS NOT NULL);


--
-- Name: dead_default_id_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX dead_default_id_idx ON queue.dead_default USING btree (id);


--
-- Name: dead_default_subject_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX dead_default_subject_idx ON queue.dead_default USING btree (subject) WHERE (subject IS NOT NULL);


--
-- Name: done_id_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX done_id_idx ON ONLY queue.done USING btree (id);


--
-- Name: done_20261130_id_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX done_20261130_id_idx ON queue.done_20261130 USING btree (id);


--
-- Name: done_subject_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX done_subject_idx ON ONLY queue.done USING btree (subject) WHERE (subject IS NOT NULL);


--
-- Name: done_20261130_subject_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX done_20261130_subject_idx ON queue.done_20261130 USING btree (subject) WHERE (subject IS NOT NULL);


--
-- Name: done_20261201_id_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX done_20261201_id_idx ON queue.done_20261201 USING btree (id);


--
-- Name: done_20261201_subject_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX done_20261201_subject_idx ON queue.done_20261201 USING btree (subject) WHERE (subject IS NOT NULL);


--
-- Name: done_20261202_id_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX done_20261202_id_idx ON queue.done_20261202 USING btree (id);


--
-- Name: done_20261202_subject_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX done_20261202_subject_idx ON queue.done_20261202 USING btree (subject) WHERE (subject IS NOT NULL);


--
-- Name: done_20261203_id_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX done_20261203_id_idx ON queue.done_20261203 USING btree (id);


--
-- Name: done_20261203_subject_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX done_20261203_subject_idx ON queue.done_20261203 USING btree (subject) WHERE (subject IS NOT NULL);


--
-- Name: done_20261204_id_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX done_20261204_id_idx ON queue.done_20261204 USING btree (id);


--
-- Name: done_20261204_subject_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX done_20261204_subject_idx ON queue.done_20261204 USING btree (subject) WHERE (subject IS NOT NULL);


--
-- Name: done_20261205_id_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX done_20261205_id_idx ON queue.done_20261205 USING btree (id);


--
-- Name: done_20261205_subject_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX done_20261205_subject_idx ON queue.done_20261205 USING btree (subject) WHERE (subject IS NOT NULL);


--
-- Name: done_20261206_id_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX done_20261206_id_idx ON queue.done_20261206 USING btree (id);


--
-- Name: done_20261206_subject_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX done_20261206_subject_idx ON queue.done_20261206 USING btree (subject) WHERE (subject IS NOT NULL);


--
-- Name: done_20261207_id_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX done_20261207_id_idx ON queue.done_20261207 USING btree (id);


--
-- Name: done_20261207_subject_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX done_20261207_subject_idx ON queue.done_20261207 USING btree (subject) WHERE (subject IS NOT NULL);


--
-- Name: done_default_id_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX done_default_id_idx ON queue.done_default USING btree (id);


--
-- Name: done_default_subject_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX done_default_subject_idx ON queue.done_default USING btree (subject) WHERE (subject IS NOT NULL);


--
-- Name: hot_0_claim_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX hot_0_claim_idx ON queue.hot_0 USING btree (kind, priority, place);


--
-- Name: hot_0_gate_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX hot_0_gate_idx ON queue.hot_0 USING btree (gate) WHERE (gate IS NOT NULL);


--
-- Name: hot_0_id_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE UNIQUE INDEX hot_0_id_idx ON queue.hot_0 USING btree (id);


--
-- Name: hot_0_subject_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX hot_0_subject_idx ON queue.hot_0 USING btree (subject) WHERE (subject IS NOT NULL);


--
-- Name: hot_10_claim_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX hot_10_claim_idx ON queue.hot_10 USING btree (kind, priority, place);


--
-- Name: hot_10_gate_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX hot_10_gate_idx ON queue.hot_10 USING btree (gate) WHERE (gate IS NOT NULL);


--
-- Name: hot_10_id_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE UNIQUE INDEX hot_10_id_idx ON queue.hot_10 USING btree (id);


--
-- Name: hot_10_subject_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX hot_10_subject_idx ON queue.hot_10 USING btree (subject) WHERE (subject IS NOT NULL);


--
-- Name: hot_11_claim_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX hot_11_claim_idx ON queue.hot_11 USING btree (kind, priority, place);


--
-- Name: hot_11_gate_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX hot_11_gate_idx ON queue.hot_11 USING btree (gate) WHERE (gate IS NOT NULL);


--
-- Name: hot_11_id_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE UNIQUE INDEX hot_11_id_idx ON queue.hot_11 USING btree (id);


--
-- Name: hot_11_subject_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX hot_11_subject_idx ON queue.hot_11 USING btree (subject) WHERE (subject IS NOT NULL);


--
-- Name: hot_12_claim_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX hot_12_claim_idx ON queue.hot_12 USING btree (kind, priority, place);


--
-- Name: hot_12_gate_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX hot_12_gate_idx ON queue.hot_12 USING btree (gate) WHERE (gate IS NOT NULL);


--
-- Name: hot_12_id_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE UNIQUE INDEX hot_12_id_idx ON queue.hot_12 USING btree (id);


--
-- Name: hot_12_subject_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX hot_12_subject_idx ON queue.hot_12 USING btree (subject) WHERE (subject IS NOT NULL);


--
-- Name: hot_13_claim_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX hot_13_claim_idx ON queue.hot_13 USING btree (kind, priority, place);


--
-- Name: hot_13_gate_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX hot_13_gate_idx ON queue.hot_13 USING btree (gate) WHERE (gate IS NOT NULL);


--
-- Name: hot_13_id_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE UNIQUE INDEX hot_13_id_idx ON queue.hot_13 USING btree (id);


--
-- Name: hot_13_subject_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX hot_13_subject_idx ON queue.hot_13 USING btree (subject) WHERE (subject IS NOT NULL);


--
-- Name: hot_14_claim_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX hot_14_claim_idx ON queue.hot_14 USING btree (kind, priority, place);


--
-- Name: hot_14_gate_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX hot_14_gate_idx ON queue.hot_14 USING btree (gate) WHERE (gate IS NOT NULL);


--
-- Name: hot_14_id_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE UNIQUE INDEX hot_14_id_idx ON queue.hot_14 USING btree (id);


--
-- Name: hot_14_subject_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX hot_14_subject_idx ON queue.hot_14 USING btree (subject) WHERE (subject IS NOT NULL);


--
-- Name: hot_15_claim_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX hot_15_claim_idx ON queue.hot_15 USING btree (kind, priority, place);


--
-- Name: hot_15_gate_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX hot_15_gate_idx ON queue.hot_15 USING btree (gate) WHERE (gate IS NOT NULL);


--
-- Name: hot_15_id_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE UNIQUE INDEX hot_15_id_idx ON queue.hot_15 USING btree (id);


--
-- Name: hot_15_subject_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX hot_15_subject_idx ON queue.hot_15 USING btree (subject) WHERE (subject IS NOT NULL);


--
-- Name: hot_1_claim_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX hot_1_claim_idx ON queue.hot_1 USING btree (kind, priority, place);


--
-- Name: hot_1_gate_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX hot_1_gate_idx ON queue.hot_1 USING btree (gate) WHERE (gate IS NOT NULL);


--
-- Name: hot_1_id_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE UNIQUE INDEX hot_1_id_idx ON queue.hot_1 USING btree (id);


--
-- Name: hot_1_subject_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX hot_1_subject_idx ON queue.hot_1 USING btree (subject) WHERE (subject IS NOT NULL);


--
-- Name: hot_2_claim_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX hot_2_claim_idx ON queue.hot_2 USING btree (kind, priority, place);


--
-- Name: hot_2_gate_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX hot_2_gate_idx ON queue.hot_2 USING btree (gate) WHERE (gate IS NOT NULL);


--
-- Name: hot_2_id_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE UNIQUE INDEX hot_2_id_idx ON queue.hot_2 USING btree (id);


--
-- Name: hot_2_subject_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX hot_2_subject_idx ON queue.hot_2 USING btree (subject) WHERE (subject IS NOT NULL);


--
-- Name: hot_3_claim_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX hot_3_claim_idx ON queue.hot_3 USING btree (kind, priority, place);


--
-- Name: hot_3_gate_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX hot_3_gate_idx ON queue.hot_3 USING btree (gate) WHERE (gate IS NOT NULL);


--
-- Name: hot_3_id_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE UNIQUE INDEX hot_3_id_idx ON queue.hot_3 USING btree (id);


--
-- Name: hot_3_subject_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX hot_3_subject_idx ON queue.hot_3 USING btree (subject) WHERE (subject IS NOT NULL);


--
-- Name: hot_4_claim_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX hot_4_claim_idx ON queue.hot_4 USING btree (kind, priority, place);


--
-- Name: hot_4_gate_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX hot_4_gate_idx ON queue.hot_4 USING btree (gate) WHERE (gate IS NOT NULL);


--
-- Name: hot_4_id_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE UNIQUE INDEX hot_4_id_idx ON queue.hot_4 USING btree (id);


--
-- Name: hot_4_subject_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX hot_4_subject_idx ON queue.hot_4 USING btree (subject) WHERE (subject IS NOT NULL);


--
-- Name: hot_5_claim_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX hot_5_claim_idx ON queue.hot_5 USING btree (kind, priority, place);


--
-- Name: hot_5_gate_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX hot_5_gate_idx ON queue.hot_5 USING btree (gate) WHERE (gate IS NOT NULL);


--
-- Name: hot_5_id_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE UNIQUE INDEX hot_5_id_idx ON queue.hot_5 USING btree (id);


--
-- Name: hot_5_subject_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX hot_5_subject_idx ON queue.hot_5 USING btree (subject) WHERE (subject IS NOT NULL);


--
-- Name: hot_6_claim_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX hot_6_claim_idx ON queue.hot_6 USING btree (kind, priority, place);


--
-- Name: hot_6_gate_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX hot_6_gate_idx ON queue.hot_6 USING btree (gate) WHERE (gate IS NOT NULL);


--
-- Name: hot_6_id_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE UNIQUE INDEX hot_6_id_idx ON queue.hot_6 USING btree (id);


--
-- Name: hot_6_subject_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX hot_6_subject_idx ON queue.hot_6 USING btree (subject) WHERE (subject IS NOT NULL);


--
-- Name: hot_7_claim_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX hot_7_claim_idx ON queue.hot_7 USING btree (kind, priority, place);


--
-- Name: hot_7_gate_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX hot_7_gate_idx ON queue.hot_7 USING btree (gate) WHERE (gate IS NOT NULL);


--
-- Name: hot_7_id_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE UNIQUE INDEX hot_7_id_idx ON queue.hot_7 USING btree (id);


--
-- Name: hot_7_subject_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX hot_7_subject_idx ON queue.hot_7 USING btree (subject) WHERE (subject IS NOT NULL);


--
-- Name: hot_8_claim_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX hot_8_claim_idx ON queue.hot_8 USING btree (kind, priority, place);


--
-- Name: hot_8_gate_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX hot_8_gate_idx ON queue.hot_8 USING btree (gate) WHERE (gate IS NOT NULL);


--
-- Name: hot_8_id_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE UNIQUE INDEX hot_8_id_idx ON queue.hot_8 USING btree (id);


--
-- Name: hot_8_subject_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX hot_8_subject_idx ON queue.hot_8 USING btree (subject) WHERE (subject IS NOT NULL);


--
-- Name: hot_9_claim_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX hot_9_claim_idx ON queue.hot_9 USING btree (kind, priority, place);


--
-- Name: hot_9_gate_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX hot_9_gate_idx ON queue.hot_9 USING btree (gate) WHERE (gate IS NOT NULL);


--
-- Name: hot_9_id_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE UNIQUE INDEX hot_9_id_idx ON queue.hot_9 USING btree (id);


--
-- Name: hot_9_subject_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX hot_9_subject_idx ON queue.hot_9 USING btree (subject) WHERE (subject IS NOT NULL);


--
-- Name: parked_gate_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX parked_gate_idx ON queue.parked USING btree (gate, priority, place);


--
-- Name: parked_subject_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX parked_subject_idx ON queue.parked USING btree (subject) WHERE (subject IS NOT NULL);


--
-- Name: waiting_run_at_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX waiting_run_at_idx ON queue.waiting USING btree (run_at);


--
-- Name: waiting_subject_idx; Type: INDEX; Schema: queue; Owner: -
--

CREATE INDEX waiting_subject_idx ON queue.waiting USING btree (subject) WHERE (subject IS NOT NULL);


--
-- Name: dead_20261130_id_idx; Type: INDEX ATTACH; Schema: queue; Owner: -
--

ALTER INDEX queue.dead_id_idx ATTACH PARTITION queue.dead_20261130_id_idx;


--
-- Name: dead_20261130_subject_idx; Type: INDEX ATTACH; Schema: queue; Owner: -
--

ALTER INDEX queue.dead_subject_idx ATTACH PARTITION queue.dead_20261130_subject_idx;


--
-- Name: dead_20261201_id_idx; Type: INDEX ATTACH; Schema: queue; Owner: -
--

ALTER INDEX queue.dead_id_idx ATTACH PARTITION queue.dead_20261201_id_idx;


--
-- Name: dead_20261201_subject_idx; Type: INDEX ATTACH; Schema: queue; Owner: -
--

ALTER INDEX queue.dead_subject_idx ATTACH PARTITION queue.dead_20261201_subject_idx;


--
-- Name: dead_20261202_id_idx; Type: INDEX ATTACH; Schema: queue; Owner: -
--

ALTER INDEX queue.dead_id_idx ATTACH PARTITION queue.dead_20261202_id_idx;


--
-- Name: dead_20261202_subject_idx; Type: INDEX ATTACH; Schema: queue; Owner: -
--

ALTER INDEX queue.dead_subject_idx ATTACH PARTITION queue.dead_20261202_subject_idx;


--
-- Name: dead_20261203_id_idx; Type: INDEX ATTACH; Schema: queue; Owner: -
--

ALTER INDEX queue.dead_id_idx ATTACH PARTITION queue.dead_20261203_id_idx;


--
-- Name: dead_20261203_subject_idx; Type: INDEX ATTACH; Schema: queue; Owner: -
--

ALTER INDEX queue.dead_subject_idx ATTACH PARTITION queue.dead_20261203_subject_idx;


--
-- Name: dead_20261204_id_idx; Type: INDEX ATTACH; Schema: queue; Owner: -
--

ALTER INDEX queue.dead_id_idx ATTACH PARTITION queue.dead_20261204_id_idx;


--
-- Name: dead_20261204_subject_idx; Type: INDEX ATTACH; Schema: queue; Owner: -
--

ALTER INDEX queue.dead_subject_idx ATTACH PARTITION queue.dead_20261204_subject_idx;


--
-- Name: dead_20261205_id_idx; Type: INDEX ATTACH; Schema: queue; Owner: -
--

ALTER INDEX queue.dead_id_idx ATTACH PARTITION queue.dead_20261205_id_idx;


--
-- Name: dead_20261205_subject_idx; Type: INDEX ATTACH; Schema: queue; Owner: -
--

ALTER INDEX queue.dead_subject_idx ATTACH PARTITION queue.dead_20261205_subject_idx;


--
-- Name: dead_20261206_id_idx; Type: INDEX ATTACH; Schema: queue; Owner: -
--

ALTER INDEX queue.dead_id_idx ATTACH PARTITION queue.dead_20261206_id_idx;


--
-- Name: dead_20261206_subject_idx; Type: INDEX ATTACH; Schema: queue; Owner: -
--

ALTER INDEX queue.dead_subject_idx ATTACH PARTITION queue.dead_20261206_subject_idx;


--
-- Name: dead_20261207_id_idx; Type: INDEX ATTACH; Schema: queue; Owner: -
--

ALTER INDEX queue.dead_id_idx ATTACH PARTITION queue.dead_20261207_id_idx;


--
-- Name: dead_20261207_subject_idx; Type: INDEX ATTACH; Schema: queue; Owner: -
--

ALTER INDEX queue.dead_subject_idx ATTACH PARTITION queue.dead_20261207_subject_idx;


--
-- Name: dead_default_id_idx; Type: INDEX ATTACH; Schema: queue; Owner: -
--

ALTER INDEX queue.dead_id_idx ATTACH PARTITION queue.dead_default_id_idx;


--
-- Name: dead_default_subject_idx; Type: INDEX ATTACH; Schema: queue; Owner: -
--

ALTER INDEX queue.dead_subject_idx ATTACH PARTITION queue.dead_default_subject_idx;


--
-- Name: dead_id_idx; Type: INDEX ATTACH; Schema: queue; Owner: -
--

ALTER INDEX queue.finished_id_idx ATTACH PARTITION queue.dead_id_idx;


--
-- Name: dead_subject_idx; Type: INDEX ATTACH; Schema: queue; Owner: -
--

ALTER INDEX queue.finished_subject_idx ATTACH PARTITION queue.dead_subject_idx;


--
-- Name: done_20261130_id_idx; Type: INDEX ATTACH; Schema: queue; Owner: -
--

ALTER INDEX queue.done_id_idx ATTACH PARTITION queue.done_20261130_id_idx;


--
-- Name: done_20261130_subject_idx; Type: INDEX ATTACH; Schema: queue; Owner: -
--

ALTER INDEX queue.done_subject_idx ATTACH PARTITION queue.done_20261130_subject_idx;


--
-- Name: done_20261201_id_idx; Type: INDEX ATTACH; Schema: queue; Owner: -
--

ALTER INDEX queue.done_id_idx ATTACH PARTITION queue.done_20261201_id_idx;


--
-- Name: done_20261201_subject_idx; Type: INDEX ATTACH; Schema: queue; Owner: -
--

ALTER INDEX queue.done_subject_idx ATTACH PARTITION queue.done_20261201_subject_idx;


--
-- Name: done_20261202_id_idx; Type: INDEX ATTACH; Schema: queue; Owner: -
--

ALTER INDEX queue.done_id_idx ATTACH PARTITION queue.done_20261202_id_idx;


--
-- Name: done_20261202_subject_idx; Type: INDEX ATTACH; Schema: queue; Owner: -
--

ALTER INDEX queue.done_subject_idx ATTACH PARTITION queue.done_20261202_subject_idx;


--
-- Name: done_20261203_id_idx; Type: INDEX ATTACH; Schema: queue; Owner: -
--

ALTER INDEX queue.done_id_idx ATTACH PARTITION queue.done_20261203_id_idx;


--
-- Name: done_20261203_subject_idx; Type: INDEX ATTACH; Schema: queue; Owner: -
--

ALTER INDEX queue.done_subject_idx ATTACH PARTITION queue.done_20261203_subject_idx;


--
-- Name: done_20261204_id_idx; Type: INDEX ATTACH; Schema: queue; Owner: -
--

ALTER INDEX queue.done_id_idx ATTACH PARTITION queue.done_20261204_id_idx;


--
-- Name: done_20261204_subject_idx; Type: INDEX ATTACH; Schema: queue; Owner: -
--

ALTER INDEX queue.done_subject_idx ATTACH PARTITION queue.done_20261204_subject_idx;


--
-- Name: done_20261205_id_idx; Type: INDEX ATTACH; Schema: queue; Owner: -
--

ALTER INDEX queue.done_id_idx ATTACH PARTITION queue.done_20261205_id_idx;


--
-- Name: done_20261205_subject_idx; Type: INDEX ATTACH; Schema: queue; Owner: -
--

ALTER INDEX queue.done_subject_idx ATTACH PARTITION queue.done_20261205_subject_idx;


--
-- Name: done_20261206_id_idx; Type: INDEX ATTACH; Schema: queue; Owner: -
--

ALTER INDEX queue.done_id_idx ATTACH PARTITION queue.done_20261206_id_idx;


--
-- Name: done_20261206_subject_idx; Type: INDEX ATTACH; Schema: queue; Owner: -
--

ALTER INDEX queue.done_subject_idx ATTACH PARTITION queue.done_20261206_subject_idx;


--
-- Name: done_20261207_id_idx; Type: INDEX ATTACH; Schema: queue; Owner: -
--

ALTER INDEX queue.done_id_idx ATTACH PARTITION queue.done_20261207_id_idx;


--
-- Name: done_20261207_subject_idx; Type: INDEX ATTACH; Schema: queue; Owner: -
--

ALTER INDEX queue.done_subject_idx ATTACH PARTITION queue.done_20261207_subject_idx;


--
-- Name: done_default_id_idx; Type: INDEX ATTACH; Schema: queue; Owner: -
--

ALTER INDEX queue.done_id_idx ATTACH PARTITION queue.done_default_id_idx;


--
-- Name: done_default_subject_idx; Type: INDEX ATTACH; Schema: queue; Owner: -
--

ALTER INDEX queue.done_subject_idx ATTACH PARTITION queue.done_default_subject_idx;


--
-- Name: done_id_idx; Type: INDEX ATTACH; Schema: queue; Owner: -
--

ALTER INDEX queue.finished_id_idx ATTACH PARTITION queue.done_id_idx;


--
-- Name: done_subject_idx; Type: INDEX ATTACH; Schema: queue; Owner: -
--

ALTER INDEX queue.finished_subject_idx ATTACH PARTITION queue.done_subject_idx;


--
-- Name: api_tokens api_tokens_user_fk; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.api_tokens
    ADD CONSTRAINT api_tokens_user_fk FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;


--
-- Name: artifacts artifacts_content_fk; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.artifacts
    ADD CONSTRAINT artifacts_content_fk FOREIGN KEY (content_hash) REFERENCES public.contents(hash) ON DELETE CASCADE;


--
-- Name: drive_members drive_members_drive_fk; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.drive_members
    ADD CONSTRAINT drive_members_drive_fk FOREIGN KEY (drive_id) REFERENCES public.drives(id) ON DELETE CASCADE;


--
-- Name: drive_members drive_members_user_fk; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.drive_members
    ADD CONSTRAINT drive_members_user_fk FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;


--
-- Name: files files_content_fk; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.files
    ADD CONSTRAINT files_content_fk FOREIGN KEY (content_hash) REFERENCES public.contents(hash);


--
-- Name: files files_drive_fk; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.files
    ADD CONSTRAINT files_drive_fk FOREIGN KEY (drive_id) REFERENCES public.drives(id) ON DELETE CASCADE;


--
-- Name: files files_owner_fk; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.files
    ADD CONSTRAINT files_owner_fk FOREIGN KEY (owner_id) REFERENCES public.users(id) ON DELETE SET NULL;


--
-- Name: ocr_pages ocr_pages_content_fk; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.ocr_pages
    ADD CONSTRAINT ocr_pages_content_fk FOREIGN KEY (content_hash) REFERENCES public.contents(hash) ON DELETE CASCADE;


--
-- Name: realtime_tickets realtime_tickets_user_fk; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.realtime_tickets
    ADD CONSTRAINT realtime_tickets_user_fk FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;


--
-- Name: sessions sessions_user_fk; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_user_fk FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;


--
-- PostgreSQL database dump complete
--


