//! Quotations, code within a line, and lists in cells: what one format after another makes of them.

use crate::office::{odf, odf_style, workbook_styled};
use crate::support::{extract, zip};

#[test]
fn quotations_code_and_lists_in_cells_of_web_pages_are_marked() {
    let page = "<!doctype html><h2>A<br>head</h2><p>Ann wrote:<blockquote type=cite><p>one<br>two<p>Bob wrote:<blockquote>three</blockquote>\
                <ul><li>four</ul></blockquote><p>Use <code>a<b>b</b></code> or <kbd>c</kbd>, not <tt>d`e</tt>.\
                <table><tr><th>k<th>v<tr><td>l<td>all:<ul><li>x<li>y</ul><ol start=2><li>z</ol></table>";
    let made = extract(page.as_bytes(), "html");
    assert_eq!(
        made.markdown,
        "## A head\n\nAnn wrote:\n\n> one  \n> two\n\n> Bob wrote:\n\n> > three\n\n> - four\n\nUse `ab` or `c`, not d`e.\n\n\
         | k | v |\n| --- | --- |\n| l | all:<br>- x<br>- y<br>2. z |\n\n"
    );
    assert_eq!(
        made.plain,
        "A\nhead\n\nAnn wrote:\n\none\ntwo\n\nBob wrote:\n\nthree\n\nfour\n\nUse ab or c, not d`e.\n\nk\tv\nl\tall: x y z\n\n"
    );
}

#[test]
fn styles_of_web_pages_make_bold_and_italic_and_take_it_away() {
    let page = "<!doctype html><b style='font-weight:normal' id=docs-internal>a <span style=\"color:#000;font-weight:700\">b</span> \
                <SPAN STYLE='Font-Style: Italic !important'>c</SPAN> <font face=x>d</font></b> <span>e <b>f</b></span> g";
    assert_eq!(extract(page.as_bytes(), "html").markdown, "a **b** *c* d e **f** g\n\n");
    let open = format!("<!doctype html>{}x", "<span style='font-style:italic'>".repeat(100_000));
    assert_eq!(extract(open.as_bytes(), "html").markdown, "*x*\n\n");
}

#[test]
fn quotations_code_and_lists_in_cells_of_word_documents_are_marked() {
    let style = |id: &str, name: &str, more: &str| {
        format!("<w:style w:styleId='{id}'><w:name w:val='{name}'/>{more}<w:rPr><w:i/></w:rPr></w:style>")
    };
    let styles = [
        style("Zitat", "Quote", ""),
        style("Z2", "Mine", "<w:basedOn w:val='Zitat'/>"),
        "<w:style w:styleId='K'><w:name w:val='Verbatim Char'/></w:style>".into(),
        "<w:style w:styleId='K2'><w:basedOn w:val='K'/><w:rPr><w:b/></w:rPr></w:style>".into(),
        style("L", "List Bullet", ""),
    ];
    let run = |style: &str, text: &str| {
        format!("<w:r><w:rPr><w:rStyle w:val='{style}'/></w:rPr><w:t xml:space='preserve'>{text}</w:t></w:r>")
    };
    let p = |style: &str, runs: &str| format!("<w:p><w:pPr><w:pStyle w:val='{style}'/></w:pPr>{runs}</w:p>");
    let row = |inside: &str| format!("<w:tr><w:tc>{inside}</w:tc></w:tr>");
    let body = [
        p("Zitat", "<w:r><w:t>said</w:t><w:br/><w:t>so</w:t></w:r>"),
        p("Z2", &run("", "again")),
        p("", &[run("", "call "), run("K2", "f("), run("K", ")"), run("", " now")].concat()),
        format!(
            "<w:tbl>{}{}</w:tbl>",
            row(&p("", &run("", "k"))),
            row(&[p("", &run("", "all:")), p("L", &run("", "x"))].concat())
        ),
    ];
    let file = zip(&[
        ("[Content_Types].xml", "<Types/>"),
        ("word/styles.xml", &format!("<w:styles>{}</w:styles>", styles.concat())),
        ("word/document.xml", &format!("<w:document><w:body>{}</w:body></w:document>", body.concat())),
    ]);
    let made = extract(&file, "docx");
    assert_eq!(made.markdown, "> said  \n> so\n\n> again\n\ncall `f()` now\n\n| k |\n| --- |\n| all:<br>- *x* |\n\n");
    assert_eq!(made.plain, "said\nso\n\nagain\n\ncall f() now\n\nk\nall: x\n\n");
}

