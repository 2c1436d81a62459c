//! Small images in memory, so that a library's thumbnails need no second hop. Only what is named by its content's hash and its
//! size is kept, which never changes; whether somebody may see it is asked of the database each time, before this is looked at.

use axum::body::Bytes;
use axum::http::HeaderMap;
use db::library::Artifact;
use model::{ContentHash, PageArtifact, Preset};
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use std::time::{Duration, Instant};

/// Memory for images, in bytes.
const MAX_BYTES: u64 = 32 << 20;
/// Largest image that is kept.
const MAX_IMAGE_BYTES: u64 = 1 << 20;
/// What a row of the cache takes beside the image.
const ROW_BYTES: u64 = 1 << 10;
/// So long an image is given out before the processor is asked for it again, which notes that it is still read: what nobody
/// reads is removed there some day.
const MAX_AGE: Duration = Duration::from_secs(600);

/// An image as the processor gave it.
#[derive(Debug, Clone)]
pub struct Image {
    /// Its bytes.
    pub bytes: Bytes,
    /// The processor's headers.
    pub headers: HeaderMap,
    fetched: Instant,
}

/// What an image is known by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ImageKey {
    hash: ContentHash,
    name: String,
    size_bytes: u64,
}

impl ImageKey {
    /// The key of an artifact that may be kept; `None` when it is no image of a preset or a page, or too large.
    pub fn of(hash: &ContentHash, artifact: &Artifact) -> Option<Self> {
        let is_image = Preset::named(&artifact.name).is_some()
            || matches!(PageArtifact::named(&artifact.name), Some(PageArtifact::Image { .. }));
        let fits = is_image && artifact.size_bytes <= MAX_IMAGE_BYTES;
        fits.then(|| Self { hash: hash.clone(), name: artifact.name.clone(), size_bytes: artifact.size_bytes })
    }
}

/// The images.
pub struct ImageCache(Cache<ImageKey, Image, ByBytes>);

#[derive(Clone)]
struct ByBytes;

impl Weighter<ImageKey, Image> for ByBytes {
    fn weight(&self, _: &ImageKey, image: &Image) -> u64 {
        image.bytes.len() as u64 + ROW_BYTES
    }
}

impl ImageCache {
    /// An empty one.
    pub fn new() -> Self {
        Self(Cache::with_weighter((MAX_BYTES / (16 << 10)) as usize, MAX_BYTES, ByBytes))
    }

    /// An image that was given out before, not long ago.
    pub fn get(&self, key: &ImageKey) -> Option<Image> {
        self.0.get(key).filter(|image| image.fetched.elapsed() < MAX_AGE)
    }

    /// Keeps an image.
    pub fn insert(&self, key: ImageKey, bytes: Bytes, headers: HeaderMap) -> Image {
        let image = Image { bytes, headers, fetched: Instant::now() };
        if image.bytes.len() as u64 == key.size_bytes {
            self.0.insert(key, image.clone());
        }
        image
    }
}
