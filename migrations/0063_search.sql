-- Search: the pages of texts with their words, and names and titles as they are compared.

-- A text as it is compared: small letters, without accents and marks. The program folds what people look for in the same way, and
-- more of it in the words of pages; here it is for names and titles alone. Not inlined, so that it is planned by what it costs.
create function search_fold(original text) returns text
language plpgsql immutable strict parallel safe cost 100 as $$
begin
    return normalize(translate(
        replace(replace(replace(
            -- Marks on letters, vowel marks of Hebrew and Arabic, and characters that nobody sees. The breve of й makes another letter
            -- of it.
            regexp_replace(regexp_replace(normalize(lower(normalize(original, nfkd)), nfkd),
                '[\u0300-\u0305\u0307-\u036f\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]',
                '', 'g'), '([^и])\u0306', '\1', 'g'),
            'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'),
        'øđðħıłςىیةک', 'oddhilσييهك'), nfc);
end
$$;

-- Kept with each file and content, so that a name is folded once and not at every search.
alter table files add column search_name text generated always as (search_fold(name)) stored;
create index files_search_name_idx on files using gin (search_name gin_trgm_ops);
alter table contents add column search_title text generated always as
    (search_fold(coalesce(facts ->> 'title', '') || ' ' || coalesce(facts ->> 'author', ''))) stored;
create index contents_search_title_idx on contents using gin (search_title gin_trgm_ops);

-- Contents are named by a small number here: a hash in each row of a million pages would be a fifth of the index.
alter table contents add column search_id integer not null generated always as identity;
alter table contents add constraint contents_search_id_key unique (search_id);
-- Which way of cutting texts into words its pages are kept by; 0 while they are not. A content of an earlier release is 0 until its
-- text has been indexed, and a release that cuts in another way sets all of them to 0.
alter table contents add column search_version smallint not null default 0;
create index contents_unindexed_idx on contents (search_id) where search_version = 0 and status = 'completed';

-- The pages of the texts of contents, each with its words in their order, then their stems (`search::IndexedPage`). A content that many
-- files point at is here once: who may find it is decided by its files, in the statement that searches.
create table search_pages (
    search_id  integer not null,
    -- Counted over the content; a long page is in several pieces.
    piece      integer not null,
    page       integer not null,
    -- Where the piece lies in the text's file, from which what is shown of it is read.
    start_byte integer not null,
    size_bytes integer not null,
    words      text not null,
    constraint search_pages_pkey primary key (search_id, piece),
    constraint search_pages_content_fk foreign key (search_id) references contents (search_id) on delete cascade
);
-- What is known of the rows is known well enough from a few thousand of them: cutting more into words takes seconds.
alter table search_pages alter column search_id set statistics 30, alter column piece set statistics 30,
    alter column page set statistics 30, alter column start_byte set statistics 0, alter column size_bytes set statistics 0,
    alter column words set statistics 0;
-- Words are kept beside the rows, which are looked through by the thousand.
alter table search_pages set (toast_tuple_target = 128);

-- What the index is made of. Not inlined either: a plan that evaluates it for each row instead of asking the index is a slow one.
create function search_vector(words text) returns tsvector
language plpgsql immutable strict parallel safe cost 10000 as $$
begin
    return array_to_tsvector(string_to_array(btrim(words), ' '));
end
$$;
-- New pages wait in a list, which every search looks through, until it has so many kilobytes.
create index search_pages_words_idx on search_pages using gin (search_vector(words)) with (gin_pending_list_limit = 1024);
alter index search_pages_words_idx alter column 1 set statistics 30;
