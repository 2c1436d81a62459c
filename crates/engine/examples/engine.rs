//! `engine ingest|optimize|extract|docx|draw|whole|pdf <file> <outdir>`: runs the engine on one file, prints its report as JSON and
//! writes the artifacts into the folder. For `pdf` the words of its pages stand in `<file>.words`, a line of JSON for each. The name of
//! what a page is seen by (`page-7-800.jpg`, `page-7-words.json`, `page-sizes.json`) makes that.

#![expect(clippy::print_stdout, reason = "a command's output")]

use model::{CustomPresets, DEFAULT_PRESETS, Limits, Motion, PRESETS, PageArtifact, Request, Task, add_presets};
use std::{fs, io::Cursor, path::Path, process::ExitCode};

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [task, file, outdir] = args.as_slice() else {
        eprintln!("usage: engine ingest|optimize|extract|docx|draw|whole|pdf <file> <outdir>");
        return ExitCode::from(2);
    };
    match run(task, Path::new(file), Path::new(outdir)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{file}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: &str, file: &Path, outdir: &Path) -> std::io::Result<()> {
    let task = match task {
        "ingest" => Task::Ingest { presets: DEFAULT_PRESETS.iter().copied().map(String::from).collect() },
        "optimize" => Task::Optimize { presets: still_presets() },
        "extract" => Task::ExtractText,
        "docx" => Task::ExportDocx { title: None, author: None },
        "draw" => Task::RenderPage { page: 1, dpi: 200, format: model::PageFormat::Pgm },
        "whole" => Task::Optimize { presets: vec![whole()?] },
        "pdf" => Task::ExportPdf { original_bytes: fs::metadata(file)?.len(), pages: None },
        other => match PageArtifact::named(other) {
            Some(artifact) => Task::ShowPage { artifact },
            None => return Err(std::io::Error::other(format!("there is no task `{other}`"))),
        },
    };
    let extension = file.extension().map(|extension| extension.to_string_lossy().to_lowercase());
    let mut input = fs::read(file)?;
    if matches!(task, Task::ExportPdf { .. }) {
        input.extend(fs::read(file.with_added_extension("words"))?);
    }
    let request = Request { task, extension, limits: Limits::default() };
    let mut output = vec![];
    let report = engine::run(&request, &mut Cursor::new(input), &mut output, &|_| ());
    fs::create_dir_all(outdir)?;
    for part in &report.artifacts {
        let bytes = &output[part.offset as usize..(part.offset + part.size_bytes) as usize];
        fs::write(outdir.join(&part.name), bytes)?;
    }
    println!("{}", serde_json::to_string_pretty(&report)?);
    Ok(())
}

fn still_presets() -> Vec<String> {
    let still = PRESETS.iter().filter(|preset| preset.motion == Motion::Still);
    still.map(|preset| preset.name.to_owned()).collect()
}

/// A preset that is the picture itself, pixel by pixel.
fn whole() -> std::io::Result<String> {
    let rows = "whole 16383x16383 png 1".parse::<CustomPresets>();
    add_presets(rows.map_err(|error| std::io::Error::other(error.to_string()))?);
    Ok("whole".to_owned())
}
