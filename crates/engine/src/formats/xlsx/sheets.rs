//! The sheets of a workbook, of any version: every sheet a page under its name.

use crate::text::Inline;
use crate::{Error, ReadContext, TextSink};

/// Gives each sheet its page and its heading, and then to `read`, until the sink is full.
pub fn read_sheets<S>(
    sheets: &[S],
    name: fn(&S) -> &str,
    context: &mut ReadContext<'_>,
    sink: &mut TextSink,
    mut read: impl FnMut(&S, &mut TextSink) -> Result<(), Error>,
) -> Result<(), Error> {
    let all = sheets.len() as u32;
    context.facts.pages = Some(all);
    for (index, sheet) in sheets.iter().enumerate() {
        if sink.is_full() {
            break;
        }
        context.progress("page", index as u32, all);
        sink.begin_page();
        let mut title = Inline::default();
        title.push(name(sheet));
        sink.heading(2, &title);
        read(sheet, sink)?;
    }
    Ok(())
}
