//! Items of lists, by what they begin with.

/// What follows a bullet.
pub fn bullet(text: &str) -> Option<&str> {
    let mut chars = text.chars();
    let first = chars.next()?;
    let is_bullet =
        matches!(first, '•' | '▪' | '◦' | '‣' | '●' | '○' | '■' | '□' | '➢' | '✓' | '∙' | '·' | '*' | '-' | '–');
    is_bullet.then_some(chars.as_str()).filter(|rest| rest.starts_with(' '))
}

/// True when an item begins with the second of these lines. A dash may also be one within a sentence.
pub fn begins_item(line: &str, next: &str) -> bool {
    let is_dash = next.starts_with(['*', '-', '–']);
    bullet(next).is_some() && (!is_dash || bullet(line).is_some() || line.ends_with(['.', ';', ':', '!', '?']))
}

/// True for the first line of an item.
pub fn is_item(text: &str) -> bool {
    bullet(text).is_some() || number(text).is_some()
}

/// True when a paragraph that begins with the first text is an item and the second one begins the next item.
pub fn continues_list(item: &str, next: &str) -> bool {
    let (Some(one), Some(other)) = (number(item), number(next)) else { return false };
    let follows = |(one, other): (&Option<u32>, &Option<u32>)| one.is_some_and(|one| *other == Some(one + 1));
    one.style == other.style && one.readings.iter().zip(&other.readings).any(follows)
}

/// The number that an item begins with: `1.`, `1)`, `(1)`, `a)`, `(a)`, `(iv)`.
struct Number {
    /// As digits, as a letter and as a Roman number.
    readings: [Option<u32>; 3],
    /// Whether a bracket opens it, and what closes it.
    style: (bool, char),
}

fn number(text: &str) -> Option<Number> {
    let (rest, is_open) = text.strip_prefix('(').map_or((text, false), |rest| (rest, true));
    let length = rest.find(|c: char| !c.is_ascii_alphanumeric()).filter(|length| (1..=4).contains(length))?;
    let close = rest[length..].chars().next().filter(|c| matches!(c, '.' | ')'))?;
    if !rest[length + 1..].starts_with(' ') {
        return None;
    }
    let word = &rest[..length];
    let digits = word.parse().ok().filter(|_| length <= 3);
    let letter = word.chars().next().filter(|c| close == ')' && length == 1 && c.is_ascii_alphabetic()).map(u32::from);
    let readings = [digits, letter, roman(word).filter(|_| close == ')')];
    readings.iter().any(Option::is_some).then_some(Number { readings, style: (is_open, close) })
}

/// The value of a small Roman number in small letters.
fn roman(word: &str) -> Option<u32> {
    const NUMBERS: [&str; 12] = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"];
    NUMBERS.iter().position(|number| *number == word).map(|index| index as u32 + 1)
}
