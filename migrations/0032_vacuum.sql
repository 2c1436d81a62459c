-- A segment is truncated when it is empty, so vacuum has work only in one that grew far beyond its size, or that stays. Vacuuming and
-- analysing all of them as they fill and empty took a tenth of the machine in a long drain. Claims need no statistics.
do $$
begin
    for n in 0..15 loop
        execute format('alter table queue.hot_%s set (autovacuum_vacuum_threshold = 300000, autovacuum_vacuum_insert_threshold = -1,
                        autovacuum_analyze_threshold = 1000000)', n);
    end loop;
end $$;
