//! Text in every encoding, tables, JSON, markup and code.

use crate::support::{extract, extract_within, sample};
use model::{Limits, Reason};

#[test]
fn encodings_are_recognised() {
    for (file, encoding, text) in [
        ("koi8-r.txt", "KOI8-U", "Это русский текст, написанный для проверки кодировок."),
        ("shift-jis.txt", "Shift_JIS", "これは日本語の文章です。"),
        ("utf-16be-without-mark.txt", "UTF-16BE", "Plain text in wide units.\nSecond line.\n"),
        ("utf-32le.txt", "UTF-32LE", "Four bytes each, café.\n"),
        ("controls.txt", "UTF-8", "one\ntwo\nthreefour\nfive[31m\n"),
        ("decomposed.txt", "UTF-8", "café and Å\n"),
    ] {
        let made = extract(&sample(&format!("txt/{file}")), "txt");
        assert_eq!(made.report.facts.encoding.as_deref(), Some(encoding), "{file}");
        assert!(made.plain.starts_with(text), "{file}: {}", made.plain);
        assert_eq!(made.plain, made.markdown);
    }
}

#[test]
fn an_encoding_that_shows_late_is_still_recognised() {
    let mut bytes = "plain line\n".repeat(20_000).into_bytes();
    let late = "Žluťoučký kůň úpěl ďábelské ódy, příliš žluťoučký kůň.\n";
    bytes.extend_from_slice(&encoding_rs::WINDOWS_1250.encode(late).0);
    let made = extract(&bytes, "txt");
    assert!(made.plain.ends_with("příliš žluťoučký kůň.\n"), "{:?}", made.report.facts.encoding);
}

#[test]
fn text_past_the_limit_is_cut_with_a_warning() {
    let limits = Limits { text_bytes: 10, ..Limits::default() };
    let made = extract_within("ééééééééé".as_bytes(), "txt", limits);
    assert_eq!((made.plain.as_str(), made.warnings()), ("ééééé", vec!["text-cut"]));
    assert_eq!(made.report.outcome.code(), "partial");
}

#[test]
fn a_long_sequence_of_marks_is_bounded() {
    let made = extract(format!("a{}", "\u{301}".repeat(500_000)).as_bytes(), "txt");
    assert_eq!(made.report.outcome.code(), "ok");
    assert!(made.plain.starts_with('á'));
}

#[test]
fn tables_are_text_and_a_markdown_table() {
    let made = extract(&sample("csv/windows-1252-semicolon.csv"), "csv");
    assert_eq!(made.plain, "Name;Straße;Preis\nJosé;Hauptstraße 1;3,50\nZoë;Am Café 2;4,20\n");
    assert_eq!(
        made.markdown,
        "| Name | Straße | Preis |\n| --- | --- | --- |\n| José | Hauptstraße 1 | 3,50 |\n| Zoë | Am Café 2 | 4,20 |\n"
    );
    let made = extract(&sample("csv/utf-16le-tab.csv"), "csv");
    assert_eq!(made.markdown, "| city | country |\n| --- | --- |\n| Köln | DE |\n| 東京 | JP |\n");
    let made = extract(&sample("csv/quoted.csv"), "csv");
    assert_eq!(made.markdown, "| id | text |\n| --- | --- |\n| 1 | a, \"quoted\" \\| bar |\n| 2 | two<br>lines |\n");
    assert_eq!(extract(b"a\tb,c\n1\t2\n", "tsv").markdown, "| a | b,c |\n| --- | --- |\n| 1 | 2 |\n");
}

#[test]
fn a_long_table_is_previewed_and_kept_whole() {
    let rows: String = (0..50_000).map(|row| format!("{row},züge\n")).collect();
    let made = extract(rows.as_bytes(), "csv");
    assert_eq!(made.plain, rows);
    assert!(made.markdown.ends_with("| 199 | züge |\n\nThe table goes on; the plain text has all of it.\n"));
}

