//! How many tokens a text has, about. A vocabulary would be exact for one family of models and megabytes for each; this needs
//! none, and is the same everywhere and for ever.
//!
//! Every word costs by its script and length, and what stands between words by its kind. The numbers are fitted to `o200k`, the
//! vocabulary of current models: the texts of the test below, in eleven languages, a table and code, come out within a quarter of
//! what it counts. Older vocabularies count more in other scripts than the Latin one.

use unicode_segmentation::UnicodeSegmentation;

/// Costs are counted in sixteenths of a token, so that their sum does not depend on how it is added up.
pub(super) const WHOLE: u32 = 16;

/// About how many tokens a text has.
pub fn tokens(text: &str) -> u32 {
    let sum: u64 = text.split_word_bounds().map(|piece| u64::from(cost(piece))).sum();
    u32::try_from(sum.div_ceil(u64::from(WHOLE))).unwrap_or(u32::MAX)
}

/// What one piece between two word boundaries costs, in sixteenths.
pub(super) fn cost(piece: &str) -> u32 {
    match piece.chars().next() {
        None => 0,
        // The space before a word is part of the word's own token.
        Some(' ') if piece.len() == 1 => 0,
        Some('\n') => 6,
        Some(first) if first.is_whitespace() => 12,
        Some(_) if piece.bytes().all(|byte| byte.is_ascii_alphabetic()) => 15 + 7 * length(piece).saturating_sub(7),
        Some(_) if piece.bytes().all(|byte| byte.is_ascii_digit()) => 18 * length(piece).div_ceil(3),
        Some(first) => piece.chars().map(character).fold(word(first), u32::saturating_add),
    }
}

fn length(piece: &str) -> u32 {
    u32::try_from(piece.len()).unwrap_or(u32::MAX / 32)
}

/// What a word of the script that this character is of costs before its letters are counted; signs and ideographs are no words.
fn word(first: char) -> u32 {
    let alone = matches!(first, '\u{21}'..='\u{2f}' | '\u{3a}'..='\u{40}' | '\u{5b}'..='\u{60}' | '\u{7b}'..='\u{bf}' | '\u{e00}'..='\u{e7f}' | '\u{2000}'..);
    if alone { 0 } else { 12 }
}

fn character(c: char) -> u32 {
    match c {
        'a'..='z' | 'A'..='Z' => 6,
        '0'..='9' => 9,
        '\0'..='\u{7f}' => 10,
        '\u{80}'..='\u{bf}' => 12,
        // Letters of the Latin script that carry marks.
        '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => 9,
        // Greek, Cyrillic, Hebrew and Arabic.
        '\u{370}'..='\u{3ff}' | '\u{600}'..='\u{77f}' => 4,
        '\u{400}'..='\u{52f}' => 3,
        '\u{590}'..='\u{5ff}' => 5,
        // The scripts of India, Thai and its neighbours.
        '\u{900}'..='\u{e7f}' => 7,
        '\u{e80}'..='\u{1dff}' => 8,
        // Kana, ideographs, Hangul.
        '\u{3040}'..='\u{30ff}' => 12,
        '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' => 12,
        '\u{ac00}'..='\u{d7af}' => 13,
        _ => 14,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counted once with `o200k`.
    #[test]
    fn estimates_stay_near_a_real_vocabulary() {
        for (counted, text) in [
            (18, "The station was empty, and the last train had already left for the sea without us."),
            (20, "Der Vertrag beginnt am ersten März und läuft, bis eine der beiden Seiten ihn schriftlich kündigt."),
            (19, "La gare était vide, et le dernier train était déjà parti vers la mer sans nous attendre."),
            (28, "Станция была пуста, и последний поезд уже ушёл к морю без нас, не дожидаясь рассвета."),
            (26, "Ο σταθμός ήταν άδειος και το τελευταίο τρένο είχε ήδη φύγει για τη θάλασσα."),
            (26, "يولد جميع الناس أحرارا متساوين في الكرامة والحقوق. وقد وهبوا عقلا وضميرا"),
            (23, "התחנה הייתה ריקה, והרכבת האחרונה כבר יצאה אל הים בלעדינו."),
            (23, "駅には誰もいなかった。最後の列車はもう海へ向かって出ていた。"),
            (21, "역은 텅 비어 있었고 마지막 기차는 이미 바다로 떠난 뒤였다."),
            (24, "สถานีว่างเปล่า และรถไฟขบวนสุดท้ายได้ออกเดินทางไปยังทะเลแล้ว"),
            (21, "车站空无一人，最后一班火车已经开往海边，没有等我们。"),
            (29, "Name\tCity\tTotal\nMüller\tKöln\t1,204.50\nOkafor\tLagos\t87.00\n"),
            (24, "fn main() {\n    let total: u32 = items.iter().map(|item| item.price).sum();\n}\n"),
        ] {
            let estimated = tokens(text);
            assert!((counted * 3 / 4..=counted * 5 / 4 + 1).contains(&estimated), "{estimated} for {counted}: {text}");
        }
        assert_eq!((tokens(""), tokens(" ")), (0, 0));
    }
}
