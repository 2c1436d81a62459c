-- Services no longer own their tables: days of finished jobs are made and dropped for them by these two, with their owner's rights.
-- What they find by an unqualified name is Postgres's own, whatever the caller's search_path says. Who may call them, `db::roles` says.
alter function queue.make_partitions(integer) security definer set search_path = pg_catalog, pg_temp;
alter function queue.drop_partitions(text, interval) security definer set search_path = pg_catalog, pg_temp;
