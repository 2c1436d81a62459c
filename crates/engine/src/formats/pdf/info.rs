//! What the document says of itself: title, author, dates, language.

use super::document_text;
use crate::text::one_line;
use hayro_interpret::hayro_syntax::Pdf;
use hayro_interpret::hayro_syntax::object::{DateTime, Dict, String as PdfString};
use model::Facts;

/// Takes over the document information dictionary, and the language of the catalog.
pub fn read_info(pdf: &Pdf, catalog: Option<&Dict<'_>>, facts: &mut Facts) {
    let info = pdf.metadata();
    let line = |text: &Option<Box<[u8]>>| document_text(text.as_deref()?).and_then(|text| one_line(&text));
    facts.title = line(&info.title);
    facts.author = line(&info.author);
    facts.created = info.creation_date.as_ref().and_then(timestamp);
    facts.modified = info.modification_date.as_ref().and_then(timestamp);
    let language = catalog.and_then(|catalog| catalog.get::<PdfString<'_>>(b"Lang"));
    let is_tag = |tag: &String| tag.len() <= 35 && tag.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    facts.language = language.and_then(|tag| document_text(tag.as_bytes())).filter(is_tag);
}

/// RFC 3339, or nothing for what is no date.
fn timestamp(date: &DateTime) -> Option<String> {
    let DateTime { year, month, day, hour, minute, second, utc_offset_hour, utc_offset_minute } = *date;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + u8::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    if !(1..=12).contains(&month) || !(1..=days).contains(&day) || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let zone = match (utc_offset_hour, utc_offset_minute) {
        (0, 0) => "Z".to_owned(),
        (hours, minutes) => format!("{}{:02}:{minutes:02}", if hours < 0 { '-' } else { '+' }, hours.unsigned_abs()),
    };
    Some(format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{zone}"))
}
