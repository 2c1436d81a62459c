//! The few rules of Markdown that every writer of it needs.

/// Adds one row of a table; after the header row comes the line that makes it a table.
pub fn table_row(text: &mut String, cells: &[impl AsRef<str>], is_header: bool) {
    text.push('|');
    for cell in cells {
        text.push(' ');
        push_cell(text, cell.as_ref().trim());
        text.push_str(" |");
    }
    text.push('\n');
    if is_header {
        text.push('|');
        text.extend(cells.iter().map(|_| " --- |"));
        text.push('\n');
    }
}

/// A cell is one line, and a bar in it is not a border.
fn push_cell(text: &mut String, cell: &str) {
    for piece in cell.split_inclusive(['|', '\n', '\r']) {
        let (rest, last) = piece.split_at(piece.len() - usize::from(piece.ends_with(['|', '\n', '\r'])));
        text.push_str(rest);
        text.push_str(match last {
            "|" => "\\|",
            "\n" => "<br>",
            _ => "",
        });
    }
    if cell.ends_with('\\') {
        text.push(' ');
    }
}

/// Text of a document cannot begin a comment: comments are our page anchors.
pub fn escape_comment(text: &str) -> std::borrow::Cow<'_, str> {
    if text.contains("<!--") { text.replace("<!--", "&lt;!--").into() } else { text.into() }
}

/// A title or a name: one line without control characters, not endless, or nothing.
pub fn one_line(text: &str) -> Option<String> {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(2000).collect();
    let words: Vec<&str> = clean.split_whitespace().collect();
    let line: String = words.join(" ").chars().take(500).collect();
    (!line.is_empty()).then_some(line)
}
