//! What a number format writes around the number: a currency, a unit. Digits are never taken away, and none are grouped: what
//! reads the text next may be a program.

use super::codes::{Piece, Pieces};

/// A currency or another unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    before: Box<str>,
    after: Box<str>,
    /// Places behind the point that are always shown.
    places: usize,
}

impl Unit {
    /// A number with its unit.
    pub fn of(&self, number: &str) -> String {
        let (sign, digits) = number.strip_prefix('-').map_or(("", number), |digits| ("-", digits));
        let shown = digits.split_once('.').map_or(0, |(_, places)| places.len());
        let point = if shown == 0 && self.places > 0 { "." } else { "" };
        let zeros = "0".repeat(self.places.saturating_sub(shown));
        format!("{sign}{}{digits}{point}{zeros}{}", self.before, self.after)
    }
}

/// More zeros than anybody counts in.
const MAX_PLACES: usize = 15;

/// The unit in the section of a format that is for positive numbers (ECMA-376, part 1, section 18.8.31). None where the format
/// shows another number than the cell holds, such as thousands, or writes into the number.
pub fn unit_of(section: &str) -> Option<Unit> {
    let (mut before, mut after) = (String::new(), String::new());
    let (mut is_number, mut is_fraction, mut places, mut last) = (false, false, 0, ' ');
    for piece in Pieces::of(section) {
        let text = match piece {
            Piece::Text(text) => text,
            Piece::Brackets(inside) => match inside.strip_prefix('$') {
                Some(currency) => currency.split('-').next().unwrap_or_default().to_owned(),
                None if inside.starts_with(['<', '>', '=']) => return None,
                None => continue,
            },
            Piece::General => {
                is_number = true;
                continue;
            }
            Piece::Sign(sign @ ('0' | '#' | '?' | '.' | ',')) => {
                if !after.is_empty() {
                    return None;
                }
                is_fraction |= sign == '.';
                places += usize::from(is_fraction && sign == '0');
                (is_number, last) = (true, sign);
                continue;
            }
            Piece::Sign('E' | 'e' | '/' | '@' | '%') => return None,
            Piece::Sign(sign) => sign.into(),
        };
        if is_number { &mut after } else { &mut before }.push_str(&text);
    }
    let says_something = |text: &str| text.chars().any(|c| c.is_alphabetic() || is_sign_of_a_unit(c));
    if !is_number || last == ',' || places > MAX_PLACES || !(says_something(&before) || says_something(&after)) {
        return None;
    }
    Some(Unit { before: before.trim_start().into(), after: after.trim_end().into(), places })
}

fn is_sign_of_a_unit(c: char) -> bool {
    matches!(c, '$' | '\u{a2}'..='\u{a5}' | '\u{b0}' | '\u{b5}' | '\u{58f}' | '\u{e3f}' | '\u{2030}' | '\u{20a0}'..='\u{20cf}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(code: &str, number: &str) -> String {
        unit_of(code).map_or_else(|| "no unit".into(), |unit| unit.of(number))
    }

    #[test]
    fn currencies_and_units_stand_where_the_format_has_them() {
        assert_eq!(shown("\"$\"#,##0.00", "1234.5"), "$1234.50");
        assert_eq!(shown("_(\"$\"* #,##0.00_)", "-7"), "-$7.00");
        assert_eq!(shown("[$\u{20ac}-407]\\ #,##0.00", "0.125"), "\u{20ac} 0.125");
        assert_eq!(shown("#,##0.00\\ \"\u{20ac}\"", "3"), "3.00 \u{20ac}");
        assert_eq!(shown("#,##0\\ [$CHF]", "1234567"), "1234567 CHF");
        assert_eq!(shown("0.0##\" kg\"", "2"), "2.0 kg");
        assert_eq!(shown("General\" pcs\"", "12"), "12 pcs");
        assert_eq!(shown("$#,##0", "5"), "$5");
    }

    #[test]
    fn other_formats_have_none() {
        for code in [
            "General",
            "0.00",
            "#,##0",
            "@",
            "(0)",
            "0.00E+00\" m\"",
            "# ?/?",
            "#,##0,\"K\"",
            "[>999]0,\"k\"",
            "000\\-0000",
            "\"yes\"",
            "",
            "0\" ft \"0\" in\"",
            "[Red]0",
        ] {
            assert_eq!(unit_of(code), None, "{code}");
        }
    }
}
