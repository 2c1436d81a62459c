//! How the elements around a text style it: bold, italic, as code.

use super::tokens::Tag;
use crate::text::Emphasis;

/// Elements that may be open around a text and count; no page nests more.
const MAX_OPEN: usize = 256;

/// The open elements that style text, outermost first.
#[derive(Default)]
pub struct StyleStack(Vec<(&'static str, Emphasis)>);

impl StyleStack {
    /// Takes the start or the end of an element, by its lower-case name, with a slash before it at the end.
    pub fn take(&mut self, name: &str, tag: &Tag) {
        let (bare, is_end) = name.strip_prefix('/').map_or((name, false), |bare| (bare, true));
        let Some((name, emphasis)) = emphasis_by(bare) else { return };
        if is_end {
            if let Some(index) = self.0.iter().rposition(|(other, _)| *other == name) {
                self.0.remove(index);
            }
        } else if self.0.len() < MAX_OPEN {
            self.0.push((name, styled(emphasis, tag)));
        }
    }

    /// The emphasis of a text that comes now.
    pub fn of_text(&self) -> Emphasis {
        self.0.iter().fold(Emphasis::default(), |all, (_, emphasis)| Emphasis {
            bold: all.bold || emphasis.bold,
            italic: all.italic || emphasis.italic,
            code: all.code || emphasis.code,
        })
    }
}

fn emphasis_by(name: &str) -> Option<(&'static str, Emphasis)> {
    let plain = Emphasis::default();
    Some(match name {
        "b" => ("b", Emphasis { bold: true, ..plain }),
        "strong" => ("strong", Emphasis { bold: true, ..plain }),
        "i" => ("i", Emphasis { italic: true, ..plain }),
        "em" => ("em", Emphasis { italic: true, ..plain }),
        "code" => ("code", Emphasis { code: true, ..plain }),
        "kbd" => ("kbd", Emphasis { code: true, ..plain }),
        "samp" => ("samp", Emphasis { code: true, ..plain }),
        "tt" => ("tt", Emphasis { code: true, ..plain }),
        "span" => ("span", plain),
        "font" => ("font", plain),
        _ => return None,
    })
}

/// The element's own style says more than its name: mail programs write bold as a span, and documents pasted from the web begin
/// with a `b` that is none.
fn styled(emphasis: Emphasis, tag: &Tag) -> Emphasis {
    let Some(style) = tag.attribute("style") else { return emphasis };
    let style = style.to_ascii_lowercase();
    let said = |property: &str| {
        let mut declarations = style.rsplit(';').filter_map(|declaration| declaration.split_once(':'));
        let (_, value) = declarations.find(|(name, _)| name.trim() == property)?;
        Some(value.trim().trim_end_matches("!important").trim_end())
    };
    let bold = said("font-weight").and_then(|weight| match weight {
        "bold" | "bolder" => Some(true),
        "normal" | "lighter" => Some(false),
        number => number.parse::<u32>().ok().map(|number| number >= 600),
    });
    let italic = said("font-style").and_then(|style| match style {
        "italic" | "oblique" => Some(true),
        "normal" => Some(false),
        _ => None,
    });
    Emphasis { bold: bold.unwrap_or(emphasis.bold), italic: italic.unwrap_or(emphasis.italic), ..emphasis }
}
