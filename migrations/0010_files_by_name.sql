-- A drive listed by name, page by page, whatever the case. Size has none: it stands in contents and is sorted by rarely.
create index files_drive_name_idx on files (drive_id, lower(name), id);
