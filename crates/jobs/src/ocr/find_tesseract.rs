//! Whether Tesseract is here with all that the settings want of it. Looked at once, at the start; what is missing is a
//! sentence for the person who runs the service, and no reason to stop everything else.

use super::tesseract::Tesseract;
use model::{OcrLanguages, TESSERACT_ENVIRONMENT};
use sandbox::{Ended, Pool, linked_files};
use std::fs::File;
use std::path::{Path, PathBuf};

/// Finds which way up a page is.
const ORIENTATION: &str = "osd";
/// Where its data may be, before it has said where.
const DATA_FOLDERS: [&str; 2] = ["/usr/share", "/usr/local/share"];

/// Looks for the command in the folders of `path` (as in `PATH`), and asks it, confined as it will be, for the languages it
/// has. `data_folder` is where its data is when it is not in the usual place (`TESSDATA_PREFIX`).
pub async fn find_tesseract(
    pool: &Pool,
    path: &str,
    data_folder: Option<&str>,
    languages: &OcrLanguages,
) -> Result<Tesseract, String> {
    let program = find(path).ok_or("Text recognition is on, and there is no tesseract on this machine. Install the package tesseract-ocr, or set ENABLE_OCR=false.")?;
    let asked = program.clone();
    let linked = tokio::task::spawn_blocking(move || linked_files(&asked)).await;
    let linked =
        linked.map_err(|error| error.to_string())?.map_err(|error| format!("{}: {error}", program.display()))?;
    let folders = DATA_FOLDERS.iter().copied().chain(data_folder).map(PathBuf::from);
    let (name, value) = TESSERACT_ENVIRONMENT;
    let mut environment = vec![(name.to_owned(), value.to_owned())];
    environment.extend(data_folder.map(|folder| ("TESSDATA_PREFIX".to_owned(), folder.to_owned())));
    let mut found = Tesseract { program, readable: linked.iter().cloned().chain(folders).collect(), environment };

    let said = ask(pool, &found).await?;
    let has: Vec<&str> = said.lines().skip(1).map(str::trim).filter(|name| !name.is_empty()).collect();
    if let Some(missing) = languages.iter().chain([ORIENTATION]).find(|wanted| !has.contains(wanted)) {
        let package = missing.replace('_', "-");
        let has = has.join(", ");
        return Err(format!(
            "Text recognition wants the language {missing}, which tesseract does not have: install the package tesseract-ocr-{package}, or change OCR_LANGUAGES. It has {has}."
        ));
    }
    // From now on only the folder it named, where it named one.
    if let Some(folder) = said.lines().next().and_then(|line| line.split('"').nth(1)) {
        found.readable = linked.into_iter().chain([PathBuf::from(folder)]).collect();
    }
    Ok(found)
}

async fn ask(pool: &Pool, tesseract: &Tesseract) -> Result<String, String> {
    let nothing = File::open("/dev/null").map_err(|error| format!("/dev/null: {error}"))?;
    let exited = pool.run_program(tesseract.command(&["--list-langs"]), nothing).await;
    match exited.ended {
        Ended::Answer(said) => Ok(String::from_utf8_lossy(&said).into_owned()),
        ended => {
            let program = tesseract.program.display();
            let said = exited.said.lines().next().unwrap_or_default().to_owned();
            Err(format!("Text recognition is on, and {program} does not run: {ended:?} {said}"))
        }
    }
}

/// The first program of that name in the folders.
fn find(path: &str) -> Option<PathBuf> {
    path.split(':').map(|folder| Path::new(folder).join("tesseract")).find(|file| file.is_file())
}
