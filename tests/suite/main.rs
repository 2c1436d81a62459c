//! The whole suite, as its users see it.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod backups;
mod batches;
mod broken_uploads;
mod command_line;
mod counts;
mod covers;
mod crashes;
mod fairness;
mod file_pages;
mod guide;
mod imports;
mod kinds;
mod lost_texts;
mod mails;
mod monitoring;
mod native_logs;
mod ocr;
mod ocr_accurate;
mod ocr_misfortunes;
mod ocr_words;
mod postgres_memory;
mod preflight;
mod reading_again;
mod resumable;
mod roles;
mod search;
mod upgrades;
mod watched_folder;
