//! PDF: tables, lists, headings, columns and the edges of pages.

use crate::pdf_maker::{Maker, prose, words};
use crate::support::extract;

/// The Markdown of one page that draws this, without its anchor.
fn markdown(content: &str) -> String {
    let mut maker = Maker::default();
    maker.page(content, "", "");
    extract(&maker.finish("", ""), "pdf").markdown.trim_start_matches("<!-- page: 1 -->\n\n").to_owned()
}

/// Lines of a table from these columns and rows.
fn lines(columns: &[u32], rows: &[u32]) -> String {
    let (left, right) = (columns[0], columns[columns.len() - 1]);
    let (top, bottom) = (rows[0], rows[rows.len() - 1]);
    let across = rows.iter().map(|y| format!("{left} {y} m {right} {y} l S\n"));
    let down = columns.iter().map(|x| format!("{x} {bottom} 1 {} re f\n", top - bottom));
    across.chain(down).collect()
}

#[test]
fn lines_make_a_table_however_narrow_its_gaps_are() {
    let content = lines(&[50, 100, 150, 200], &[720, 700, 680])
        + "BT /F1 10 Tf 55 705 Td (Nameee) Tj 49 0 Td (City) Tj 50 0 Td (Price) Tj ET\n"
        + &words(55, 685, 10, "Ann")
        + &words(155, 685, 10, "3.50");
    assert_eq!(markdown(&content), "| Nameee | City | Price |\n| --- | --- | --- |\n| Ann |  | 3.50 |\n\n");
}

#[test]
fn a_cell_over_two_columns_and_a_cell_of_two_lines() {
    let content = lines(&[50, 250], &[740, 700, 660])
        + "150 660 1 40 re f\n"
        + &words(60, 715, 10, "Both columns")
        + &words(60, 685, 10, "two lines in")
        + &words(60, 672, 10, "one cell")
        + &words(160, 680, 10, "right");
    assert_eq!(markdown(&content), "| Both columns |  |\n| --- | --- |\n| two lines in one cell | right |\n\n");
}

#[test]
fn rows_without_lines_between_them_are_rows() {
    let mut content =
        lines(&[50, 150, 250], &[740, 720, 640]) + &words(60, 726, 10, "Set") + &words(160, 726, 10, "Size");
    for (at, (name, size)) in [("One", "10"), ("Two", ""), ("Three", "30")].iter().enumerate() {
        let y = 700 - at as u32 * 20;
        content += &(words(60, y, 10, name) + &if size.is_empty() { String::new() } else { words(160, y, 10, size) });
    }
    assert_eq!(markdown(&content), "| Set | Size |\n| --- | --- |\n| One | 10 |\n| Two |  |\n| Three | 30 |\n\n");
}

#[test]
fn columns_without_lines_are_a_table_with_cells_missing() {
    let row = |y: u32, cells: [&str; 3]| -> String {
        let places = [50, 200, 350];
        cells.iter().zip(places).filter(|(text, _)| !text.is_empty()).map(|(text, x)| words(x, y, 10, text)).collect()
    };
    let content =
        row(700, ["Name", "City", "Price"]) + &row(685, ["Ann", "", "3.50"]) + &row(670, ["Bob", "Rome", "4.20"]);
    assert_eq!(
        markdown(&content),
        "| Name | City | Price |\n| --- | --- | --- |\n| Ann |  | 3.50 |\n| Bob | Rome | 4.20 |\n\n"
    );
}

#[test]
fn items_hang_and_numbers_count() {
    let content = words(50, 700, 10, "1. The first item of the list goes on")
        + &words(62, 688, 10, "below itself")
        + &words(50, 676, 10, "2. The second item")
        + &words(50, 664, 10, "\\225 A dot that goes on in")
        + &words(62, 652, 10, "the next line");
    let font = "/F2 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>";
    let mut maker = Maker::default();
    maker.page(&content.replace("/F1", "/F2"), "", font);
    let made = extract(&maker.finish("", ""), "pdf");
    assert_eq!(
        made.markdown.trim_start_matches("<!-- page: 1 -->\n\n"),
        "1. The first item of the list goes on below itself\n\n2. The second item\n\n\
         - A dot that goes on in the next line\n\n"
    );
}

#[test]
fn a_number_makes_a_heading_of_a_line_that_ends_early() {
    let content = words(50, 714, 11, "2.1 The method") + &prose(700);
    assert!(markdown(&content).starts_with("### 2.1 The method\n\nThe body of this page"), "{}", markdown(&content));
}

#[test]
fn the_edges_of_pages_are_written_once_and_their_numbers_never() {
    let mut maker = Maker::default();
    for number in 1..=4 {
        let page =
            words(50, 780, 9, "Report of the year") + &prose(700) + &words(300, 20, 9, &format!("Page {number}"));
        maker.page(&page, "", "");
    }
    let made = extract(&maker.finish("", ""), "pdf");
    assert_eq!(made.markdown.matches("Report of the year").count(), 1, "{}", made.markdown);
    assert_eq!(made.plain.matches("Report of the year").count(), 4, "the plain text has all");
    assert!(made.plain.contains("Page 3"));
    assert!(!made.markdown.contains("Page 3"), "{}", made.markdown);
}

