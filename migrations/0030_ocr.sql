-- What text recognition read, page by page: each page is kept as soon as it is read, so that work interrupted at any page goes
-- on there, and no page is read twice by the same engine for the same languages.
create table ocr_pages (
    content_hash text not null constraint ocr_pages_content_fk references contents on delete cascade,
    -- tesseract, accurate or external.
    engine       text not null,
    languages    text not null,
    page         integer not null constraint ocr_pages_page_check check (page >= 1),
    text         text not null,
    -- How sure the engine was of the words, 0 to 100; absent when it cannot say.
    confidence   real constraint ocr_pages_confidence_check check (confidence between 0 and 100),
    -- Why the page could not be read, in a sentence; absent when it was.
    failure      text,
    created_at   timestamptz not null default now(),
    constraint ocr_pages_pkey primary key (content_hash, engine, languages, page)
);
