-- Where the words of a recognised page stand, as JSON (`PageWords`): asked for page by page, and beside the text so that both are
-- kept at once. Absent of pages that were read by an earlier release, by the external service, or in vain.
alter table ocr_pages add column words text;
