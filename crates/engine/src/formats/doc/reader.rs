//! Word documents before 2007: body, headers, footers, notes, comments, text boxes, a list of what is embedded.

use super::{FIB_BYTES, Fib, Notes, Part, PartContext, Pieces, Styles, Table, Walker, positions};
use super::{is_loose, read_formatting, read_lists, read_loose, read_old};
use crate::containers::compound::{Compound, is_compound_file, read_summary};
use crate::containers::embedded::{Budget, read_object};
use crate::formats::{Format, Reader};
use crate::text::{MAX_ATTACHMENTS, list_attachments};
use crate::{Error, ReadContext, Source, TextSink};
use model::Attachment;

pub const FORMAT: Format = Format {
    name: "doc",
    mime: "application/msword",
    extensions: &["doc", "dot", "wri"],
    is_text: false,
    archive: None,
    detect: |head| head.has_stream("WordDocument") || is_loose(head),
    reader: Reader::Document(read),
};

const STREAM: &str = "WordDocument";
const OBJECTS: &str = "ObjectPool";

fn read(input: &mut dyn Source, context: &mut ReadContext<'_>, sink: &mut TextSink) -> Result<(), Error> {
    if !is_compound_file(input)? {
        return read_loose(input, context, sink);
    }
    let mut file = Compound::open(input, context.limits)?;
    read_summary(&mut file, context)?;
    read_text(&mut file, context, sink)?;
    list_attachments(read_embedded(&mut file, context)?, context, sink);
    Ok(())
}

/// Every object is a storage inside of one, [MS-DOC] 2.1.4.
fn read_embedded(file: &mut Compound<'_>, context: &ReadContext<'_>) -> Result<Vec<Attachment>, Error> {
    let objects = file.find(0, OBJECTS).map(|pool| file.children(pool)).unwrap_or_default();
    let (mut budget, mut found) = (Budget::new(context.limits), vec![]);
    for storage in objects.into_iter().take(MAX_ATTACHMENTS) {
        let object = read_object(file, storage, &mut budget)?;
        found.extend(object.and_then(|object| object.attachment(context)));
    }
    Ok(found)
}

fn read_text(file: &mut Compound<'_>, context: &mut ReadContext<'_>, sink: &mut TextSink) -> Result<(), Error> {
    let missing = || Error::malformed("The document has no text.");
    let fib = Fib::read(file.read_stream(0, STREAM, FIB_BYTES as u64)?.ok_or_else(missing)?)?;
    let name = if fib.in_second_table { "1Table" } else { "0Table" };
    let tables = file.read_stream(0, name, context.limits.archive_part_bytes)?.unwrap_or_default();
    let from = |table| tables.get(fib.table(table).0 as usize..).unwrap_or_default();
    let of = |table| {
        let rest = from(table);
        &rest[..rest.len().min(fib.table(table).1 as usize)]
    };
    let index = file.find(0, STREAM).ok_or_else(missing)?;
    let mut stream = file.stream(index);
    let mut part = PartContext::default();
    context.progress("text", 0, 2);
    if fib.is_old {
        return read_old(&mut stream, &fib, &mut part, sink);
    }
    let pieces = Pieces::read(of(Table::Pieces))?;
    part.formatting = read_formatting(&mut stream, of)?;
    part.styles = Styles::read(of(Table::Styles));
    if of(Table::Lists).len() > 2 {
        // The levels come after the list of lists, past the length that is told.
        part.lists = read_lists(from(Table::Lists), of(Table::ListUses));
    }
    let marks = |name| {
        let mut marks = positions(of(name), 2);
        marks.pop();
        marks
    };
    part.notes = Notes { footnotes: marks(Table::FootnoteMarks), endnotes: marks(Table::EndnoteMarks) };
    context.progress("text", 1, 2);

    let mut walk = |range, label: &str| {
        let mut walker = Walker::new(&mut part, sink, label);
        pieces.walk(&mut stream, range, None, |char| walker.take(char))?;
        walker.finish();
        Ok::<_, Error>(())
    };
    let headers = stories(fib.range(Part::Headers), &positions(of(Table::Headers), 0));
    // After the six separators of notes come six stories for every section, four of them above and below its pages.
    let is_header = |index: usize| index >= 6 && matches!(index % 6, 0 | 1 | 4);
    let is_footer = |index: usize| index >= 6 && matches!(index % 6, 2 | 3 | 5);
    for (_, range) in headers.iter().enumerate().filter(|(index, _)| is_header(*index)) {
        walk(*range, "")?;
    }
    walk(fib.range(Part::Body), "")?;
    for (text, table, mark) in [(Part::Footnotes, Table::Footnotes, "[^"), (Part::Endnotes, Table::Endnotes, "[^e")] {
        for (index, range) in stories(fib.range(text), &positions(of(table), 0)).into_iter().enumerate() {
            walk(range, &format!("{mark}{}]: ", index + 1))?;
        }
    }
    for range in stories(fib.range(Part::Comments), &positions(of(Table::Comments), 0)) {
        walk(range, "Comment: ")?;
    }
    walk(fib.range(Part::TextBoxes), "")?;
    for (_, range) in headers.iter().enumerate().filter(|(index, _)| is_footer(*index)) {
        walk(*range, "")?;
    }
    walk(fib.range(Part::HeaderTextBoxes), "")?;
    sink.list_links(&part.followed);
    Ok(())
}

/// The stories of a part by the positions that part them. The last ends at an empty paragraph that means nothing.
fn stories((first, last): (u32, u32), positions: &[u32]) -> Vec<(u32, u32)> {
    let character = |position: u32| first.saturating_add(position).min(last);
    positions
        .windows(2)
        .take_while(|ends| ends[0] <= ends[1])
        .map(|ends| (character(ends[0]), character(ends[1])))
        .collect()
}
