-- Pages that an outside service was asked to read, by month (UTC): what it costs is bounded over all workers.
create table ocr_budget (
    month date constraint ocr_budget_pkey primary key,
    pages bigint not null constraint ocr_budget_pages_check check (pages >= 0)
);
