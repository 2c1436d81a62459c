//! The product's words as plain data: ids, formats, presets, tasks, outcomes, events, limits. No I/O lives here.
#![forbid(unsafe_code)]

mod artifact;
mod chunk;
mod disposition;
mod event;
mod facts;
pub mod file_name;
mod hash;
mod job;
mod limits;
mod ocr;
mod outcome;
mod preset;
mod preset_rows;
mod report;
mod request;
mod status;
mod vision;
pub mod wire;
mod words;

pub use artifact::{
    ArtifactPart, DOCX_MIME, EXPORT_DOCX, EXTRACTED_TEXT, MARKDOWN, OCR_TEXT, PAGE_PGM, PAGE_PNG, PAGES, PageSpan,
};
pub use chunk::{BadChunking, Chunk, Chunking};
pub use disposition::{Disposition, inline_type, is_inline_safe, security_policy};
pub use event::{CHANNEL, Event, EventKind};
pub use facts::{Attachment, Facts, Recognised};
pub use hash::{ContentHash, InvalidHash};
pub use job::{JobKind, Priority};
pub use limits::Limits;
pub use ocr::{
    OCR_DPI, OcrEngine, OcrLanguages, TESSERACT_ENVIRONMENT, UnknownOcrEngine, UnknownOcrLanguages, tesseract_arguments,
};
pub use outcome::{Outcome, Reason, Warning};
pub use preset::{DEFAULT_PRESETS, Effort, Fit, ImageFormat, Motion, PRESETS, Preset, add_presets};
pub use preset_rows::{BadPreset, CustomPresets};
pub use report::{Progress, Report};
pub use request::{PageFormat, Request, Task};
pub use status::ContentStatus;
pub use vision::{TokenEstimate, VISION_MODELS, VisionModels, image_tokens, provider_limit_bytes};
pub use words::{WordCounter, count_words, is_spaceless};
