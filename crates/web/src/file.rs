//! A file as the API shows it.

use model::{ContentHash, ContentStatus};
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

/// A file with what is known of its content.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct File {
    id: Uuid,
    drive_id: Uuid,
    name: String,
    size_bytes: u64,
    /// Media type, decided by the bytes.
    mime: String,
    /// The format's short name, once identified.
    format: Option<String>,
    status: FileStatus,
    /// SHA-256 of the bytes. It names them and gives no right to read them.
    content_hash: String,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    /// When it was last renamed, moved, trashed or restored.
    #[serde(with = "time::serde::rfc3339")]
    updated_at: OffsetDateTime,
    /// When it was put into the trash.
    #[serde(with = "time::serde::rfc3339::option")]
    trashed_at: Option<OffsetDateTime>,
    /// The mail that it was attached to, if that is still there.
    attachment_of: Option<Uuid>,
    /// When reading it last began, as far as its people can know: not before it was added.
    #[serde(with = "time::serde::rfc3339::option")]
    started_at: Option<OffsetDateTime>,
    /// When reading it last ended; not before it was added.
    #[serde(with = "time::serde::rfc3339::option")]
    processed_at: Option<OffsetDateTime>,
    /// How reading it ended; absent before the first time.
    outcome: Option<Outcome>,
    /// What a reader of the artifacts should know.
    warnings: Vec<Warning>,
    facts: Facts,
    /// What was derived from it, by name.
    artifacts: Vec<Artifact>,
}

/// Where a file stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum FileStatus {
    /// Stored; waits to be read.
    Pending,
    /// Being read.
    Processing,
    /// Has text.
    Completed,
    /// Has images and no text.
    Visual,
    /// Nothing could be made of it; the outcome says why.
    Failed,
}

/// How reading a file ended.
#[derive(Debug, Serialize, ToSchema)]
pub struct Outcome {
    /// `ok`, `partial`, `rejected`, `timeout`, `memory`, `crashed` or `internal`.
    code: &'static str,
    /// Why it was rejected: `encrypted`, `malformed`, `too-large`, `unsupported` and so on.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// One sentence for a person.
    sentence: String,
}

/// Something a reader of the artifacts should know.
#[derive(Debug, Serialize, ToSchema)]
pub struct Warning {
    /// A stable word.
    code: String,
    /// One sentence for a person.
    message: String,
}

/// What was learned of the content. What does not apply is absent.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Facts {
    /// Width in pixels as stored, before orientation.
    #[serde(skip_serializing_if = "Option::is_none")]
    width: Option<u32>,
    /// Height in pixels as stored, before orientation.
    #[serde(skip_serializing_if = "Option::is_none")]
    height: Option<u32>,
    /// EXIF orientation, 1 to 8.
    #[serde(skip_serializing_if = "Option::is_none")]
    orientation: Option<u8>,
    /// It has an alpha channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    alpha: Option<bool>,
    /// It has more than one frame.
    #[serde(skip_serializing_if = "Option::is_none")]
    animated: Option<bool>,
    /// It carries a picture of itself: a book's cover, the preview that an office program keeps.
    #[serde(skip_serializing_if = "Option::is_none")]
    cover: Option<bool>,
    /// The colour most of it has, as `#rrggbb`.
    #[serde(skip_serializing_if = "Option::is_none")]
    dominant_color: Option<String>,
    /// A placeholder of some 25 bytes to show until the picture is there (ThumbHash), in hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    thumb_hash: Option<String>,
    /// What it looks like, as 64 bits in hexadecimal: pictures that look alike differ in few of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    perceptual_hash: Option<String>,
    /// Number of pages, slides or sheets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pages: Option<u32>,
    /// Number of words of its text.
    #[serde(skip_serializing_if = "Option::is_none")]
    words: Option<u64>,
    /// Number of characters of its text.
    #[serde(skip_serializing_if = "Option::is_none")]
    characters: Option<u64>,
    /// The language most of its text is in (BCP 47: `en`, `zh`); when in doubt the one it says it is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<String>,
    /// Title from its own metadata.
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    /// Author from its own metadata.
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<String>,
    /// When it was made, from its own metadata: RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    created: Option<String>,
    /// When it was last changed, from its own metadata: RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    modified: Option<String>,
    /// It was encrypted, with a password that opens by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    encrypted: Option<bool>,
    /// Files inside of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    attachments: Vec<Attachment>,
    /// Encoding its text was stored in.
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding: Option<String>,
    /// Pages without usable text, counted from 1.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pages_without_text: Vec<u32>,
    /// What text recognition added, once it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    ocr: Option<Recognised>,
}

/// What text recognition made of a content's pages.
#[derive(Debug, Serialize, ToSchema)]
pub struct Recognised {
    /// Who read: `tesseract`, `accurate`, `auto` or `external`.
    engine: String,
    /// The languages it was told to expect, as Tesseract writes them: `eng`, `deu+fra`.
    languages: String,
    /// Pages it found text on.
    pages: u32,
    /// How sure it was of the words, in per cent.
    #[serde(skip_serializing_if = "Option::is_none")]
    confidence: Option<u8>,
}

