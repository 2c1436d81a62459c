//! Tables whose later rows have more cells than their header. Markdown says that these cells are not shown; a spreadsheet says
//! that they are.

use std::borrow::Cow;

/// The Markdown with every table's header as wide as its widest row.
pub fn widen(markdown: &str) -> Cow<'_, str> {
    let mut wide = String::new();
    let mut copied = 0;
    let mut start = 0;
    let mut before = "";
    while let Some(line) = markdown[start..].split_inclusive('\n').next() {
        let end = start + line.len();
        if is_rule(line) && columns(before) == columns(line) {
            let have = columns(line);
            let rows = markdown[end..].split_inclusive('\n').take_while(|row| row.starts_with('|'));
            let (widest, length) =
                rows.fold((0, 0), |(widest, length), row| (columns(row).max(widest), length + row.len()));
            if widest > have {
                let more = widest - have;
                wide.push_str(markdown[copied..start].trim_end_matches('\n'));
                wide.push_str(&"  |".repeat(more));
                wide.push('\n');
                wide.push_str(line.trim_end());
                wide.push_str(&" --- |".repeat(more));
                wide.push('\n');
                copied = end;
            }
            // Each row is counted once.
            start = end + length;
            before = "";
        } else {
            start = end;
            before = line;
        }
    }
    if copied == 0 {
        return markdown.into();
    }
    wide.push_str(&markdown[copied..]);
    wide.into()
}

/// The line between a header and the rows, as we write it.
fn is_rule(line: &str) -> bool {
    let line = line.trim_end();
    line.len() > 2 && line.starts_with("| --- |") && line[1..].bytes().all(|byte| matches!(byte, b' ' | b'-' | b'|'))
}

/// Cells of a row, by its bars that are not escaped.
fn columns(row: &str) -> usize {
    let mut bars = 0;
    let mut escaped = false;
    for byte in row.trim_end().bytes() {
        bars += usize::from(byte == b'|' && !escaped);
        escaped = byte == b'\\' && !escaped;
    }
    bars.saturating_sub(1)
}
