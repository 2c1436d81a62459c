//! `auto`: the command reads every page, and the models read again what it is not sure of; the better of both is kept.

use super::accurate::Accurate;
use super::tesseract::Tesseract;
use super::tsv::Read;
use model::{OcrEngine, OcrLanguages};
use sandbox::{Ended, Pool};
use std::fs::File;

/// Of two readings the one that found so much less than the other is no better for being sure of it.
const MUCH_LESS: usize = 2;

/// Both engines.
#[derive(Debug, Clone)]
pub struct Auto {
    /// The command.
    pub tesseract: Tesseract,
    /// The models, or the sentence that says why they cannot be used.
    pub accurate: Result<Accurate, String>,
    /// A page that the command is less sure of than this, from 0 to 100, is read by the models too.
    pub below: f32,
}

impl Auto {
    /// Recognises the page in a picture, opened read-only once for each engine, and says who read it. What the models do to
    /// themselves leaves the command's reading.
    pub(super) async fn read(
        &self,
        pool: &Pool,
        languages: &OcrLanguages,
        picture: File,
        again: File,
    ) -> Result<(OcrEngine, Read), Ended> {
        let first = self.tesseract.read(pool, languages, picture).await;
        let is_sure = first.as_ref().is_ok_and(|read| read.confidence.is_some_and(|sure| sure >= self.below));
        let Some(accurate) = self.accurate.as_ref().ok().filter(|_| !is_sure) else {
            return first.map(|read| (OcrEngine::Tesseract, read));
        };
        match (first, accurate.read(pool, again).await) {
            (Ok(first), Ok(second)) if !is_better(&second, &first) => Ok((OcrEngine::Tesseract, first)),
            (_, Ok(second)) => Ok((OcrEngine::Accurate, second)),
            // The machine's fault is nobody's reading.
            (_, Err(fault @ (Ended::Internal { .. } | Ended::NotStarted { .. }))) => Err(fault),
            (first, Err(_)) => first.map(|read| (OcrEngine::Tesseract, read)),
        }
    }
}

/// True when the second reading is to be kept.
fn is_better(second: &Read, first: &Read) -> bool {
    let letters = |read: &Read| read.text.chars().filter(|c| c.is_alphanumeric()).count();
    let (before, after) = (letters(first), letters(second));
    if after * MUCH_LESS < before || before * MUCH_LESS < after {
        return after > before;
    }
    second.confidence.unwrap_or_default() >= first.confidence.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(letters: usize, confidence: f32) -> Read {
        Read { text: "a".repeat(letters), confidence: (letters > 0).then_some(confidence), words: vec![] }
    }

    #[test]
    fn the_surer_of_two_readings_is_better_unless_it_found_much_less() {
        for (first, second, expected) in [
            (read(100, 70.0), read(98, 95.0), true),
            (read(100, 90.0), read(98, 85.0), false),
            (read(100, 70.0), read(30, 99.0), false),
            (read(30, 84.0), read(100, 80.0), true),
            (read(0, 0.0), read(40, 80.0), true),
            (read(40, 80.0), read(0, 0.0), false),
        ] {
            assert_eq!(is_better(&second, &first), expected, "{first:?} {second:?}");
        }
    }
}
