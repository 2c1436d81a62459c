//! Where texts are cut, and what a chunk says of its place.

use crate::cut;
use model::{Chunk, Chunking};

fn texts(chunks: &[Chunk]) -> Vec<&str> {
    chunks.iter().map(|chunk| chunk.text.as_str()).collect()
}

fn sentence(n: usize) -> String {
    format!("This is the sentence of number {n} and it has words.")
}

#[test]
fn a_short_text_is_one_chunk_and_nothing_is_none() {
    let chunks = cut("  One line.\n", "", 512, 64);
    assert_eq!(chunks.len(), 1);
    assert_eq!((chunks[0].text.as_str(), chunks[0].start, chunks[0].end), ("One line.", 2, 11));
    assert_eq!((chunks[0].first_page, chunks[0].last_page, chunks[0].headings.len()), (1, 1, 0));
    assert_eq!(cut(" \n\u{c}\n ", "", 512, 64), []);
}

#[test]
fn cuts_are_at_the_ends_of_paragraphs_and_else_of_sentences() {
    let long: Vec<String> = (0..9).map(sentence).collect();
    let text = format!("{}\n\n{}", long[..4].join(" "), long[4..].join(" "));
    let chunks = cut(&text, "", 64, 0);
    assert_eq!(texts(&chunks), [long[..4].join(" "), long[4..9].join(" ")], "{chunks:#?}");
    let line = long.join(" ");
    for chunk in cut(&line, "", 40, 0) {
        assert!(chunk.text.ends_with('.') && chunk.text.starts_with("This"), "{:?}", chunk.text);
    }
}

#[test]
fn an_overlap_begins_with_a_sentence_and_ends_where_the_chunk_before_does() {
    let line: Vec<String> = (0..20).map(sentence).collect();
    let chunks = cut(&line.join(" "), "", 64, 16);
    assert!(chunks.len() > 4);
    for pair in chunks.windows(2) {
        let repeated = (pair[0].end - pair[1].start) as usize;
        assert!(repeated > 0 && pair[0].text.ends_with(&pair[1].text[..repeated]), "{pair:#?}");
        assert!(pair[1].text.starts_with("This is"), "{:?}", pair[1].text);
    }
}

#[test]
fn a_chunk_knows_its_pages() {
    let page = |n: usize| (0..6).map(|m| sentence(10 * n + m)).collect::<Vec<_>>().join(" ");
    let text = [page(1), page(2), page(3)].join("\u{c}");
    let pages: Vec<(u32, u32)> =
        cut(&text, "", 128, 0).iter().map(|chunk| (chunk.first_page, chunk.last_page)).collect();
    assert_eq!(pages, [(1, 1), (2, 2), (3, 3)]);
    assert_eq!(cut(&text, "", 8192, 0).iter().map(|chunk| chunk.last_page).collect::<Vec<_>>(), [3]);
}

#[test]
fn a_chunk_knows_the_headings_it_is_under() {
    let body = |n: usize| (0..4).map(|m| sentence(10 * n + m)).collect::<Vec<_>>().join(" ");
    // The same words stand in the text before they are a heading, and in code after.
    let plain = format!(
        "Results\n\n{}\n\nMethods of C#\n\n{}\n\nMore\nResults\n\n{}\u{c}A link\n\n{}\n\n# no heading\n",
        body(1),
        body(2),
        body(3),
        body(4)
    );
    let markdown = format!(
        "<!-- page: 1 -->\n\n# Results\n\n{}\n\n## Methods of C#\n\n{}\n\nMore\n\n# Results #\n\n{}\n<!-- page: 2 -->\n\n\
         ### A [link](https://example.org/%28a%29)\n\n{}\n\n```\n# no heading\n```\n",
        body(1),
        body(2),
        body(3),
        body(4)
    );
    let chunks = cut(&plain, &markdown, 64, 16);
    let paths: Vec<(&str, Vec<&str>)> = chunks
        .iter()
        .map(|chunk| (chunk.text.split('\n').next().unwrap(), chunk.headings.iter().map(String::as_str).collect()))
        .collect();
    assert_eq!(
        paths,
        [
            ("Results", vec!["Results"]),
            ("Methods of C#", vec!["Results", "Methods of C#"]),
            ("Results", vec!["Results"]),
            ("A link", vec!["Results", "A link"]),
        ]
    );
}

#[test]
fn markdown_that_was_passed_through_has_its_headings_too() {
    let text = "# Top\n\nSome words.\n\n## *Second* `part`\n\nOther words.\n";
    let chunks = cut(text, text, 32, 0);
    assert_eq!(texts(&chunks), [text.trim_end()]);
    let long = text.replace("words", &"words ".repeat(20));
    assert_eq!(cut(&long, &long, 32, 0).last().unwrap().headings, ["Top", "Second part"]);
}

#[test]
fn text_without_spaces_is_cut_after_its_sentences() {
    let text = "駅には誰もいなかった。最後の列車はもう海へ向かって出ていた。".repeat(40);
    for chunk in cut(&text, "", 64, 0) {
        assert!(chunk.text.ends_with('。'), "{:?}", chunk.text);
    }
}

#[test]
fn a_run_of_letters_longer_than_any_word_is_cut_to_size() {
    let text = format!("before {} after", "0123456789abcdef".repeat(500));
    let chunks = cut(&text, "", Chunking::MIN_SIZE, 0);
    assert!(chunks.len() > 50 && chunks.iter().all(|chunk| chunk.tokens <= Chunking::MIN_SIZE));
    let whole: String = chunks.iter().map(|chunk| chunk.text.as_str()).collect();
    assert!(whole.replace(' ', "") == text.replace(' ', ""));
}

/// Their outline would take tens of times the memory of the text.
#[test]
fn a_text_of_too_many_headings_is_cut_as_one_that_has_none() {
    for (count, has_headings) in [(100_000, true), (100_001, false)] {
        let text: String = (0..count).map(|n| format!("# {n:x}\n")).collect();
        let chunks = cut(&text, &text, 8192, 0);
        assert!(chunks.iter().all(|chunk| chunk.headings.is_empty() != has_headings), "{count}");
    }
}
