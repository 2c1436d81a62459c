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
    match (number(item), number(next)) {
        (Some((one, style)), Some((other, other_style))) => style == other_style && other == one + 1,
        _ => false,
    }
}

/// The number that an item begins with, and how it is written: `1.`, `1)`, `(1)`, `a)`, `(a)`.
fn number(text: &str) -> Option<(u32, (bool, char, bool))> {
    let (rest, is_open) = text.strip_prefix('(').map_or((text, false), |rest| (rest, true));
    let length = rest.find(|c: char| !c.is_ascii_alphanumeric()).filter(|length| (1..=3).contains(length))?;
    let close = rest[length..].chars().next().filter(|c| matches!(c, '.' | ')'))?;
    if !rest[length + 1..].starts_with(' ') {
        return None;
    }
    let word = &rest[..length];
    if let Ok(number) = word.parse() {
        return Some((number, (is_open, close, true)));
    }
    let letter = word.chars().next().filter(|c| length == 1 && c.is_ascii_alphabetic())?;
    (close == ')').then_some((u32::from(letter), (is_open, close, false)))
}
