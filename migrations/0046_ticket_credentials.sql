-- What a ticket was made with, so that a socket ends with it. One of the two is set; a ticket of an older program has neither
-- and no longer counts.
alter table realtime_tickets
    add column session_hash   bytea,
    add column api_token_hash bytea;
