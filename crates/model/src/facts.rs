//! What the engine learned of a content.

use serde::{Deserialize, Serialize};

/// What was learned of a content. Fields that do not apply are absent.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Facts {
    /// Width in pixels as stored, before orientation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Height in pixels as stored, before orientation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// EXIF orientation, 1 to 8.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub orientation: Option<u8>,
    /// It has an alpha channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alpha: Option<bool>,
    /// It has more than one frame.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub animated: Option<bool>,
    /// It carries a picture of itself: a book's cover, the preview that an office program keeps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cover: Option<bool>,
    /// The colour most of it has, as `#rrggbb`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dominant_color: Option<String>,
    /// A placeholder of some 25 bytes to show until the picture is there (ThumbHash), in hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thumb_hash: Option<String>,
    /// What it looks like, as 64 bits in hexadecimal: pictures that look alike differ in few of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub perceptual_hash: Option<String>,
    /// Number of pages (slides, sheets).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pages: Option<u32>,
    /// Number of words of the extracted text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<u64>,
    /// Number of characters (Unicode scalar values) of the extracted text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub characters: Option<u64>,
    /// The language most of the text is in (BCP 47: `en`, `zh`), when there is little doubt; else the one it says it is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Title from the document's own metadata.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Author from the document's own metadata.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// When it was made, from the document's own metadata: RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created: Option<String>,
    /// When it was last changed, from the document's own metadata: RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modified: Option<String>,
    /// It was encrypted, with a password that opens by itself (the empty one).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encrypted: Option<bool>,
    /// Files inside of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// Files inside of a mail that may become files of their own, those attached to mails inside of it too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unpackable: Option<u32>,
    /// Encoding the text was stored in (WHATWG label), for text files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// Numbers of pages without usable text, 1-based: the ones that need OCR.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pages_without_text: Vec<u32>,
    /// What text recognition added, once it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ocr: Option<Recognised>,
}

/// What text recognition made of a content's pages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Recognised {
    /// Who read: `tesseract`, `accurate`, `auto` or `external`.
    pub engine: String,
    /// The languages it was told to expect, as Tesseract writes them: `eng`, `deu+fra`.
    pub languages: String,
    /// Pages it found text on.
    pub pages: u32,
    /// How sure it was of the words, in per cent; absent when nobody can say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<u8>,
}

/// A file inside of a document, as the document describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attachment {
    /// Its name.
    pub name: String,
    /// How large it is, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size_bytes: Option<u64>,
    /// Its media type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mime: Option<String>,
}