#[test]
fn json_is_checked_and_pretty_printed() {
    let made = extract(&sample("json/nested.json"), "json");
    assert_eq!(
        made.plain,
        "{\n  \"name\": \"Žluťoučký\",\n  \"list\": [\n    1,\n    2.5,\n    true,\n    null\n  ],\n  \"empty\": {},\n  \
         \"none\": []\n}\n"
    );
    assert_eq!(made.markdown, format!("```json\n{}```\n", made.plain));
    assert_eq!(extract(&sample("json/bom.json"), "").report.format.as_deref(), Some("json"));
    for bad in ["[1,]", "{\"a\" 1}", "[1}", "[", "\"open", "1 2", "{\"a\":tru}", "[01]", "]", "nul"] {
        assert_eq!(extract(bad.as_bytes(), "json").reason(), Some(Reason::Malformed), "{bad}");
    }
}

#[test]
fn json_may_be_nested_as_deep_as_the_limit() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert_eq!(extract(nested(128).as_bytes(), "json").report.outcome.code(), "ok");
    assert_eq!(extract(nested(129).as_bytes(), "json").reason(), Some(Reason::Malformed));
}

#[test]
fn code_is_fenced_in_its_language() {
    let made = extract(b"fn main() {}", "rs");
    assert_eq!((made.plain.as_str(), made.markdown.as_str()), ("fn main() {}", "``````rust\nfn main() {}\n``````\n"));
    assert_eq!(extract(b"a: 1\n", "yml").report.mime.as_deref(), Some("application/yaml"));
    assert_eq!(extract(b"# Title\n", "md").markdown, "# Title\n");
    assert_eq!(extract(b"{\"a\":1}\n{\"a\":2}\n", "jsonl").plain, "{\"a\":1}\n{\"a\":2}\n");
}

#[test]
fn xml_that_declares_entities_is_refused() {
    assert_eq!(extract(b"<?xml version='1.0'?><a>b</a>", "xml").plain, "<?xml version='1.0'?><a>b</a>");
    let bomb = b"<?xml version='1.0'?><!DOCTYPE a [<!entity b 'c'>]><a>&b;</a>";
    assert_eq!(extract(bomb, "xml").reason(), Some(Reason::XmlEntities));
}

#[test]
fn web_pages_are_read_without_their_scripts() {
    let made = extract(&sample("html/page.html"), "html");
    assert_eq!(made.report.facts.title.as_deref(), Some("A & B"));
    assert_eq!(made.plain, "Head\n\nOne two three.\n\nfirst\nsecond\n\nk\tv\n1\t2 | 3\n\na\n  b\n\n1 < 2 — café\n\n");
    assert_eq!(
        made.markdown,
        "# Head\n\nOne two [three](https://example.org/x).\n\n- first\n- second\n\n| k | v |\n| --- | --- |\n\
         | 1 | 2 \\| 3 |\n\n```\na\n  b\n```\n\n1 < 2 — café\n\n"
    );
}

#[test]
fn bold_and_italic_of_web_pages_are_marked() {
    let page = "<!doctype html><h1><b>Head</b></h1><p>a<strong> <em>b</em> c</strong>, <i>d</i>e <b><a href='https://e.org/'>f\
                </a></b><table><tr><th><b>k</b><td><b>v</table><p>w<select><option>x<option>y</select>";
    let made = extract(page.as_bytes(), "html");
    assert_eq!(
        made.markdown,
        "# Head\n\na ***b*** **c**, *d*e [**f**](https://e.org/)\n\n| k | **v** |\n| --- | --- |\n\nw\n\nx\n\ny\n\n"
    );
}

/// Attributes were searched for in the text of the tag, a quote after a line end opened none, and titles had tags.
#[test]
fn attributes_are_parsed_and_titles_are_text() {
    let page = "<!doctype html><title>a <b> & c</title><p><a title=\"x href=y\" href=\"https://e.org/z\">l</a>\
                <img\nalt=\n'1 > 0'>&hearts;&NotEqualTilde;";
    let made = extract(page.as_bytes(), "html");
    assert_eq!(made.report.facts.title.as_deref(), Some("a <b> & c"));
    assert_eq!(made.markdown, "[l](https://e.org/z)1 > 0\u{2665}\u{2242}\u{338}\n\n");
}

#[test]
fn lists_of_web_pages_begin_where_they_say() {
    let page = "<!doctype html><ol start=3><li>c<li>d<li value='9'>i<li>j</ol>";
    assert_eq!(extract(page.as_bytes(), "html").markdown, "3. c\n4. d\n9) i\n10) j\n\n");
}

