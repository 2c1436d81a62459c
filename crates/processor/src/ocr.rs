//! Text recognition as this service is set up for it. What is missing is found at the start and said in /health; everything
//! else works without it, and documents wait.

use jobs::ocr::{Accurate, Auto, LocalEngine, Ocr, OwnProgram, Tesseract, find_models, find_tesseract};
use model::{OcrEngine, OcrLanguages};
use sandbox::Pool;
use service::{SettingError, Settings};
use std::path::{Path, PathBuf};

/// Where the image has the models.
const MODELS: &str = "/usr/local/share/ocr-models";

/// Below this Tesseract's words are wrong more often than those of the models, in the pages of `make bench-documents`.
const AUTO_BELOW: u8 = 88;

/// How text is recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OcrSettings {
    /// `OCR_ENGINE`: tesseract unless set.
    pub engine: OcrEngine,
    /// `OCR_LANGUAGES`: what to expect, as Tesseract names languages, eng unless set.
    pub languages: OcrLanguages,
    /// `TESSDATA_PREFIX`: where Tesseract's languages are, when not where it looks by itself.
    pub tesseract_data: Option<String>,
    /// `OCR_MODELS`: the folder with the models of `accurate`, `/usr/local/share/ocr-models` unless set.
    pub models: PathBuf,
    /// `OCR_AUTO_BELOW`: what `auto` reads again with the models is a page that Tesseract is less sure of than this, in per cent, 88
    /// unless set; 0 to 100.
    pub auto_below: u8,
    /// `ENABLE_OCR`: text is recognised here, not unless set, or unless an outside service was wanted and there is none.
    pub here: bool,
    /// `ENABLE_EXTERNAL_OCR` with an `OCR_API_MODEL`: the worker has pages read by an outside service first, not unless both are set.
    pub outside: bool,
}

impl OcrSettings {
    /// Reads them; nothing when no text is recognised.
    pub fn read(settings: &Settings) -> Result<Option<Self>, SettingError> {
        let wanted_outside = settings.flag("ENABLE_EXTERNAL_OCR", false)?;
        // Without a model the worker asks nobody. Somebody wants the text all the same, and nothing is to wait for a service that
        // does not exist.
        let outside = wanted_outside && settings.optional("OCR_API_MODEL").is_some();
        let here = settings.flag("ENABLE_OCR", false)? || (wanted_outside && !outside);
        if !here && !outside {
            return Ok(None);
        }
        Ok(Some(Self {
            engine: settings.parse("OCR_ENGINE", OcrEngine::default())?,
            languages: settings.parse("OCR_LANGUAGES", OcrLanguages::default())?,
            models: settings.optional("OCR_MODELS").unwrap_or_else(|| MODELS.into()).into(),
            tesseract_data: settings.optional("TESSDATA_PREFIX"),
            auto_below: settings.parse("OCR_AUTO_BELOW", AUTO_BELOW)?.min(100),
            here,
            outside,
        }))
    }

    /// Looks for what they need. `program` is this one.
    pub(crate) async fn prepare(&self, pool: &Pool, program: &Path) -> Ocr {
        let local_engine = match self.engine {
            _ if !self.here => Err("No text is recognised here (ENABLE_OCR).".into()),
            OcrEngine::Tesseract => self.find_tesseract(pool).await.map(LocalEngine::Tesseract),
            OcrEngine::Auto => self.find_both(pool, program).await.map(LocalEngine::Auto),
            OcrEngine::Accurate => self.find_accurate(pool, program).await.map(LocalEngine::Accurate),
            OcrEngine::External => {
                Err("OCR_ENGINE is tesseract, accurate or auto; an outside service has settings of its own.".into())
            }
        };
        match &local_engine {
            Ok(_) => {
                tracing::info!(engine = self.engine.name(), languages = self.languages.as_str(), "text is recognised")
            }
            Err(_) if !self.here => tracing::info!("text is recognised by an outside service alone"),
            Err(problem) => tracing::error!(problem, "text cannot be recognised; documents wait until it can"),
        }
        let (languages, external_only) = (self.languages.clone(), !self.here);
        Ocr { engine: self.engine, languages, local_engine, external_first: self.outside, external_only }
    }

    async fn find_tesseract(&self, pool: &Pool) -> Result<Tesseract, String> {
        let path = std::env::var("PATH").unwrap_or_default();
        find_tesseract(pool, &path, self.tesseract_data.as_deref(), &self.languages).await
    }

    /// Without its models `auto` reads with Tesseract alone, which is said in the log and in /health.
    async fn find_both(&self, pool: &Pool, program: &Path) -> Result<Auto, String> {
        let tesseract = self.find_tesseract(pool).await?;
        let accurate = self.find_accurate(pool, program).await;
        if let Err(problem) = &accurate {
            tracing::warn!(problem, "OCR_ENGINE=auto reads with Tesseract alone");
        }
        Ok(Auto { tesseract, accurate, below: f32::from(self.auto_below) })
    }

    async fn find_accurate(&self, pool: &Pool, program: &Path) -> Result<Accurate, String> {
        if let Some(unknown) = recogniser::unknown_language(&self.languages) {
            return Err(format!(
                "OCR_ENGINE=accurate cannot read {unknown}: it knows Latin letters, Chinese and Japanese. Take it out of OCR_LANGUAGES, or set OCR_ENGINE=tesseract."
            ));
        }
        let program = OwnProgram {
            path: program.into(),
            check: recogniser::CHECK,
            read: recogniser::READ,
            message_prefix: recogniser::MESSAGE_PREFIX,
        };
        find_models(pool, program, &self.models).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What was wanted of an outside service that nobody named was read by nobody.
    #[test]
    fn pages_are_read_here_when_the_outside_service_is_not_named() {
        let check = |on: &[&str], who: Option<(bool, bool)>| {
            let settings = on.iter().fold(Settings::from_env(), |all, name| all.with(name, "true"));
            let read = OcrSettings::read(&settings).unwrap();
            assert_eq!(read.map(|ocr| (ocr.here, ocr.outside)), who, "{on:?}");
        };
        check(&[], None);
        check(&["OCR_API_MODEL"], None);
        check(&["ENABLE_OCR"], Some((true, false)));
        check(&["ENABLE_EXTERNAL_OCR"], Some((true, false)));
        check(&["ENABLE_EXTERNAL_OCR", "OCR_API_MODEL"], Some((false, true)));
        check(&["ENABLE_OCR", "ENABLE_EXTERNAL_OCR", "OCR_API_MODEL"], Some((true, true)));
    }
}
