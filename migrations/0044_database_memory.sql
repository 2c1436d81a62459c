-- The memory of Postgres, from the control group of its container, which nobody but Postgres itself sees. Null where the container has
-- no limit of its own, as on a machine whose Postgres serves others too, and where the database's owner may not read files.
--
-- Version 2 of control groups, else version 1. The cache of files is left out, as the system takes it back before it is short of memory.
create or replace function database_memory() returns jsonb
language plpgsql stable security definer set search_path = pg_catalog as $$
declare
    folder  text := '/sys/fs/cgroup/';
    used    bigint;
    most    bigint;
    peak    bigint;
    kills   bigint;
    stat    text;
    cache   bigint;
begin
    if pg_read_file(folder || 'memory.current', 0, 65536, true) is not null then
        most := nullif(trim(e'\n' from pg_read_file(folder || 'memory.max', 0, 65536, true)), 'max');
        used := trim(e'\n' from pg_read_file(folder || 'memory.current', 0, 65536, true));
        peak := trim(e'\n' from pg_read_file(folder || 'memory.peak', 0, 65536, true));
        stat := pg_read_file(folder || 'memory.stat', 0, 65536, true);
        kills := substring(pg_read_file(folder || 'memory.events', 0, 65536, true) from '(?n)^oom_kill ([0-9]+)$');
        cache := substring(stat from '(?n)^inactive_file ([0-9]+)$')::bigint
               + substring(stat from '(?n)^active_file ([0-9]+)$')::bigint;
    elsif pg_read_file(folder || 'memory/memory.usage_in_bytes', 0, 65536, true) is not null then
        folder := folder || 'memory/';
        -- Without a limit it is the largest number of whole pages.
        most := trim(e'\n' from pg_read_file(folder || 'memory.limit_in_bytes', 0, 65536, true));
        most := nullif(most, greatest(most, 1::bigint << 60));
        used := trim(e'\n' from pg_read_file(folder || 'memory.usage_in_bytes', 0, 65536, true));
        peak := trim(e'\n' from pg_read_file(folder || 'memory.max_usage_in_bytes', 0, 65536, true));
        stat := pg_read_file(folder || 'memory.stat', 0, 65536, true);
        kills := substring(pg_read_file(folder || 'memory.oom_control', 0, 65536, true) from '(?n)^oom_kill ([0-9]+)$');
        cache := substring(stat from '(?n)^total_inactive_file ([0-9]+)$')::bigint
               + substring(stat from '(?n)^total_active_file ([0-9]+)$')::bigint;
    end if;
    if most is null then return null; end if;
    return jsonb_build_object('usedBytes', greatest(used - coalesce(cache, 0), 0), 'limitBytes', most, 'peakBytes', peak, 'oomKills', kills);
exception when insufficient_privilege or undefined_file then
    return null;
end
$$;
