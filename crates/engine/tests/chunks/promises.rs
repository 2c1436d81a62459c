//! What holds for every text, size and overlap.

use crate::cut;
use engine::chunks::tokens;
use model::Chunk;
use proptest::prelude::*;

/// Texts of words, signs, spaces, line ends and pages, in several scripts, and some of no sense at all.
fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => "[a-zA-Z]{1,12}",
        3 => "[а-я]{1,10}",
        2 => "[\u{4e00}-\u{4e40}]{1,20}",
        1 => "[0-9]{1,9}",
        1 => "[a-z]{900,1400}",
        6 => Just(" ".to_owned()),
        3 => "[.!?] ",
        2 => Just("\n".to_owned()),
        1 => Just("\n\n".to_owned()),
        1 => Just("\u{c}".to_owned()),
        1 => Just("\n\n# Part\n\n".to_owned()),
        1 => "\\PC{1,8}",
        1 => Just("。".to_owned()),
    ];
    prop::collection::vec(piece, 0..300).prop_map(|pieces| pieces.concat())
}

fn slice(text: &str, chunk: &Chunk) -> String {
    text.chars().skip(chunk.start as usize).take((chunk.end - chunk.start) as usize).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn chunks_cover_the_text_and_say_truly_where_they_are(text in texts(), size in 32_u32..200, part in 0_u32..=50) {
        let overlap = size * part / 100;
        let chunks = cut(&text, &text, size, overlap);
        prop_assert_eq!(&chunks, &cut(&text, &text, size, overlap), "the same text is always cut the same");
        let mut covered = 0;
        for (index, chunk) in chunks.iter().enumerate() {
            prop_assert_eq!(chunk.index as usize, index);
            prop_assert_eq!(&chunk.text, &slice(&text, chunk), "offsets are true");
            prop_assert!(chunk.tokens <= size, "{} tokens of {size}", chunk.tokens);
            prop_assert!(!chunk.text.trim().is_empty());
            prop_assert!(chunk.first_page <= chunk.last_page);
            let page = |at: u64| text.chars().take(at as usize).filter(|&c| c == '\u{c}').count() as u32 + 1;
            prop_assert_eq!((chunk.first_page, chunk.last_page), (page(chunk.start), page(chunk.end - 1)));
            // Between two chunks there is nothing but white space, and each goes further than the one before.
            let gap: String = text.chars().skip(covered).take((chunk.start as usize).saturating_sub(covered)).collect();
            prop_assert!(gap.trim().is_empty(), "{gap:?} is in no chunk");
            prop_assert!(chunk.end as usize > covered);
            covered = chunk.end as usize;
        }
        let rest: String = text.chars().skip(covered).collect();
        prop_assert!(rest.trim().is_empty(), "{rest:?} is in no chunk");
        for pair in chunks.windows(2) {
            prop_assert!(pair[0].start < pair[1].start);
            let shared: String = text.chars().skip(pair[1].start as usize)
                .take(pair[0].end.saturating_sub(pair[1].start) as usize).collect();
            // What stands on both sides of a cut word is counted by halves.
            prop_assert!(tokens(&shared) <= overlap + 2, "{} tokens of {shared:?} repeated of {overlap}", tokens(&shared));
        }
    }
}

/// Words that are words stay whole: a cut lies at a boundary between words (UAX #29).
#[test]
fn no_word_is_cut() {
    let words: Vec<String> = (0..4000).map(|n| format!("word{n}{}", ["ish", "'s", "-like", "."][n % 4])).collect();
    let text = words.join(" ");
    for (size, overlap) in [(32, 0), (64, 16), (500, 250)] {
        for chunk in cut(&text, "", size, overlap) {
            let before = text[..chunk.start as usize].chars().next_back();
            let after = text[chunk.end as usize..].chars().next();
            assert!(before.is_none_or(|c| c == ' ') && after.is_none_or(|c| c == ' '), "{:?}", chunk.text);
        }
    }
}

/// Ten megabytes in one line without a space, of one page of headings, of brackets: the work grows with the text and not faster.
#[test]
fn hostile_texts_are_cut_in_reasonable_time() {
    let begun = std::time::Instant::now();
    for text in [
        "x".repeat(2 << 20),
        "# a\n".repeat(1 << 18),
        "](".repeat(1 << 20),
        "# [](\n".repeat(1 << 18),
        "\u{301}".repeat(1 << 19),
    ] {
        let chunks = cut(&text, &text, 512, 64);
        assert_eq!(chunks.last().unwrap().end as usize, text.trim_end().chars().count());
    }
    assert!(begun.elapsed().as_secs() < 60, "{:?}", begun.elapsed());
}
