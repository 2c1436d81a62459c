//! Words that say what a group is, words that are characters, and character sets by their numbers.

use crate::text::code_page;
use encoding_rs::Encoding;

/// Destinations whose content is not the document's text.
pub const HIDDEN: &[&str] = &[
    "category",
    "colortbl",
    "comment",
    "company",
    "datafield",
    "doccomm",
    "fonttbl",
    "filetbl",
    "generator",
    "info",
    "keywords",
    "listoverridetable",
    "listtable",
    "objdata",
    "operator",
    "pict",
    "revtbl",
    "rsidtbl",
    "subject",
    "themedata",
    "xmlnstbl",
    "nonshppict",
    "bkmkstart",
    "bkmkend",
    "latentstyles",
    "datastore",
    "colorschememapping",
    "pgdsctbl",
    "mmathPr",
    "blipuid",
    "listname",
    "leveltext",
    "levelnumbers",
    "upr",
];

/// The encoding of a font's character set.
pub fn charset(number: i64) -> Option<&'static Encoding> {
    Some(code_page(match number {
        77 => 10000,
        128 => 932,
        129 => 949,
        134 => 936,
        136 => 950,
        161 => 1253,
        162 => 1254,
        163 => 1258,
        177 => 1255,
        178 => 1256,
        186 => 1257,
        204 => 1251,
        222 => 874,
        238 => 1250,
        _ => return None,
    }))
}

/// Words that are characters.
pub fn character(word: &str) -> Option<&'static str> {
    Some(match word {
        "line" | "softline" => "\n",
        "tab" | "nestcell" => "\t",
        "emdash" => "—",
        "endash" => "–",
        "bullet" => "•",
        "lquote" => "‘",
        "rquote" => "’",
        "ldblquote" => "“",
        "rdblquote" => "”",
        "emspace" | "enspace" | "qmspace" => " ",
        _ => return None,
    })
}
