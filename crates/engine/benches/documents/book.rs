//! Documents made for the run, so that it says something without a corpus: a PDF of 100 pages and a Word document of a
//! million words, of the same words in an order that is always the same.

use crate::files::{self, Known};
use anyhow::Result;
use docx_rs::{Docx, Paragraph, Run};
use flate2::{Compression, write::ZlibEncoder};
use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;

const PAGES: usize = 100;
const LINES_OF_PAGE: usize = 46;
const WORDS_OF_LINE: usize = 12;
const PARAGRAPHS: usize = 10_000;
const WORDS_OF_PARAGRAPH: usize = 100;

const WORDS: &str = "the keeper of light walked slowly along an old stone wall and counted every ship that passed \
    before evening while rain fell on quiet fields where nobody had sown since winter came early to those islands";

/// The PDF, written with one of the fonts that every reader has.
pub fn pdf() -> Result<Known> {
    let mut words = Words::new();
    let pages: Vec<Vec<String>> =
        (0..PAGES).map(|_| (0..LINES_OF_PAGE).map(|_| words.take(WORDS_OF_LINE)).collect()).collect();
    let text = pages.iter().map(|lines| lines.join("\n")).collect::<Vec<_>>().join("\n\n");
    let path = files::work_folder()?.join("book.pdf");
    fs::write(&path, pdf_of(&pages)?)?;
    Ok(Known { name: "book".into(), path, text })
}

/// The Word document.
pub fn docx() -> Result<PathBuf> {
    let path = files::work_folder()?.join("book.docx");
    if !path.is_file() {
        let mut words = Words::new();
        let paragraph = |text: String| Paragraph::new().add_run(Run::new().add_text(text));
        let docx =
            (0..PARAGRAPHS).fold(Docx::new(), |docx, _| docx.add_paragraph(paragraph(words.take(WORDS_OF_PARAGRAPH))));
        docx.build().pack(File::create(&path)?)?;
    }
    Ok(path)
}

fn pdf_of(pages: &[Vec<String>]) -> Result<Vec<u8>> {
    let kids: Vec<String> = (0..pages.len()).map(|page| format!("{} 0 R", 4 + 2 * page)).collect();
    let mut objects = vec![
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        format!("<</Type/Pages/Count {}/Kids[{}]/MediaBox[0 0 595 842]>>", pages.len(), kids.join(" ")).into_bytes(),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>".to_vec(),
    ];
    for (page, lines) in pages.iter().enumerate() {
        let contents = 5 + 2 * page;
        let page = format!("<</Type/Page/Parent 2 0 R/Resources<</Font<</F 3 0 R>>>>/Contents {contents} 0 R>>");
        let shown: Vec<String> = lines.iter().map(|line| format!("({line}) Tj T*")).collect();
        let mut packed = ZlibEncoder::new(vec![], Compression::default());
        write!(packed, "BT /F 10 Tf 16 TL 60 790 Td {} ET", shown.join("\n"))?;
        let packed = packed.finish()?;
        let head = format!("<</Filter/FlateDecode/Length {}>>stream\n", packed.len());
        objects.extend([page.into_bytes(), [head.as_bytes(), &packed, b"\nendstream"].concat()]);
    }
    assemble(&objects)
}

fn assemble(objects: &[Vec<u8>]) -> Result<Vec<u8>> {
    let mut file = b"%PDF-1.5\n".to_vec();
    let mut table = String::from("0000000000 65535 f \n");
    for (number, object) in (1..).zip(objects) {
        table += &format!("{:010} 00000 n \n", file.len());
        writeln!(file, "{number} 0 obj")?;
        file.extend_from_slice(object);
        file.extend_from_slice(b"\nendobj\n");
    }
    let (start, size) = (file.len(), objects.len() + 1);
    write!(file, "xref\n0 {size}\n{table}trailer<</Size {size}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n")?;
    Ok(file)
}

struct Words {
    all: Vec<&'static str>,
    state: u32,
}

impl Words {
    fn new() -> Self {
        Self { all: WORDS.split_whitespace().collect(), state: 1 }
    }

    /// The next so many, with spaces between.
    fn take(&mut self, count: usize) -> String {
        let mut next = || {
            self.state = self.state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            self.all[(self.state >> 16) as usize % self.all.len()]
        };
        (0..count).map(|_| next()).collect::<Vec<_>>().join(" ")
    }
}