#[test]
fn a_drawing_of_lines_is_no_table() {
    let net: String = (0..4_000u32).map(|at| format!("{} 100 m {} 700 l S\n", at % 600, at % 600)).collect();
    let content = net + &words(50, 710, 10, "A hatched area");
    assert_eq!(markdown(&content), "A hatched area\n\n");
}

#[test]
fn words_that_begin_like_markdown_stay_words() {
    assert_eq!(markdown(&words(50, 700, 10, "# 3 is the number")), "\\# 3 is the number\n\n");
}

#[test]
fn rows_without_lines_between_them_may_have_long_notes() {
    let mut content =
        lines(&[50, 120, 190, 440], &[740, 720, 650]) + &words(60, 726, 10, "Set") + &words(130, 726, 10, "Kind");
    for (at, name) in ["One", "Two", "Three"].iter().enumerate() {
        let y = 706 - at as u32 * 20;
        let note = format!("A note about it that goes on to the edge, {name} of three");
        content += &(words(60, y, 10, name) + &words(130, y, 10, "F") + &words(200, y, 10, &note));
    }
    let made = markdown(&content);
    assert!(made.contains("| Two | F | A note about it that goes on to the edge, Two of three |\n"), "{made}");
}

#[test]
fn numbers_say_how_deep_titles_are_whose_sizes_are_near() {
    let content = words(50, 760, 12, "Abstract")
        + &prose(744)
        + &words(50, 700, 12, "1. Introduction")
        + &prose(684)
        + &words(50, 640, 12, "1.1 Method")
        + &prose(624);
    let made = markdown(&content.replace("/F1 11", "/F1 10"));
    let titles: Vec<&str> = made.lines().filter(|line| line.starts_with('#')).collect();
    assert_eq!(titles, ["### Abstract", "## 1. Introduction", "### 1.1 Method"], "as many are sections as are deeper");
    let made = markdown(&(content + &words(50, 580, 12, "2. Results") + &prose(564)).replace("/F1 11", "/F1 10"));
    assert!(made.starts_with("## Abstract\n\n"), "{made}");
}

/// A listing below running text.
fn code(lines: [&str; 4]) -> String {
    let lines = lines.iter().enumerate().map(|(at, line)| {
        let indent = line.len() - line.trim_start().len();
        words(50 + indent as u32 * 6, 640 - at as u32 * 12, 10, line.trim_start()).replace("/F1", "/F2")
    });
    prose(700) + &prose(672) + &lines.collect::<String>()
}

const COURIER: &str = "/F2 << /Type /Font /Subtype /Type1 /BaseFont /Courier >>";

#[test]
fn a_listing_keeps_its_lines_and_indents() {
    let mut maker = Maker::default();
    maker.page(&code(["while left > 0 {", "    left -= 1;", "}", "print left;"]), "", COURIER);
    let made = extract(&maker.finish("", ""), "pdf");
    let listing = "\n\n```\nwhile left > 0 {\n    left -= 1;\n}\nprint left;\n```\n\n";
    assert!(made.markdown.ends_with(listing), "{}", made.markdown);
    assert!(!made.plain.contains('`'), "{}", made.plain);
}

#[test]
fn what_a_typewriter_wrote_is_no_listing() {
    let mut maker = Maker::default();
    let page = code(["These lines are set", "as all of this page", "is set, which is by", "a typewriter."]);
    maker.page(&page.replace("/F1", "/F2"), "", COURIER);
    let made = extract(&maker.finish("", ""), "pdf");
    assert!(made.markdown.ends_with("These lines are set as all of this page is set, which is by a typewriter.\n\n"));
}

#[test]
fn a_title_in_the_letters_of_the_text_stands_alone() {
    let title = words(50, 714, 11, "Locking nuts");
    let made = markdown(&(title + &prose(700)));
    assert!(made.starts_with("Locking nuts\n\nThe body of this page"), "{made}");
}

#[test]
fn a_title_left_of_the_text_before_it_begins_anew() {
    let content = words(70, 700, 10, "a\\) The set is closed and so is what is left of it.")
        + &words(50, 688, 10, "Remark 3")
        + &words(70, 676, 10, "Let it be open.");
    assert_eq!(
        markdown(&content),
        "a) The set is closed and so is what is left of it.\n\nRemark 3\n\nLet it be open.\n\n"
    );
}

#[test]
fn small_roman_numbers_count() {
    let content = words(50, 700, 10, "\\(i\\) one")
        + &words(50, 688, 10, "\\(ii\\) two and")
        + &words(65, 676, 10, "more")
        + &words(50, 664, 10, "\\(iii\\) three");
    assert_eq!(markdown(&content), "(i) one\n\n(ii) two and more\n\n(iii) three\n\n");
}

#[test]
fn the_value_of_a_low_field_stands_beside_its_label() {
    let mut maker = Maker::default();
    let field = "/Annots [<< /Type /Annot /Subtype /Widget /FT /Tx /T (a) /V (Alice) /Rect [110 699 190 706] >>]";
    let labels = words(50, 700, 11, "First name") + &words(200, 700, 11, "Last name") + &words(50, 640, 11, "Town");
    maker.page(&labels, field, "");
    let made = extract(&maker.finish("", ""), "pdf");
    assert!(made.plain.starts_with("First name\tAlice\tLast name\n"), "{}", made.plain);
}
