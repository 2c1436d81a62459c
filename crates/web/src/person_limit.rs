//! What one person may have of a thing, or do of it at once, so that nobody takes what is there for all.

/// A bound of a person's. Its code is for programs and never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PersonLimit {
    /// Originals being sent to them.
    Downloads,
    /// Drives they have made (`DRIVES_PER_PERSON`).
    Drives,
    /// Exports and pieces of text being made and sent.
    Exports,
    /// Imports by link that are not over.
    Imports,
    /// Jobs that wait to be done; the processor counts them.
    Jobs,
    /// Pictures of pages and the like that may have to be made.
    Pages,
    /// Readings of files again that are not over.
    Readings,
    /// Reads that look through much.
    Reads,
    /// Tickets for the socket that wait to be used.
    Tickets,
    /// API tokens that have not ended.
    Tokens,
    /// Uploads in pieces that they have begun and not ended; the processor counts them (`UNFINISHED_UPLOADS_PER_PERSON`).
    Unfinished,
    /// Uploads under way (`UPLOADS_PER_PERSON`).
    Uploads,
}

/// Originals of a person at once: more than a browser with some tabs asks for, or a program that copies all files.
pub const DOWNLOADS: usize = 64;
/// Exports of a person at once: each may take a reader, or a text in memory.
pub const EXPORTS: usize = 2;
/// Imports of a person that are not over: more links than people paste, and two of them are fetched at once.
pub const IMPORTS: i64 = 100;
/// Pictures of pages and the like of a person at once: each may take a reader. A browser with some tabs asks for no more.
pub const PAGES_AT_ONCE: usize = 24;
/// Readings of a person that are not over: more than people press buttons, and each has one job.
pub const READINGS: i64 = 100;
/// Reads that look through much, waiting for their turn or in it: more than a browser with some tabs asks for at once.
pub const READS: usize = 6;
/// Tickets of a person that wait to be used: more than a browser with many tabs opens within a minute.
pub const TICKETS: i64 = 50;
/// API tokens of a person: one for each program they know of.
pub const TOKENS: i64 = 100;

impl PersonLimit {
    /// The stable word for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Downloads => "too-many-downloads",
            Self::Drives => "too-many-drives",
            Self::Exports => "too-many-exports",
            Self::Imports => "too-many-imports",
            Self::Jobs => "too-many-jobs",
            Self::Pages => "too-many-pages",
            Self::Readings => "too-many-readings",
            Self::Reads => "too-many-reads",
            Self::Tickets => "too-many-tickets",
            Self::Tokens => "too-many-tokens",
            Self::Unfinished => "too-many-unfinished-uploads",
            Self::Uploads => "too-many-uploads",
        }
    }

    /// A sentence for the person who went over it.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Downloads => "you take as many files at once as one person may; wait for one of them",
            Self::Drives => "you have made as many drives as one person may; delete one first",
            Self::Exports => "you have as many exports under way as one person may; wait for one of them",
            Self::Imports => "you have as many links being fetched as one person may; wait for one of them",
            Self::Jobs => "so many of your files and images are still waiting that no more are taken; try again later",
            Self::Pages => "you look at as many pages at once as one person may; wait for one of them",
            Self::Readings => "you have as many readings under way as one person may; wait for one of them",
            Self::Reads => "you ask for too much at once; wait for an answer first",
            Self::Tickets => "you have as many unused tickets as one person may; use one, or wait a minute",
            Self::Tokens => "you have as many tokens as one person may; revoke one first",
            Self::Unfinished => "you have begun as much as one person may; finish or end an upload first",
            Self::Uploads => "you send as many files at once as one person may; wait for one of them",
        }
    }

    /// Seconds until it may be better by itself; nothing where the person has to do something.
    pub fn retry_after_s(self) -> Option<u64> {
        match self {
            Self::Drives | Self::Tokens | Self::Unfinished => None,
            Self::Downloads | Self::Exports | Self::Uploads => Some(5),
            Self::Imports | Self::Jobs | Self::Readings | Self::Tickets => Some(10),
            Self::Pages | Self::Reads => Some(1),
        }
    }
}
