-- When each schedule last put its job into the queue. Whoever moves the time on enqueues, so any number of workers agree.
create table schedules (
    name        text primary key,
    last_run_at timestamptz not null default '-infinity'
);
