//! A walk over the shared corpus, where there is one: no file may make the engine panic.

use model::{Limits, Request, Task};
use std::fs::{self, File};
use std::path::Path;

#[test]
fn no_document_of_the_corpus_panics() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    if !corpus.exists() {
        return;
    }
    let mut files = 0;
    for folder in ["csv", "docx", "json", "pdf", "text"] {
        for entry in fs::read_dir(corpus.join(folder)).expect("the corpus has this folder") {
            let path = entry.unwrap().path();
            let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
            let request = Request { task: Task::ExtractText, extension, limits: Limits::default() };
            let report = engine::run(&request, &mut File::open(&path).unwrap(), &mut vec![], &|_| ());
            assert_ne!(report.outcome.code(), "internal", "{}", path.display());
            files += 1;
        }
    }
    assert!(files > 100, "only {files} files were found");
}
