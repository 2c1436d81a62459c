//! The product's words as plain data: ids, formats, presets, tasks, outcomes, events, limits. No I/O lives here.
#![forbid(unsafe_code)]

mod chunk;
mod event;
mod hash;
mod job;
mod limits;
mod ocr;
mod outcome;
mod preset;
mod preset_rows;
mod shown;
mod status;
mod task;
mod vision;
mod words;

pub use chunk::{BadChunking, Chunk, Chunking};
pub use event::{CHANNEL, Event, EventKind};
pub use hash::{ContentHash, InvalidHash};
pub use job::{JobKind, Priority};
pub use limits::Limits;
pub use ocr::{
    OCR_DPI, OcrEngine, OcrLanguages, TESSERACT_ENVIRONMENT, UnknownOcrEngine, UnknownOcrLanguages, tesseract_arguments,
};
pub use outcome::{Outcome, Reason, Warning};
pub use preset::{DEFAULT_PRESETS, Effort, Fit, ImageFormat, Motion, PRESETS, Preset, add_presets};
pub use preset_rows::{BadPreset, CustomPresets};
pub use shown::is_shown;
pub use status::ContentStatus;
pub use task::{
    ArtifactPart, Attachment, DOCX_MIME, EXPORT_DOCX, EXTRACTED_TEXT, Facts, MARKDOWN, OCR_TEXT, PAGE_IMAGE, PAGE_PNG,
    PAGES, PageSpan, Progress, Recognised, Report, Request, Task,
};
pub use vision::{TokenEstimate, VISION_MODELS, VisionModels, image_tokens, provider_limit_bytes};
pub use words::{WordCounter, count_words, is_spaceless};