#[test]
fn cells_of_web_pages_stay_below_each_other() {
    let page = "<!doctype html><table><tr><th rowspan=2>a<th colspan=2>b<th>c<tr><td>d<td rowspan=9>e<td>f<tr><td>g<td>h<td>i</table>";
    let made = extract(page.as_bytes(), "html");
    assert_eq!(made.plain, "a\tb\t\tc\n\td\te\tf\ng\th\t\ti\n\n");
    let rows = "<tr><td rowspan=4000000000 colspan=4000000000>x<td rowspan=0>y".repeat(1000);
    assert!(extract(format!("<!doctype html><table>{rows}").as_bytes(), "html").plain.len() < 300_000);
}

/// Code has lines like `# include`, which are headings to Markdown, and fences like ours.
#[test]
fn code_of_web_pages_is_fenced() {
    let page = "<!doctype html><pre>\n  # if <b>x</b>\n```&lt;!-- page: 9 -->\n\n  y</pre><pre>one line</pre>";
    let made = extract(page.as_bytes(), "html");
    assert_eq!(made.plain, "  # if x\n```<!-- page: 9 -->\n\n  y\n\none line\n\n");
    assert_eq!(made.markdown, "````\n  # if x\n```&lt;!-- page: 9 -->\n\n  y\n````\n\none line\n\n");
}

#[test]
fn rich_text_is_read_in_its_code_pages() {
    let made = extract(&sample("rtf/letters.rtf"), "rtf");
    assert_eq!(made.plain, "Café €5\n\nПривет\n\na\tb\n\n");
    let deep = ["{\\rtf1 ", &"{".repeat(300_000), "deep", &"}".repeat(300_001)].concat();
    assert_eq!(extract(deep.as_bytes(), "rtf").plain, "deep\n\n");
}

#[test]
fn bold_and_italic_of_rich_text_are_marked() {
    let text = "{\\rtf1{\\stylesheet{\\s1 heading 1;}}\\pard\\s1\\b\\i Head\\par\\pard\\plain a {\\b b {\\i c} d}\\i e\\i0 f\\par\
                \\b g\\plain  h\\par\\pard\\intbl\\b k\\cell\\row\\intbl v\\cell\\row}";
    let made = extract(text.as_bytes(), "rtf");
    assert_eq!(made.markdown, "# Head\n\na **b** ***c*** **d***e*f\n\n**g** h\n\n| k |\n| --- |\n| **v** |\n\n");
}

#[test]
fn rich_text_has_structure_and_metadata() {
    let text = "{\\rtf1\\ansi{\\stylesheet{\\s1 heading 2;}{\\s2 Normal;}}{\\info{\\title T\\'fctle}{\\author Ann}\
                {\\creatim\\yr2024\\mo3\\dy4\\hr5\\min6}}{\\header above\\par}\\pard\\s1 Head\\par\\pard \
                {\\field{\\*\\fldinst HYPERLINK \"https://example.org/\"}{\\fldrslt a link}} {\\v hidden}end\\par\
                {\\listtext 1.\\tab}first\\par{\\listtext\\'b7\\tab}dot\\par\\pard\\intbl k\\cell v\\cell\\row\\pard\\intbl 1\\cell \
                2\\cell\\row\\pard note{\\footnote below} \\u-10179?\\u-8704?\\par}";
    let made = extract(text.as_bytes(), "rtf");
    assert_eq!(
        made.markdown,
        "above\n\n## Head\n\n[a link](https://example.org/) end\n\n1. first\n- dot\n\n| k | v |\n| --- | --- |\n\
         | 1 | 2 |\n\nnote (below) 😀\n\n"
    );
    let facts = &made.report.facts;
    assert_eq!((facts.title.as_deref(), facts.author.as_deref()), (Some("Tütle"), Some("Ann")));
    assert_eq!(facts.created.as_deref(), Some("2024-03-04T05:06"));
}

