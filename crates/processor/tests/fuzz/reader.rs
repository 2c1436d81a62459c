//! The pool of confined readers as the service has it, and what one run in it came to.

use crate::samples::Sample;
use model::{Limits, Outcome, PageFormat, Preset, Report, Request, Task};
use processor::Config;
use sandbox::{Call, Ended, Pool};
use service::Settings;
use std::fs::File;
use std::time::Duration;

/// Presets beside ours, so that every encoder and every way to fit a box is met.
const PRESETS: &str = "fuzz-avif 48x48 avif 60; fuzz-png 64x32 png 1 cover; fuzz-lossless 64x64 webp 90 lossless; \
                       fuzz-small 90x60 jpeg 70 smallest";

/// A pool of one reader.
pub struct Reader {
    pool: Pool,
    /// The longest that a run may take before the pool counts as dead.
    patience: Duration,
}

/// What became of one run.
#[derive(Debug)]
pub struct Run {
    /// The outcome's stable word.
    pub outcome: &'static str,
    /// What the content was found to be.
    pub format: Option<String>,
    /// What must not have happened.
    pub fault: Option<String>,
}

impl Reader {
    /// Starts the pool with the service's own settings.
    pub fn start() -> Self {
        let settings = Settings::from_env()
            .with("DATABASE_URL", "postgres://unused")
            .with("PROCESSOR_TOKEN", "unused")
            .with("IMAGE_PRESETS", PRESETS);
        let Config { mut sandbox, image_presets, .. } = Config::read(&settings).unwrap();
        model::add_presets(image_presets);
        sandbox.children = 1;
        sandbox.program = env!("CARGO_BIN_EXE_processor").into();
        let patience = sandbox.wall + sandbox.stall;
        Self { pool: Pool::new(sandbox), patience }
    }

    /// Runs one task over one content.
    pub async fn run(&self, request: &Request, sample: &Sample) -> Run {
        let output = tempfile::tempfile().unwrap();
        let request = Request { extension: sample.extension.clone(), ..request.clone() };
        let call = Call {
            request: serde_json::to_vec(&request).unwrap(),
            input: read_only(&sample.bytes),
            output: output.try_clone().unwrap(),
            memory_hint_bytes: 0,
            may_take_last: true,
            on_progress: None,
        };
        match tokio::time::timeout(self.patience, self.pool.run(call)).await {
            Ok(ended) => judge(ended, &output),
            Err(_) => Run { outcome: "silent", format: None, fault: Some("the pool no longer answers".into()) },
        }
    }

    /// Whether the pool still reads what is whole.
    pub async fn is_well(&self) -> bool {
        let sample = Sample { name: "well".into(), extension: Some("txt".into()), bytes: b"All is well.".into() };
        self.run(&request(Task::ExtractText), &sample).await.outcome == "ok"
    }
}

/// Every task there is, by the word that a finding is named with.
pub fn tasks() -> Vec<(&'static str, Request)> {
    let presets: Vec<String> = Preset::all().map(|preset| preset.name.to_owned()).collect();
    let page = |dpi, format| Task::RenderPage { page: 1, dpi, format };
    let tasks = [
        ("ingest", Task::Ingest { presets }),
        // Every preset is made above; here it is the covers of documents that count.
        ("optimize", Task::Optimize { presets: vec!["thumbnail".into()] }),
        ("text", Task::ExtractText),
        ("ocr", page(300, PageFormat::Pgm)),
        ("page", page(150, PageFormat::Png)),
        ("docx", Task::ExportDocx { title: Some("T".into()), author: None }),
    ];
    tasks.into_iter().map(|(word, task)| (word, request(task))).collect()
}

fn request(task: Task) -> Request {
    Request { task, extension: None, limits: Limits::default() }
}

fn judge(ended: Ended, output: &File) -> Run {
    let fault = |outcome, fault: String| Run { outcome, format: None, fault: Some(fault) };
    let limit = |outcome| Run { outcome, format: None, fault: None };
    let answer = match ended {
        Ended::Answer(answer) => answer,
        Ended::Timeout => return limit("timeout"),
        Ended::Memory => return limit("memory"),
        Ended::Crashed { signal } => return fault("crashed", format!("the child died of signal {signal}")),
        Ended::Internal { detail } | Ended::NotStarted { detail } => return fault("internal", detail),
    };
    let report: Report = match serde_json::from_slice(&answer) {
        Ok(report) => report,
        Err(error) => return fault("internal", format!("the answer is no report: {error}")),
    };
    let fault = match &report.outcome {
        Outcome::Internal { detail } => Some(detail.clone()),
        _ => jobs::check(&report, output, &Limits::default()).err().map(|mismatch| mismatch.to_string()),
    };
    Run { outcome: report.outcome.code(), format: report.format, fault }
}

/// The bytes as a file that a child cannot change.
fn read_only(bytes: &[u8]) -> File {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    File::open(file.path()).unwrap()
}
