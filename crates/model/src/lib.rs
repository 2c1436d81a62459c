//! The product's words as plain data: ids, formats, presets, tasks, outcomes, events, limits. No I/O lives here.
#![forbid(unsafe_code)]

mod artifact;
mod audit_kind;
mod chunk;
mod cookie_name;
mod custom_presets;
mod disposition;
mod event;
mod facts;
pub mod file_name;
mod hash;
mod import;
mod job_kind;
mod limits;
mod ocr;
mod outcome;
mod page_artifact;
mod page_ranges;
mod page_view;
mod page_words;
mod preset;
mod presets;
mod reader_version;
mod reading;
mod report;
mod request;
mod status;
mod threshold;
mod vision;
pub mod wire;
mod words;

pub use artifact::{
    ArtifactLife, ArtifactPart, DOCX_MIME, EXPORT_DOCX, EXPORT_PDF, EXTRACTED_TEXT, MARKDOWN, MOST_ATTACHMENTS,
    OCR_TEXT, PAGE_PGM, PAGE_PNG, PAGES, PDF_MIME, PageSpan, artifact_life, attachment_part,
};
pub use audit_kind::AuditKind;
pub use chunk::{BadChunking, Chunk, Chunking};
pub use cookie_name::{CookieName, SESSION_COOKIE};
pub use custom_presets::{BadPreset, CustomPresets};
pub use disposition::{Disposition, inline_type, is_inline_safe, security_policy};
pub use event::{CHANNEL, Event, EventKind};
pub use facts::{Attachment, Facts, Recognised};
pub use hash::{ContentHash, InvalidHash};
pub use import::ImportLink;
pub use job_kind::{JobKind, JobService, KINDS, KindRow, Priority, SlotSetting};
pub use limits::Limits;
pub use ocr::{
    OCR_DPI, OcrEngine, OcrLanguages, TESSERACT_ENVIRONMENT, UnknownOcrEngine, UnknownOcrLanguages, tesseract_arguments,
};
pub use outcome::{Outcome, Reason, Warning};
pub use page_artifact::{PAGE_WIDTHS, PageArtifact, PageSize, page_width};
pub use page_ranges::{BadPageRanges, PageRanges};
pub use page_view::PageView;
pub use page_words::{MAX_PAGE_WORDS, MAX_WORD_CHARACTERS, PageWord, PageWords};
pub use preset::{Effort, Fit, ImageFormat, Motion, Preset};
pub use presets::{DEFAULT_PRESETS, PRESETS, add_presets};
pub use reader_version::{READER_VERSIONS, UNKNOWN_FORMAT, reader_version};
pub use reading::{ReadAgain, ReadOcr, ReadWhat};
pub use report::{Progress, Report, cause_line};
pub use request::{PageFormat, Request, Task};
pub use status::ContentStatus;
pub use threshold::{THRESHOLDS, Threshold, ThresholdRow, ThresholdUnit};
pub use vision::{TokenEstimate, VISION_MODELS, VisionModels, image_tokens, provider_limit_bytes};
pub use words::{WordCounter, count_words, is_spaceless};
