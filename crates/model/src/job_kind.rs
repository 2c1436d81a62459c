//! The job kinds: one row each, with everything about a kind that more than one program has to know.

use serde::{Deserialize, Serialize};

/// A kind of job. A kind's name is for ever: it stands in rows and in people's dashboards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum JobKind {
    /// Remove temporary files, orphaned blobs and expired cache entries.
    CacheCleanup,
    /// Derive presets somebody asked for.
    ImageOptimize,
    /// Fetch a file by link and add it to a drive.
    ImportLink,
    /// Identify a new content and derive its default presets and its text.
    IngestFile,
    /// Have an external OCR service recognise the text of a content's pages, or of one of them.
    OcrExternal,
    /// Recognise the text of an image or a scanned document.
    OcrProcess,
    /// Read contents again that somebody wants read again, one after the other.
    ReadAgain,
    /// Drop old events, finished jobs, sessions and tickets.
    Retention,
    /// Extract the text of a content again.
    TextExtract,
    /// Make files of what is attached to a mail.
    UnpackMail,
}

/// How soon a job is taken. Ordered: `High` first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Priority {
    /// Somebody waits for it.
    High,
    /// The ordinary work.
    Normal,
    /// Work that may wait: OCR and maintenance.
    Low,
}

/// The program that runs a kind of job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobService {
    /// It has the store and the engine.
    Processor,
    /// It has neither, and may reach the network.
    Worker,
}

/// How many jobs of a kind one process runs at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlotSetting {
    /// The setting that says so, of a kind of which somebody may want more or fewer.
    pub name: Option<&'static str>,
    /// How many when it is not set, or there is none.
    pub default: usize,
}

/// Everything there is to know of a kind without running it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KindRow {
    /// The kind.
    pub kind: JobKind,
    /// Its name in the job table and in the API.
    pub name: &'static str,
    /// What people are shown instead of the name.
    pub label: &'static str,
    /// How soon it is taken.
    pub priority: Priority,
    /// How often one of its jobs is begun before it is given up, crashes included.
    pub max_attempts: i16,
    /// The program that runs it.
    pub service: JobService,
    /// How many of its jobs one process runs at once.
    pub slots: SlotSetting,
    /// Its job decides where its content stands, so that running it again puts the content back to pending.
    pub resets_content: bool,
    /// What a reader says of its progress is that of the files, too. A file that only gets one more image keeps its status, and
    /// what is said of its progress would hold until that is told again.
    pub shows_progress: bool,
}

/// Attempts of a job over a file. The second is for the machine's faults; a file that brings down its reader twice is
/// left alone until somebody asks again.
const FILE_ATTEMPTS: i16 = 3;

/// Attempts of text recognition, which are only used up by crashes and faults of the machine: a document of hundreds of pages
/// is at work for so long that it may see several.
const OCR_ATTEMPTS: i16 = 10;

/// Attempts of a job that reads a list of contents again, which are only used up by crashes and faults of the machine. Each content
/// has its own count, so that none is read for ever.
const READING_ATTEMPTS: i16 = 1_000;

/// Attempts to fetch a file by link: servers are away for a while. What they refuse is not tried again.
const IMPORT_ATTEMPTS: i16 = 5;

