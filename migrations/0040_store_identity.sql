-- The id that this database and its store of files have in common, so that neither is taken for another suite's. One row, made when
-- the processor first sees both; none before.
--
-- "If not exists": a dump from before this migration, restored into a newer suite, leaves the table there and its row true, as that
-- suite's store has the same id.
create table if not exists store_identity (
    only_row   boolean not null default true
               constraint store_identity_pkey primary key
               constraint store_identity_only_row_check check (only_row),
    id         uuid not null,
    created_at timestamptz not null default now()
);
