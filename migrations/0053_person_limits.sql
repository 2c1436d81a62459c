-- Who made a drive: whoever makes them is bounded in how many. Not who owns it now: nobody can be given so many that they may make no
-- more of their own.
alter table drives
    add column made_by uuid constraint drives_made_by_fk references users on delete set null;
create index drives_made_by_idx on drives (made_by) where made_by is not null;
-- Of earlier drives one of the owners is taken for it; nobody else is known.
update drives set made_by = (
    select user_id from drive_members where drive_members.drive_id = drives.id and role = 'owner' order by user_id limit 1
);
-- Tickets are counted by person, too.
create index realtime_tickets_user_idx on realtime_tickets (user_id, expires_at);
