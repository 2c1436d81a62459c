-- What the person who goes on with an upload in another browser has to know: whether it is being sent from elsewhere at this moment, and
-- which file it is. modified_at is when that file was changed last, by its sender's word.
alter table uploads add column progressed_at timestamptz not null default now();
alter table uploads add column modified_at timestamptz;