#[test]
fn a_row_of_a_word_table_that_begins_late_stays_in_its_columns() {
    let cell = |text: &str| format!("<w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>");
    let late = format!("<w:tr><w:trPr><w:gridBefore w:val='1'/></w:trPr>{}</w:tr>", cell("c"));
    let body = format!("<w:tbl><w:tr>{}{}</w:tr>{late}</w:tbl>", cell("a"), cell("b"));
    assert_eq!(extract(&crate::docx::document(&body), "docx").markdown, "| a | b |\n| --- | --- |\n|  | c |\n\n");
    let many = format!("<w:tbl><w:tr>{}{}</w:tr></w:tbl>", "<w:gridBefore w:val='60'/>".repeat(20_000), cell("x"));
    assert_eq!(extract(&crate::docx::document(&many), "docx").plain, format!("{}x\n\n", "\t".repeat(60)));
}

#[test]
fn levels_of_a_word_list_that_are_left_out_count_as_begun() {
    let level = |at: usize, format: &str, text: &str| {
        format!("<w:lvl w:ilvl='{at}'><w:numFmt w:val='{format}'/><w:lvlText w:val='{text}'/></w:lvl>")
    };
    let levels = [level(0, "upperLetter", "%1."), level(1, "decimal", "%2."), level(2, "lowerLetter", "%3)")].concat();
    let numbering = format!(
        "<w:numbering><w:abstractNum w:abstractNumId='1'>{levels}</w:abstractNum><w:num w:numId='7'>\
         <w:abstractNumId w:val='1'/></w:num></w:numbering>"
    );
    let p = |depth: usize, text: &str| {
        format!(
            "<w:p><w:pPr><w:numPr><w:ilvl w:val='{depth}'/><w:numId w:val='7'/></w:numPr></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"
        )
    };
    let body = [p(0, "a"), p(2, "b"), p(1, "c"), p(0, "d"), p(1, "e")].concat();
    let file = zip(&[
        ("[Content_Types].xml", "<Types/>"),
        ("word/numbering.xml", &numbering),
        ("word/document.xml", &format!("<w:document><w:body>{body}</w:body></w:document>")),
    ]);
    assert_eq!(extract(&file, "docx").markdown, "- A. a\n  - a) b\n\n  2. c\n- B. d\n  1. e\n\n");
}

#[test]
fn quotations_code_and_lists_in_cells_of_open_documents_are_marked() {
    let named = [odf_style("paragraph", "Quotations", "", ""), odf_style("text", "Source_20_Text", "", "")];
    let automatic = [
        odf_style("paragraph", "P1", "Quotations", ""),
        odf_style("text", "T1", "Source_20_Text", "fo:font-weight='bold'"),
    ];
    let cell =
        |inside: &str| format!("<table:table-row><table:table-cell>{inside}</table:table-cell></table:table-row>");
    let item = |text: &str| format!("<text:list-item><text:p>{text}</text:p></text:list-item>");
    let body = [
        "<text:p text:style-name='P1'>said<text:line-break/>so</text:p>".to_owned(),
        "<text:p>call <text:span text:style-name='T1'>f()</text:span> now</text:p>".to_owned(),
        format!(
            "<table:table>{}{}</table:table>",
            cell("<text:p>k</text:p>"),
            cell(&format!("<text:p>all:</text:p><text:list>{}{}</text:list>", item("x"), item("y")))
        ),
    ];
    let made = extract(&odf("text", &named.concat(), &automatic.concat(), &body.concat()), "odt");
    assert_eq!(made.markdown, "> said  \n> so\n\ncall `f()` now\n\n| k |\n| --- |\n| all:<br>- x<br>- y |\n\n");
    assert_eq!(made.plain, "said\nso\n\ncall f() now\n\nk\nall: x y\n\n");
}

#[test]
fn numbers_of_workbooks_have_their_currency() {
    let styles = "<styleSheet><numFmts><numFmt numFmtId='170' formatCode='_(\"$\"* #,##0.00_);[Red]\\(\"$\"* #,##0.00\\)'/>\
                  <numFmt numFmtId='171' formatCode='#,##0.00\\ [$€-407]'/></numFmts><cellXfs><xf numFmtId='0'/><xf numFmtId='170'/>\
                  <xf numFmtId='171'/></cellXfs></styleSheet>";
    let sheet = "<worksheet><sheetData><row><c s='1'><v>1234.5</v></c><c s='1'><v>-2</v></c><c s='2'><v>0.1</v></c><c s='1' t='str'><v>x</v>\
                 </c></row></sheetData></worksheet>";
    assert_eq!(extract(&workbook_styled(styles, sheet), "xlsx").plain, "One\n\n$1234.50\t-$2.00\t0.10 €\tx\n\n");
}
