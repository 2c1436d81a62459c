//! The reader of docx-rs, as somebody would use it who wants the text.

use anyhow::{Context, Result, bail};
use docx_rs::{
    DocumentChild, Paragraph, ParagraphChild, RunChild, Table, TableCellContent, TableChild, TableRowChild, read_docx,
};
use std::fs;

/// `FILE OUT`: reads a document and writes its text.
pub fn child(args: &[String]) -> Result<()> {
    let [file, out] = args else { bail!("usage: child-docx-rs FILE OUT") };
    let docx = read_docx(&fs::read(file)?).with_context(|| file.clone())?;
    let mut text = String::new();
    for child in &docx.document.children {
        match child {
            DocumentChild::Paragraph(paragraph) => write_paragraph(paragraph, &mut text),
            DocumentChild::Table(table) => write_table(table, &mut text),
            _ => {}
        }
    }
    Ok(fs::write(out, text)?)
}

fn write_paragraph(paragraph: &Paragraph, text: &mut String) {
    write_children(&paragraph.children, text);
    text.push('\n');
}

fn write_children(children: &[ParagraphChild], text: &mut String) {
    for child in children {
        match child {
            ParagraphChild::Run(run) => run.children.iter().for_each(|child| match child {
                RunChild::Text(run) => text.push_str(&run.text),
                RunChild::Tab(_) => text.push('\t'),
                RunChild::Break(_) => text.push('\n'),
                _ => {}
            }),
            ParagraphChild::Hyperlink(link) => write_children(&link.children, text),
            _ => {}
        }
    }
}

fn write_table(table: &Table, text: &mut String) {
    for TableChild::TableRow(row) in &table.rows {
        for TableRowChild::TableCell(cell) in &row.cells {
            for content in &cell.children {
                match content {
                    TableCellContent::Paragraph(paragraph) => write_paragraph(paragraph, text),
                    TableCellContent::Table(table) => write_table(table, text),
                    _ => {}
                }
            }
        }
    }
}
