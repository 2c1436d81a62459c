//! How near a text is to the one that is known: after NFKC, with hyphens at the ends of lines joined and white space folded.
//! Order counts in [`similarity`], as it does to who reads the text; not in [`f1`].

use std::collections::HashMap;
use unicode_normalization::UnicodeNormalization;

/// Words and how often each is there.
pub type Bag = HashMap<String, u32>;

/// Marks that are not seen.
const UNSEEN: &[char] = &['\u{feff}', '\u{200b}', '\u{200e}', '\u{200f}', '\u{202a}', '\u{202b}', '\u{202c}', '\0'];
const HYPHENS: &[char] = &['-', '\u{ad}', '\u{2010}'];

/// A text as it is compared. Where spaces are no part of the writing (`spaceless`), they are taken out.
pub fn normal(text: &str, spaceless: bool) -> Vec<char> {
    let text: Vec<char> = text.nfkc().filter(|char| !UNSEEN.contains(char)).collect();
    let mut folded: Vec<char> = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(&char) = text.get(at) {
        at += 1;
        if HYPHENS.contains(&char)
            && text.get(at.wrapping_sub(2)).is_some_and(|&before| is_word(before))
            && let Some(next) = after_line_end(&text, at)
        {
            at = next;
            continue;
        }
        match char {
            '\u{ad}' => folded.push('-'),
            char if !is_space(char) => folded.push(char),
            _ if !spaceless && folded.last().is_some_and(|&last| last != ' ') => folded.push(' '),
            _ => {}
        }
    }
    if folded.last() == Some(&' ') {
        folded.pop();
    }
    folded
}

/// Where the word goes on that a hyphen before `at` parts at the end of a line.
fn after_line_end(text: &[char], at: usize) -> Option<usize> {
    let blanks = |at: usize| at + text[at..].iter().take_while(|&&char| char == ' ' || char == '\t').count();
    let end = blanks(at);
    let end = end + usize::from(text.get(end) == Some(&'\r'));
    (text.get(end) == Some(&'\n'))
        .then(|| blanks(end + 1))
        .filter(|&next| text.get(next).is_some_and(|&char| is_word(char)))
}

fn is_word(char: char) -> bool {
    char.is_alphanumeric() || char == '_'
}

fn is_space(char: char) -> bool {
    char.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&char)
}

/// 1 for the same text, 0 for nothing in common: the share of both that their longest common subsequence is.
pub fn similarity(a: &[char], b: &[char]) -> f64 {
    if a.is_empty() && b.is_empty() { 1.0 } else { 2.0 * common(a, b) as f64 / (a.len() + b.len()) as f64 }
}

/// Length of the longest common subsequence, 64 columns at a time (Hyyrö 2004).
fn common(a: &[char], b: &[char]) -> usize {
    let words = a.len().div_ceil(64);
    let mut places: HashMap<char, Vec<u64>> = HashMap::new();
    for (at, &char) in a.iter().enumerate() {
        places.entry(char).or_insert_with(|| vec![0; words])[at / 64] |= 1 << (at % 64);
    }
    let mut row = vec![u64::MAX; words];
    for place in b.iter().filter_map(|char| places.get(char)) {
        let mut carry = false;
        for (word, place) in row.iter_mut().zip(place) {
            let met = *word & place;
            let (sum, over) = word.overflowing_add(met);
            let (sum, again) = sum.overflowing_add(u64::from(carry));
            carry = over || again;
            *word = sum | (*word - met);
        }
    }
    row.iter().map(|word| word.count_zeros() as usize).sum()
}

/// The words of a text.
pub fn bag(text: &[char]) -> Bag {
    let mut bag = Bag::new();
    for word in text.split(|&char| !is_word(char)).filter(|word| !word.is_empty()) {
        *bag.entry(word.iter().flat_map(|char| char.to_lowercase()).collect()).or_default() += 1;
    }
    bag
}

/// The share of two texts' words that both have.
pub fn f1(a: &Bag, b: &Bag) -> f64 {
    let all = a.values().sum::<u32>() + b.values().sum::<u32>();
    if all == 0 { 1.0 } else { f64::from(2 * both(a, b)) / f64::from(all) }
}

/// The share of the words of `whole` that `part` has.
pub fn recall(part: &Bag, whole: &Bag) -> f64 {
    f64::from(both(part, whole)) / f64::from(whole.values().sum::<u32>())
}

fn both(a: &Bag, b: &Bag) -> u32 {
    a.iter().map(|(word, count)| count.min(b.get(word).unwrap_or(&0))).sum()
}

/// Characters that were read wrong, are missing or too many, by those there are.
pub fn error_rate(truth: &[char], read: &[char]) -> f64 {
    let mut row: Vec<usize> = (0..=read.len()).collect();
    for (done, expected) in truth.iter().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], done + 1);
        for (at, found) in read.iter().enumerate() {
            let changed = diagonal + usize::from(expected != found);
            diagonal = row[at + 1];
            row[at + 1] = changed.min(row[at] + 1).min(diagonal + 1);
        }
    }
    row[read.len()] as f64 / truth.len() as f64
}
