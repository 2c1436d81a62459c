-- Files that were attached to a mail and are files of their own now: which file they came out of, if it is still there, and in how many
-- mails inside of each other they were. And when that was done for a mail, which is once for each file.
alter table files
    add column attachment_of    uuid constraint files_attachment_of_fk references files on delete set null,
    add column attachment_depth smallint not null default 0,
    add column unpacked_at      timestamptz;
create index files_attachment_of_idx on files (attachment_of) where attachment_of is not null;