/// A file inside of a document, as the document describes it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Attachment {
    name: String,
    /// How large it is, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    size_bytes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mime: Option<String>,
}

/// Something derived from a file.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Artifact {
    /// A preset's name, or `extracted-text.txt`, `text.md`, `pages.json`.
    name: String,
    mime: String,
    size_bytes: u64,
    /// Width in pixels, for images.
    width: Option<u32>,
    /// Height in pixels, for images.
    height: Option<u32>,
    /// Where to get it. The address changes with the content, so that browsers may keep what they got.
    url: String,
}

impl From<db::library::File> for File {
    fn from(file: db::library::File) -> Self {
        let artifacts = file.artifacts.iter().map(|artifact| Artifact::new(&file, artifact)).collect();
        Self {
            id: file.id,
            drive_id: file.drive_id,
            name: file.name,
            size_bytes: file.size_bytes,
            mime: file.mime,
            format: file.format,
            status: file.status.into(),
            content_hash: file.content_hash.into(),
            created_at: file.created_at,
            updated_at: file.updated_at,
            trashed_at: file.trashed_at,
            attachment_of: file.attachment_of,
            started_at: file.started_at,
            processed_at: file.processed_at,
            outcome: file.outcome.map(Outcome::from),
            warnings: file.warnings.into_iter().map(Warning::from).collect(),
            facts: file.facts.into(),
            artifacts,
        }
    }
}

impl File {
    /// The file as one whose content was never here before.
    pub fn unread(self) -> Self {
        Self {
            format: None,
            status: FileStatus::Pending,
            started_at: None,
            processed_at: None,
            outcome: None,
            warnings: vec![],
            facts: model::Facts::default().into(),
            artifacts: vec![],
            ..self
        }
    }
}

impl Artifact {
    /// An artifact of that file.
    pub fn new(file: &db::library::File, artifact: &db::library::Artifact) -> Self {
        Self {
            name: artifact.name.clone(),
            mime: artifact.mime.clone(),
            size_bytes: artifact.size_bytes,
            width: artifact.width,
            height: artifact.height,
            url: format!(
                "{}?v={}",
                artifact_url(file, &artifact.name),
                version(&file.content_hash, artifact.size_bytes)
            ),
        }
    }
}

/// Where an artifact of the file is. With its [`version`] as `v` an answer may be kept for ever.
pub fn artifact_url(file: &db::library::File, name: &str) -> String {
    format!("/api/v1/files/{}/artifacts/{name}", file.id)
}

/// A short word that changes with the file's content, and when the artifact is made again in another way: of a preset whose row has
/// changed since.
pub fn version(hash: &ContentHash, size_bytes: u64) -> String {
    format!("{}-{size_bytes:x}", &hash.as_str()[..8])
}

impl From<ContentStatus> for FileStatus {
    fn from(status: ContentStatus) -> Self {
        match status {
            ContentStatus::Pending => Self::Pending,
            ContentStatus::Processing => Self::Processing,
            ContentStatus::Completed => Self::Completed,
            ContentStatus::Visual => Self::Visual,
            ContentStatus::Failed => Self::Failed,
        }
    }
}

impl From<model::Outcome> for Outcome {
    fn from(outcome: model::Outcome) -> Self {
        let reason = match &outcome {
            model::Outcome::Rejected { reason, .. } => Some(reason.code().to_owned()),
            _ => None,
        };
        Self { code: outcome.code(), reason, sentence: outcome.sentence() }
    }
}

impl From<model::Warning> for Warning {
    fn from(model::Warning { code, message }: model::Warning) -> Self {
        Self { code, message }
    }
}

impl From<model::Facts> for Facts {
    // Taken apart field by field, so that a new fact does not compile until it is in the API.
    fn from(facts: model::Facts) -> Self {
        let model::Facts {
            width,
            height,
            orientation,
            alpha,
            animated,
            cover,
            dominant_color,
            thumb_hash,
            perceptual_hash,
            pages,
            words,
            characters,
            language,
            title,
            author,
            created,
            modified,
            encrypted,
            attachments,
            // How many of them become files is seen by those that have.
            unpackable: _,
            encoding,
            pages_without_text,
            ocr,
        } = facts;
        let ocr = ocr.map(|model::Recognised { engine, languages, pages, confidence }| Recognised {
            engine,
            languages,
            pages,
            confidence,
        });
        Self {
            width,
            height,
            orientation,
            alpha,
            animated,
            cover,
            dominant_color,
            thumb_hash,
            perceptual_hash,
            pages,
            words,
            characters,
            language,
            title,
            author,
            created,
            modified,
            encrypted,
            attachments: attachments.into_iter().map(Attachment::from).collect(),
            encoding,
            pages_without_text,
            ocr,
        }
    }
}

impl From<model::Attachment> for Attachment {
    fn from(model::Attachment { name, size_bytes, mime }: model::Attachment) -> Self {
        Self { name, size_bytes, mime }
    }
}