#[test]
fn tables_are_read_in_any_encoding_with_any_separator() {
    let table = |separator: &str| {
        ["Město;Město\u{11b};Počet", "Žďár;příliš žluťoučký;1", "Kolín;úpěl ďábelské ódy;2"]
            .join("\n")
            .replace(';', separator)
    };
    let shown = "| Město | Městoě | Počet |\n| --- | --- | --- |\n| Žďár | příliš žluťoučký | 1 |\n\
                 | Kolín | úpěl ďábelské ódy | 2 |\n";
    for separator in [",", ";", "\t", "|"] {
        let text = table(separator);
        let wide = |unit: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(unit).collect::<Vec<_>>();
        let marked = [&b"\xff\xfe"[..], &wide(u16::to_le_bytes)].concat();
        let encodings = [
            ("UTF-8", text.clone().into_bytes()),
            ("UTF-8", [b"\xef\xbb\xbf", text.as_bytes()].concat()),
            ("UTF-16LE", marked),
            ("UTF-16BE", [&b"\xfe\xff"[..], &wide(u16::to_be_bytes)].concat()),
            ("windows-1250", encoding_rs::WINDOWS_1250.encode(&text).0.into_owned()),
        ];
        for (name, bytes) in encodings {
            let made = extract(&bytes, "csv");
            assert_eq!(made.report.facts.encoding.as_deref(), Some(name), "{separator:?}");
            assert_eq!(made.markdown, shown, "{name} {separator:?}");
        }
    }
    let japanese = "名前,都市\n田中さん,東京です\n鈴木さん,大阪です\n";
    let made = extract(&encoding_rs::SHIFT_JIS.encode(japanese).0, "csv");
    assert_eq!(made.markdown, "| 名前 | 都市 |\n| --- | --- |\n| 田中さん | 東京です |\n| 鈴木さん | 大阪です |\n");
}

/// By ISO 639-1, of text in many scripts, long and short.
#[test]
fn the_language_is_a_fact_when_there_is_little_doubt() {
    for (tag, text) in [
        ("ar", "يولد جميع الناس أحرارا متساوين في الكرامة والحقوق. وقد وهبوا عقلا وضميرا"),
        ("de", "Der Vertrag beginnt am ersten März und läuft, bis eine der beiden Seiten ihn schriftlich kündigt."),
        ("el", "Ο σταθμός ήταν άδειος και το τελευταίο τρένο είχε ήδη φύγει για τη θάλασσα."),
        ("en", "The station was empty, and the last train had already left for the sea without us."),
        ("fr", "La gare était vide, et le dernier train était déjà parti vers la mer sans nous attendre."),
        ("he", "התחנה הייתה ריקה, והרכבת האחרונה כבר יצאה אל הים בלעדינו."),
        (
            "hi",
            "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है। उन्हें बुद्धि और अन्तरात्मा की देन प्राप्त है और परस्पर उन्हें भाईचारे के भाव से बर्ताव करना चाहिए।",
        ),
        ("ja", "駅には誰もいなかった。最後の列車はもう海へ向かって出ていた。"),
        ("ko", "역은 텅 비어 있었고 마지막 기차는 이미 바다로 떠난 뒤였다."),
        (
            "ru",
            "Станция была пуста, и последний поезд уже ушёл к морю без нас. Мы решили ждать рассвета на перроне, потому что ничего другого не оставалось.",
        ),
        ("th", "สถานีว่างเปล่า และรถไฟขบวนสุดท้ายได้ออกเดินทางไปยังทะเลแล้ว"),
        ("zh", "车站空无一人，最后一班火车已经开往海边，没有等我们。"),
    ] {
        for text in [text.to_owned(), format!("{text}\n").repeat(2000)] {
            let made = extract(text.as_bytes(), "txt");
            assert_eq!(made.report.facts.language.as_deref(), Some(tag), "{} bytes", text.len());
        }
    }
}

#[test]
fn a_doubtful_language_is_no_fact() {
    let prose = "The station was empty, and the last train had already left for the sea without us.\n";
    let half = "La gare était vide, et le dernier train était déjà parti vers la mer sans nous attendre.\n";
    for (text, extension) in [
        ("4 711\n17.5\n2026-11-25\n".repeat(300), "txt"),
        ("Müller; Ngozi; Kowalski".into(), "csv"),
        ("x".repeat(50_000), "txt"),
        (format!("{}{}", prose.repeat(200), half.repeat(190)), "txt"),
        // Words in code are words of a program.
        (format!("// {prose}fn main() {{}}\n").repeat(50), "rs"),
        (format!("{{\"note\": {prose:?}}}"), "json"),
    ] {
        assert_eq!(extract(text.as_bytes(), extension).report.facts.language, None, "{:.40} {extension}", text);
    }
}
