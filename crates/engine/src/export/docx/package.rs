//! The zip archive that a Word document is. docx-rs writes its parts; the body goes into the archive block by block, because a whole
//! one of docx-rs's is many times its text in memory.

use super::properties::Properties;
use crate::Error;
use docx_rs::{
    AbstractNumbering, BuildXML, Document, DocumentRels, Docx, IndentLevel, Level, LevelJc, LevelOverride, LevelText,
    NumberFormat, Numbering, NumberingId, Numberings, RunFonts, SpecialIndentType, Start, Style, StyleType,
};
use std::collections::HashMap;
use std::io::{Cursor, Write};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// The abstract lists all lists are of. docx-rs keeps 1 for itself.
const DASHES: usize = 2;
const NUMBERS: usize = 3;
/// Lists that count for themselves; later ones go on with the last, as a number for each costs memory.
const MAX_LISTS: usize = 10_000;

/// A Word document that is being written.
pub struct Package {
    zip: ZipWriter<Cursor<Vec<u8>>>,
    /// What stands after the last block.
    tail: Vec<u8>,
    links: HashMap<String, String>,
    rels: DocumentRels,
    numberings: Numberings,
    lists: usize,
}

impl Package {
    pub fn new() -> Result<Self, Error> {
        let mut zip = ZipWriter::new(Cursor::new(vec![]));
        zip.start_file("word/document.xml", SimpleFileOptions::default()).map_err(io)?;
        let frame = Document::new().build();
        let end = find(&frame, b"<w:sectPr").ok_or_else(|| Error::Io(std::io::Error::other("the body has no end")))?;
        zip.write_all(&frame[..end]).map_err(Error::Io)?;
        let numberings = Numberings::new().add_abstract_numbering(list(DASHES)).add_abstract_numbering(list(NUMBERS));
        let rels = DocumentRels { has_numberings: true, has_comments: true, ..DocumentRels::new() };
        let lists = NUMBERS;
        let numberings = numberings.add_numbering(Numbering::new(DASHES, DASHES));
        Ok(Self { zip, tail: frame[end..].to_vec(), links: HashMap::new(), rels, numberings, lists })
    }

    /// Adds a block to the body.
    pub fn block(&mut self, block: &impl BuildXML) -> Result<(), Error> {
        self.raw(&block.build())
    }

    /// Adds XML to the body.
    pub fn raw(&mut self, xml: &[u8]) -> Result<(), Error> {
        self.zip.write_all(xml).map_err(Error::Io)
    }

    /// The id of a link's target.
    pub fn link(&mut self, target: &str) -> String {
        if let Some(id) = self.links.get(target) {
            return id.clone();
        }
        let id = format!("link{}", self.links.len() + 1);
        self.rels = std::mem::take(&mut self.rels).add_hyperlinks(&id, target, "External");
        self.links.insert(target.into(), id.clone());
        id
    }

    /// A new list: of dashes, or of numbers from `start` on.
    pub fn list(&mut self, start: Option<u64>) -> usize {
        let Some(start) = start else { return DASHES };
        if self.lists < MAX_LISTS {
            self.lists += 1;
            let start = usize::try_from(start).unwrap_or(1).min(1_000_000);
            // All levels, as the list may stand in another.
            let levels = (0..LEVELS).map(|level| LevelOverride::new(level).start(start)).collect();
            let numbering = Numbering::new(self.lists, NUMBERS).overrides(levels);
            self.numberings = std::mem::take(&mut self.numberings).add_numbering(numbering);
        }
        self.lists
    }

    /// Finishes the archive; `properties` become `docProps/core.xml`.
    pub fn finish(mut self, properties: &Properties<'_>) -> Result<Vec<u8>, Error> {
        self.zip.write_all(&self.tail).map_err(Error::Io)?;
        let parts = styles(Docx::new()).build();
        let (rels, numberings) = (self.rels.build(), self.numberings.build());
        for (name, bytes) in [
            ("[Content_Types].xml", &parts.content_type),
            ("_rels/.rels", &parts.rels),
            ("docProps/app.xml", &parts.doc_props.app),
            ("docProps/core.xml", &properties.core_properties()),
            ("docProps/custom.xml", &parts.doc_props.custom),
            ("word/_rels/document.xml.rels", &rels),
            ("word/styles.xml", &parts.styles),
            ("word/settings.xml", &parts.settings),
            ("word/fontTable.xml", &parts.font_table),
            ("word/comments.xml", &parts.comments),
            ("word/commentsExtended.xml", &parts.comments_extended),
            ("word/numbering.xml", &numberings),
        ] {
            self.zip.start_file(name, SimpleFileOptions::default()).map_err(io)?;
            self.zip.write_all(bytes).map_err(Error::Io)?;
        }
        Ok(self.zip.finish().map_err(io)?.into_inner())
    }
}

/// Levels of a list; deeper ones count as the last.
const LEVELS: usize = 9;

/// The place of an item in its list.
pub fn item(list: usize, depth: usize) -> (NumberingId, IndentLevel) {
    (NumberingId::new(list), IndentLevel::new(depth.min(LEVELS - 1)))
}

/// Twentieths of a point that each level of a list is indented by.
pub const INDENT: i32 = 400;

fn list(id: usize) -> AbstractNumbering {
    (0..LEVELS).fold(AbstractNumbering::new(id), |list, level| {
        let (format, text) =
            if id == DASHES { ("bullet", "•".to_owned()) } else { ("decimal", format!("%{}.", level + 1)) };
        let text = LevelText::new(text);
        let level_of = Level::new(level, Start::new(1), NumberFormat::new(format), text, LevelJc::new("left"));
        let indent = INDENT * (level as i32 + 1);
        list.add_level(level_of.indent(Some(indent), Some(SpecialIndentType::Hanging(INDENT)), None, None))
    })
}

fn styles(docx: Docx) -> Docx {
    let mono = RunFonts::new().ascii("Consolas").hi_ansi("Consolas").cs("Consolas");
    let code = Style::new("Code", StyleType::Paragraph).name("Code").based_on("Normal").fonts(mono).size(19);
    let quote = Style::new("Quote", StyleType::Paragraph).name("Quote").based_on("Normal").italic();
    let docx = docx.default_size(22).add_style(code).add_style(quote);
    (1..=6).fold(docx, |docx, level| {
        let size = [36, 30, 26, 24, 22, 22][level - 1];
        let heading = Style::new(format!("Heading{level}"), StyleType::Paragraph).name(format!("heading {level}"));
        let heading = heading.based_on("Normal").next("Normal").q_format(true).bold().size(size).outline_lvl(level - 1);
        docx.add_style(heading)
    })
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

fn io(error: zip::result::ZipError) -> Error {
    Error::Io(error.into())
}
