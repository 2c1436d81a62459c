-- What is in the trash, by how long: it is emptied from time to time.
create index files_trashed_idx on files (trashed_at) where trashed_at is not null;
