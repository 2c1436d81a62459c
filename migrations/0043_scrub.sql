-- When the bytes of a content were last known to be what was uploaded: they are hashed when they come, and again by the scrub. And
-- what is wrong with them, in a sentence, when they no longer are.
alter table contents add column checked_at timestamptz not null default now(), add column damage text;
update contents set checked_at = created_at;
create index contents_checked_idx on contents (checked_at);
create index contents_damaged_idx on contents (hash) where damage is not null;
