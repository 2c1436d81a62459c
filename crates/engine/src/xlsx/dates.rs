//! Numbers of days to dates.

use super::formats::Shown;

/// Seconds of a day.
const DAY: f64 = 86_400.0;

/// A cell's number as it is shown: dates in ISO 8601, numbers as they are.
pub fn number(value: &str, shown: Shown, is_1904: bool) -> String {
    let Ok(number) = value.parse::<f64>() else { return value.into() };
    match shown {
        Shown::Number => plain(value, number),
        Shown::Percent => format!("{}%", round(number * 100.0, 10)),
        Shown::Date | Shown::Time | Shown::DateTime if !(0.0..2_958_466.0).contains(&number) => value.into(),
        Shown::Date => date(number, is_1904),
        Shown::Time => time(number),
        Shown::DateTime => format!("{} {}", date(number, is_1904), time(number)),
    }
}

/// Files keep binary fractions in full: 0.1 as 0.10000000000000001. Fifteen digits are what people typed.
fn plain(value: &str, number: f64) -> String {
    let digits = value.chars().filter(char::is_ascii_digit).count();
    if digits < 16 && !value.contains(['e', 'E']) { value.into() } else { round(number, 15) }
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

/// Days since 1970-01-01 to year, month and day (Howard Hinnant's algorithm).
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}
