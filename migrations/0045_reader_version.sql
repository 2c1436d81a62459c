-- Which version of its reader has read a content, so that what a later release reads better can be read again. What was read before
-- versions were kept was read by the first.
alter table contents add column reader_version integer not null default 1;
create index contents_reader_idx on contents (coalesce(format, 'unknown'), reader_version);
