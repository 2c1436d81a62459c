//! Text recognition as this service is set up for it. What is missing is found at the start and said in /health; everything
//! else works without it, and documents wait.

use jobs::ocr::{Accurate, Ocr, OwnProgram, Recogniser, find_models, find_tesseract};
use model::{OcrEngine, OcrLanguages};
use sandbox::Pool;
use service::{SettingError, Settings};
use std::path::{Path, PathBuf};

/// Where the image has the models.
const MODELS: &str = "/usr/local/share/ocr-models";

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
    /// `ENABLE_OCR`: text is recognised here, not unless set.
    pub here: bool,
    /// `ENABLE_EXTERNAL_OCR`: the worker has pages read by an outside service first, not unless set.
    pub outside: bool,
}

impl OcrSettings {
    /// Reads them; nothing when no text is recognised.
    pub fn read(settings: &Settings) -> Result<Option<Self>, SettingError> {
        let (here, outside) = (settings.flag("ENABLE_OCR", false)?, settings.flag("ENABLE_EXTERNAL_OCR", false)?);
        if !here && !outside {
            return Ok(None);
        }
        Ok(Some(Self {
            engine: settings.parse("OCR_ENGINE", OcrEngine::default())?,
            languages: settings.parse("OCR_LANGUAGES", OcrLanguages::default())?,
            models: settings.optional("OCR_MODELS").unwrap_or_else(|| MODELS.into()).into(),
            tesseract_data: settings.optional("TESSDATA_PREFIX"),
            here,
            outside,
        }))
    }

    /// Looks for what they need. `program` is this one.
    pub(crate) async fn prepare(&self, pool: &Pool, program: &Path) -> Ocr {
        let recogniser = match self.engine {
            _ if !self.here => Err("No text is recognised here (ENABLE_OCR).".into()),
            OcrEngine::Tesseract => {
                let path = std::env::var("PATH").unwrap_or_default();
                let found = find_tesseract(pool, &path, self.tesseract_data.as_deref(), &self.languages).await;
                found.map(Recogniser::Tesseract)
            }
            OcrEngine::Accurate => self.find_accurate(pool, program).await.map(Recogniser::Accurate),
            OcrEngine::External => {
                Err("OCR_ENGINE is tesseract or accurate; an outside service has settings of its own.".into())
            }
        };
        match &recogniser {
            Ok(_) => {
                tracing::info!(engine = self.engine.name(), languages = self.languages.as_str(), "text is recognised")
            }
            Err(_) if !self.here => tracing::info!("text is recognised by an outside service alone"),
            Err(problem) => tracing::error!(problem, "text cannot be recognised; documents wait until it can"),
        }
        let (languages, only_outside) = (self.languages.clone(), !self.here);
        Ocr { engine: self.engine, languages, recogniser, outside: self.outside, only_outside }
    }

    async fn find_accurate(&self, pool: &Pool, program: &Path) -> Result<Accurate, String> {
        if let Some(unknown) = recogniser::unknown_language(&self.languages) {
            return Err(format!(
                "OCR_ENGINE=accurate cannot read {unknown}: it knows Latin letters, Chinese and Japanese. Take it out of OCR_LANGUAGES, or set OCR_ENGINE=tesseract."
            ));
        }
        let program = OwnProgram { path: program.into(), check: recogniser::CHECK, read: recogniser::READ };
        find_models(pool, program, &self.models).await
    }
}
