//! Numbers of days to dates.

use super::number_formats::NumberFormat;
use crate::text::civil;

/// Seconds of a day.
const DAY: f64 = 86_400.0;

/// A cell's number as it is shown: dates in ISO 8601, numbers as they are, with their unit.
pub fn number(value: &str, format: &NumberFormat, is_1904: bool) -> String {
    let Ok(number) = value.parse::<f64>() else { return value.into() };
    match format {
        NumberFormat::Number => plain(value, number),
        NumberFormat::Unit(unit) => unit.of(&plain(value, number)),
        NumberFormat::Percent => format!("{}%", round(number * 100.0, 10)),
        NumberFormat::Date | NumberFormat::Time | NumberFormat::DateTime if !(0.0..2_958_466.0).contains(&number) => {
            value.into()
        }
        NumberFormat::Date => date(number, is_1904),
        NumberFormat::Time => time(number),
        NumberFormat::DateTime => format!("{} {}", date(number, is_1904), time(number)),
    }
}

/// Files keep binary fractions in full, 0.1 as 0.10000000000000001, and some write 123 as 123.0. Fifteen digits are what people
/// typed.
fn plain(value: &str, number: f64) -> String {
    let digits = value.chars().filter(char::is_ascii_digit).count();
    if digits < 16 && !value.contains(['e', 'E']) && !value.ends_with('0') { value.into() } else { round(number, 15) }
}

fn round(number: f64, digits: usize) -> String {
    let rounded = format!("{number:.*e}", digits.saturating_sub(1)).parse::<f64>().unwrap_or(number);
    format!("{rounded}")
}

fn date(number: f64, is_1904: bool) -> String {
    // The nearest second first, so that a hair before midnight is the next day.
    let days = ((number * DAY).round() / DAY).floor() as i64;
    // Excel believes in 29 February 1900, the 60th day; before it, days are counted from a day later.
    let since_1970 = if is_1904 { days - 24_107 } else { days - 25_569 + i64::from(days < 60) };
    let (year, month, day) = civil(since_1970);
    format!("{year:04}-{month:02}-{day:02}")
}

fn time(number: f64) -> String {
    let seconds = (number.fract() * DAY).round() as u64 % 86_400;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if seconds == 0 { format!("{hours:02}:{minutes:02}") } else { format!("{hours:02}:{minutes:02}:{seconds:02}") }
}
