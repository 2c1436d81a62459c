//! Dates of documents, in ISO 8601.

/// Seconds since 1970 as a date and a time, when they are of a year that a document can have.
pub fn date_of_seconds(seconds: i64) -> Option<String> {
    let (year, month, day) = civil(seconds.div_euclid(86_400));
    let time = seconds.rem_euclid(86_400);
    let (hours, minutes, seconds) = (time / 3600, time / 60 % 60, time % 60);
    (1602..=9999)
        .contains(&year)
        .then(|| format!("{year:04}-{month:02}-{day:02}T{hours:02}:{minutes:02}:{seconds:02}Z"))
}

/// A date as a document wrote it, when it is one: a year, and perhaps more of ISO 8601.
pub fn iso_date(text: &str) -> Option<String> {
    let text = text.trim();
    let is_date = text.len() <= 40
        && text.len() >= 4
        && text.bytes().take(4).all(|byte| byte.is_ascii_digit())
        && text.bytes().all(|byte| byte.is_ascii_digit() || b"-:.+TZ".contains(&byte))
        && text.as_bytes().get(4).is_none_or(|byte| *byte == b'-')
        && !text.starts_with("0000");
    is_date.then(|| text.into())
}

/// Days since 1970-01-01 to year, month and day (Howard Hinnant's algorithm).
pub fn civil(days: i64) -> (i64, i64, i64) {
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
