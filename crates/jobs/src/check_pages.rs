//! The parent's look at what a child made for somebody who sees pages: pictures, words with their places, sizes.

use crate::part_bytes::{begins, text};
use model::{ArtifactPart, Limits, MAX_PAGE_WORDS, MAX_WORD_CHARACTERS, PageArtifact, PageSize, PageWord, PageWords};
use std::fs::File;

/// Words of a page with their places, and sizes of all pages a document may have, are less than this.
const MAX_JSON_BYTES: u64 = 16 << 20;

/// Checks the part, which has that artifact's name. Says what is wrong.
pub(crate) fn check_page_artifact(
    artifact: PageArtifact,
    part: &ArtifactPart,
    output: &File,
    limits: &Limits,
) -> Result<(), &'static str> {
    if part.mime != artifact.mime() {
        return Err("has another media type");
    }
    match artifact {
        PageArtifact::Image { width: most, .. } => match (part.width, part.height) {
            (Some(width @ 1..), Some(1..)) if width > most => Err("is wider than was asked for"),
            (Some(1..), Some(1..)) if begins(part, output, b"\xff\xd8\xff") => Ok(()),
            (Some(1..), Some(1..)) => Err("does not begin like its format"),
            _ => Err("has no size"),
        },
        PageArtifact::Words { page } => {
            let words: PageWords = parsed(part, output)?;
            let is_length = |points: f32| points.is_finite() && points > 0.0;
            let has_size = is_length(words.width_points) && is_length(words.height_points);
            if words.page != page || !has_size || words.width == 0 || words.height == 0 {
                return Err("is of another page, or of none");
            }
            let fits = words.words.len() <= MAX_PAGE_WORDS && words.words.iter().all(|word| is_within(word, &words));
            if fits { Ok(()) } else { Err("has words outside of the page") }
        }
        PageArtifact::Sizes => {
            let sizes: Vec<PageSize> = parsed(part, output)?;
            let is_next = |(number, size): (u32, &PageSize)| size.page == number;
            let fits = sizes.len() <= limits.pdf_pages as usize && (1..).zip(&sizes).all(is_next);
            if fits { Ok(()) } else { Err("has pages out of their order") }
        }
    }
}

fn parsed<T: serde::de::DeserializeOwned>(part: &ArtifactPart, output: &File) -> Result<T, &'static str> {
    serde_json::from_str(&text(part, output, MAX_JSON_BYTES)?).map_err(|_| "is not of its form")
}

/// A pixel may be lost where both ends are rounded.
fn is_within(word: &PageWord, page: &PageWords) -> bool {
    let ends = |from: u32, length: u32, end: u32| u64::from(from) + u64::from(length) <= u64::from(end) + 1;
    !word.text.is_empty()
        && word.text.chars().count() <= MAX_WORD_CHARACTERS
        && ends(word.left, word.width, page.width)
        && ends(word.top, word.height, page.height)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn checked(artifact: PageArtifact, bytes: &[u8], size: Option<(u32, u32)>) -> Result<(), &'static str> {
        let mut output = tempfile::tempfile().unwrap();
        output.write_all(bytes).unwrap();
        let part = ArtifactPart {
            name: artifact.name(),
            mime: artifact.mime().into(),
            offset: 0,
            size_bytes: bytes.len() as u64,
            width: size.map(|(width, _)| width),
            height: size.map(|(_, height)| height),
        };
        check_page_artifact(artifact, &part, &output, &Limits { pdf_pages: 2, ..Limits::default() })
    }

    #[test]
    fn a_picture_of_a_page_is_a_jpeg_of_that_width() {
        let image = PageArtifact::Image { page: 3, width: 320 };
        let jpeg = b"\xff\xd8\xff\xe0 and so on";
        assert_eq!(checked(image, jpeg, Some((320, 9_999))), Ok(()));
        assert_eq!(checked(image, jpeg, Some((200, 100))), Ok(()), "a small picture is not made larger");
        assert_eq!(checked(image, jpeg, Some((321, 100))), Err("is wider than was asked for"));
        assert_eq!(checked(image, jpeg, None), Err("has no size"));
        assert_eq!(checked(image, b"<script>alert(1)</script>", Some((1, 1))), Err("does not begin like its format"));
    }

    #[test]
    fn words_lie_within_their_own_page() {
        let page = |number: u32, left: u32, text: &str| {
            format!(
                r#"{{"page":{number},"widthPoints":10.0,"heightPoints":20.0,"width":100,"height":200,"engine":"reader",
                "confidence":100.0,"words":[{{"text":"{text}","left":{left},"top":0,"width":50,"height":9,"confidence":100,"line":0}}]}}"#
            )
        };
        let words = PageArtifact::Words { page: 3 };
        assert_eq!(checked(words, page(3, 51, "one").as_bytes(), None), Ok(()));
        assert_eq!(checked(words, page(3, 52, "one").as_bytes(), None), Err("has words outside of the page"));
        assert_eq!(checked(words, page(3, 0, "").as_bytes(), None), Err("has words outside of the page"));
        assert_eq!(checked(words, page(4, 0, "one").as_bytes(), None), Err("is of another page, or of none"));
        assert_eq!(checked(words, b"[1, 2, 3]", None), Err("is not of its form"));
        assert_eq!(checked(words, b"\xff\xfe", None), Err("is not UTF-8"));
    }

    #[test]
    fn sizes_are_of_one_page_after_the_other() {
        let sizes = |numbers: &[u32]| {
            let size = |page: &u32| format!(r#"{{"page":{page},"widthPoints":1.0,"heightPoints":2.0}}"#);
            format!("[{}]", numbers.iter().map(size).collect::<Vec<_>>().join(","))
        };
        let checked = |numbers: &[u32]| checked(PageArtifact::Sizes, sizes(numbers).as_bytes(), None);
        assert_eq!(checked(&[1, 2]), Ok(()));
        for wrong in [&[2, 1][..], &[1, 3], &[0, 1], &[1, 2, 3]] {
            assert_eq!(checked(wrong), Err("has pages out of their order"), "{wrong:?}");
        }
    }
}