/// Every kind, in alphabetical order of its name.
pub static KINDS: &[KindRow] = &[
    KindRow {
        kind: JobKind::CacheCleanup,
        name: "cache-cleanup",
        label: "Cache clean-up",
        priority: Priority::Low,
        max_attempts: 5,
        service: JobService::Worker,
        slots: SlotSetting { name: Some("WORKER_CACHE_CLEANUP_SLOTS"), default: 1 },
        resets_content: false,
        shows_progress: false,
    },
    KindRow {
        kind: JobKind::ImageOptimize,
        name: "image-optimize",
        label: "Make images",
        priority: Priority::High,
        max_attempts: FILE_ATTEMPTS,
        service: JobService::Processor,
        slots: SlotSetting { name: Some("PROCESSOR_OPTIMIZE_SLOTS"), default: 2 },
        resets_content: false,
        shows_progress: false,
    },
    KindRow {
        kind: JobKind::ImportLink,
        name: "import-link",
        label: "Fetch link",
        priority: Priority::Normal,
        max_attempts: IMPORT_ATTEMPTS,
        service: JobService::Worker,
        slots: SlotSetting { name: Some("WORKER_IMPORT_SLOTS"), default: 4 },
        resets_content: false,
        shows_progress: false,
    },
    KindRow {
        kind: JobKind::IngestFile,
        name: "ingest-file",
        label: "Process file",
        priority: Priority::Normal,
        max_attempts: FILE_ATTEMPTS,
        service: JobService::Processor,
        slots: SlotSetting { name: Some("PROCESSOR_INGEST_SLOTS"), default: 2 },
        resets_content: true,
        shows_progress: true,
    },
    KindRow {
        kind: JobKind::OcrExternal,
        name: "ocr-external",
        label: "Recognise text outside",
        priority: Priority::Low,
        max_attempts: FILE_ATTEMPTS,
        service: JobService::Worker,
        slots: SlotSetting { name: Some("WORKER_OCR_EXTERNAL_SLOTS"), default: 4 },
        resets_content: false,
        shows_progress: true,
    },
    KindRow {
        kind: JobKind::OcrProcess,
        name: "ocr-process",
        label: "Recognise text",
        priority: Priority::Low,
        max_attempts: OCR_ATTEMPTS,
        service: JobService::Processor,
        slots: SlotSetting { name: Some("PROCESSOR_OCR_SLOTS"), default: 1 },
        resets_content: false,
        shows_progress: true,
    },
    KindRow {
        kind: JobKind::ReadAgain,
        name: "read-again",
        label: "Read again",
        priority: Priority::Low,
        max_attempts: READING_ATTEMPTS,
        service: JobService::Processor,
        slots: SlotSetting { name: Some("PROCESSOR_READ_AGAIN_SLOTS"), default: 2 },
        resets_content: false,
        shows_progress: true,
    },
    KindRow {
        kind: JobKind::Retention,
        name: "retention",
        label: "Retention",
        priority: Priority::Low,
        max_attempts: 5,
        service: JobService::Worker,
        slots: SlotSetting { name: Some("WORKER_RETENTION_SLOTS"), default: 1 },
        resets_content: false,
        shows_progress: false,
    },
    KindRow {
        kind: JobKind::TextExtract,
        name: "text-extract",
        label: "Extract text",
        priority: Priority::Normal,
        max_attempts: FILE_ATTEMPTS,
        service: JobService::Processor,
        slots: SlotSetting { name: Some("PROCESSOR_EXTRACT_SLOTS"), default: 1 },
        resets_content: false,
        shows_progress: true,
    },
    KindRow {
        kind: JobKind::UnpackMail,
        name: "unpack-mail",
        label: "Unpack mail",
        priority: Priority::Normal,
        max_attempts: FILE_ATTEMPTS,
        service: JobService::Processor,
        slots: SlotSetting { name: None, default: 1 },
        resets_content: false,
        shows_progress: false,
    },
];

/// A kind's row stands where its variant does, so that [`JobKind::row`] cannot miss it.
const _: () = {
    let mut index = 0;
    while index < KINDS.len() {
        assert!(KINDS[index].kind as usize == index, "the rows stand in the order of the variants");
        index += 1;
    }
};

impl JobKind {
    /// Its row.
    pub fn row(self) -> &'static KindRow {
        &KINDS[self as usize]
    }

    /// The name in the job table and in the API.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// The kind of that name.
    pub fn named(name: &str) -> Option<Self> {
        KINDS.iter().find(|row| row.name == name).map(|row| row.kind)
    }

    /// The label of the kind of that name; the name itself when there is no such kind, or none any more.
    pub fn label_of(name: &str) -> &str {
        Self::named(name).map_or(name, |kind| kind.row().label)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_found_by_its_name_and_the_names_are_sorted() {
        for row in KINDS {
            assert_eq!((JobKind::named(row.name), row.kind.name()), (Some(row.kind), row.name));
            assert_eq!(serde_json::to_value(row.kind).unwrap(), row.name);
        }
        assert!(KINDS.is_sorted_by_key(|row| row.name));
        assert_eq!(JobKind::named("ingest"), None);
        assert_eq!([JobKind::label_of("ingest-file"), JobKind::label_of("old-kind")], ["Process file", "old-kind"]);
    }

    #[test]
    fn slots_are_set_by_the_program_that_runs_the_kind() {
        for row in KINDS {
            let program = match row.service {
                JobService::Processor => "PROCESSOR_",
                JobService::Worker => "WORKER_",
            };
            assert!(row.slots.default > 0, "{}", row.name);
            if let Some(name) = row.slots.name {
                assert!(name.starts_with(program) && name.ends_with("_SLOTS"), "{name}");
            }
        }
    }
}
