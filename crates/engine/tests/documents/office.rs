//! Spreadsheets, presentations, OpenDocument, books: made by hand.

use crate::support::{extract, zip};
use model::Reason;

const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// The relations of a part: id, the end of the type, target.
pub fn relations(of: &[(&str, &str, &str)]) -> String {
    let each = |(id, kind, target): &(&str, &str, &str)| {
        let mode = if *kind == "hyperlink" { " TargetMode=\"External\"" } else { "" };
        format!("<Relationship Id=\"{id}\" Type=\"{RELATIONS}/{kind}\" Target=\"{target}\"{mode}/>")
    };
    format!("<Relationships>{}</Relationships>", of.iter().map(each).collect::<String>())
}

fn workbook(sheet: &str) -> Vec<u8> {
    let styles = "<styleSheet><numFmts><numFmt numFmtId='170' formatCode='d.m.yyyy hh:mm'/></numFmts><cellXfs>\
                  <xf numFmtId='0'/><xf numFmtId='14'/><xf numFmtId='170'/><xf numFmtId='9'/></cellXfs></styleSheet>";
    workbook_styled(styles, sheet)
}

/// A workbook of one sheet with these styles.
pub fn workbook_styled(styles: &str, sheet: &str) -> Vec<u8> {
    zip(&[
        ("_rels/.rels", &relations(&[("a", "officeDocument", "xl/workbook.xml")])),
        (
            "xl/_rels/workbook.xml.rels",
            &relations(&[
                ("s1", "worksheet", "worksheets/sheet1.xml"),
                ("s2", "sharedStrings", "/xl/sharedStrings.xml"),
                ("s3", "styles", "styles.xml"),
            ]),
        ),
        ("xl/workbook.xml", "<workbook xmlns:r='r'><sheets><sheet name='One' r:id='s1'/></sheets></workbook>"),
        (
            "xl/sharedStrings.xml",
            "<sst count='9999999'><si><t>word</t></si><si><r><t>ri</t></r><r><t>ch</t></r></si></sst>",
        ),
        ("xl/styles.xml", styles),
        ("xl/worksheets/sheet1.xml", sheet),
    ])
}

#[test]
fn sheets_are_tables() {
    let sheet = "<worksheet><sheetData><row><c r='A1' t='s'><v>0</v></c><c r='C1' t='s'><v>1</v></c></row>\
                 <row><c r='A2' s='1'><v>45292</v></c><c r='B2' s='2'><v>45292.75</v></c><c r='C2' s='3'><v>0.125</v></c>\
                 <c r='D2'><v>0.10000000000000001</v></c><c r='E2' t='b'><v>1</v></c>\
                 <c r='F2' t='inlineStr'><is><t>in</t></is></c><c r='G2'><v>120.0</v></c><c r='H2'><v>120</v></c></row></sheetData>\
                 </worksheet>";
    let made = extract(&workbook(sheet), "xlsx");
    assert_eq!(made.plain, "One\n\nword\t\trich\n2024-01-01\t2024-01-01 18:00\t12.5%\t0.1\tTRUE\tin\t120\t120\n\n");
    assert_eq!(made.report.facts.pages, Some(1));
}

#[test]
fn cells_far_apart_cost_no_more_than_two_cells() {
    let sheet = "<worksheet><sheetData><row r='1'><c r='A1'><v>1</v></c></row><row r='1048576'>\
                 <c r='XFD1048576'><v>2</v></c></row></sheetData></worksheet>";
    let made = extract(&workbook(sheet), "xlsx");
    assert_eq!(made.plain.split_whitespace().collect::<Vec<_>>(), ["One", "1", "2"]);
    assert!(made.plain.len() < 200);
}

#[test]
fn a_lone_title_above_a_table_does_not_hide_its_columns() {
    let sheet = "<worksheet><sheetData><row><c r='A1' t='s'><v>0</v></c></row><row><c r='A2'><v>1</v></c>\
                 <c r='B2'><v>2</v></c><c r='C2'><v>3</v></c></row></sheetData></worksheet>";
    let made = extract(&workbook(sheet), "xlsx");
    assert!(made.markdown.ends_with("| word |  |  |\n| --- | --- | --- |\n| 1 | 2 | 3 |\n\n"), "{}", made.markdown);
}

#[test]
fn slides_are_pages() {
    let slide = |title: &str, text: &str| {
        format!(
            "<p:sld><p:sp><p:nvPr><p:ph type='title'/></p:nvPr><a:p><a:r><a:t>{title}</a:t></a:r></a:p></p:sp>\
             <p:sp><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:sp></p:sld>"
        )
    };
    let made = extract(
        &zip(&[
            ("ppt/presentation.xml", "<p:p xmlns:r='r'><p:sldId id='1' r:id='b'/><p:sldId id='2' r:id='a'/></p:p>"),
            (
                "ppt/_rels/presentation.xml.rels",
                &relations(&[("a", "slide", "slides/slide1.xml"), ("b", "slide", "slides/slide2.xml")]),
            ),
            ("ppt/slides/slide1.xml", &slide("Last", "end")),
            ("ppt/slides/slide2.xml", &slide("First", "begin")),
            ("ppt/slides/_rels/slide2.xml.rels", &relations(&[("n", "notesSlide", "../notesSlides/notesSlide1.xml")])),
            ("ppt/notesSlides/notesSlide1.xml", "<p:notes><a:p><a:t>say this</a:t></a:p></p:notes>"),
        ]),
        "pptx",
    );
    assert_eq!(made.plain, "First\n\nbegin\n\nsay this\n\n\u{c}Last\n\nend\n\n");
    assert_eq!(made.report.facts.pages, Some(2));
}

/// A slide says of its bullets only what differs from its layout, and the layout only what differs from its master.
#[test]
fn slides_have_the_lists_of_their_layout_and_links() {
    let item = |properties: &str, text: &str| format!("<a:p>{properties}<a:r><a:t>{text}</a:t></a:r></a:p>");
    let shape = |place: &str, text: &str| format!("<p:sp><p:nvPr>{place}</p:nvPr><p:txBody>{text}</p:txBody></p:sp>");
    let body = [
        item("", "one"),
        item("<a:pPr lvl='1'/>", "inner"),
        item("<a:pPr><a:buNone/></a:pPr>", "none"),
        item("<a:pPr><a:buAutoNum type='alphaLcParenR' startAt='2'/></a:pPr>", "b"),
        item("<a:pPr><a:buAutoNum type='alphaLcParenR' startAt='2'/></a:pPr>", "c"),
    ];
    let linked = "<a:p><a:r><a:rPr b='1'><a:hlinkClick r:id='l'/></a:rPr><a:t>site</a:t></a:r><a:r><a:t> said </a:t></a:r>\
         <a:r><a:rPr b='0' i='1'/><a:t>so</a:t></a:r></a:p>";
    let slide = [
        shape("<p:ph type='title'/>", "<a:p><a:r><a:rPr b='1'/><a:t>Title</a:t></a:r></a:p>"),
        shape("<p:ph idx='1'/>", &body.concat()),
        shape("<p:ph type='body' idx='2'/>", &item("", "plain")),
        shape("", linked),
    ];
    let style = |level: u32, mark: &str| format!("<a:lvl{level}pPr>{mark}</a:lvl{level}pPr>");
    let plain = format!("<a:lstStyle>{}</a:lstStyle>", style(1, "<a:buNone/>"));
    let made = extract(
        &zip(&[
            ("ppt/presentation.xml", "<p:p xmlns:r='r'><p:sldId id='1' r:id='s'/></p:p>"),
            ("ppt/_rels/presentation.xml.rels", &relations(&[("s", "slide", "slides/slide1.xml")])),
            ("ppt/slides/slide1.xml", &format!("<p:sld xmlns:r='r'>{}</p:sld>", slide.concat())),
            (
                "ppt/slides/_rels/slide1.xml.rels",
                &relations(&[
                    ("y", "slideLayout", "../slideLayouts/slideLayout1.xml"),
                    ("l", "hyperlink", "https://example.org/"),
                ]),
            ),
            (
                "ppt/slideLayouts/slideLayout1.xml",
                &format!(
                    "<p:l>{}{}</p:l>",
                    shape("<p:ph idx='1'/>", "<a:lstStyle/>"),
                    shape("<p:ph type='body' idx='2'/>", &plain)
                ),
            ),
            (
                "ppt/slideLayouts/_rels/slideLayout1.xml.rels",
                &relations(&[("m", "slideMaster", "../slideMasters/slideMaster1.xml")]),
            ),
            (
                "ppt/slideMasters/slideMaster1.xml",
                &format!(
                    "<p:m><p:titleStyle>{}</p:titleStyle><p:bodyStyle>{}{}</p:bodyStyle></p:m>",
                    style(1, "<a:buNone/>"),
                    style(1, "<a:buChar char='•'/>"),
                    style(2, "<a:buChar char='–'/>")
                ),
            ),
        ]),
        "pptx",
    );
    assert_eq!(
        made.markdown,
        "<!-- page: 1 -->\n\n## Title\n\n- one\n  - inner\n\nnone\n\n- b) b\n- c) c\n\nplain\n\n[**site**](https://example.org/) said *so*\n\n"
    );
}

/// What a layout and its master have beside the places that slides fill is shown on every slide, and said once.
#[test]
fn what_stands_behind_slides_is_said_once() {
    let shape = |place: &str, text: &str| {
        format!("<p:sp><p:nvPr>{place}</p:nvPr><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:sp>")
    };
    let slide = |number: usize, shows: &str| {
        [
            (
                format!("ppt/slides/slide{number}.xml"),
                format!("<p:sld {shows}>{}</p:sld>", shape("", &format!("s{number}"))),
            ),
            (
                format!("ppt/slides/_rels/slide{number}.xml.rels"),
                relations(&[("y", "slideLayout", "../slideLayouts/slideLayout1.xml")]),
            ),
        ]
    };
    let layout = shape("<p:ph type='body'/>", "Click to edit") + &shape("", "layout");
    let presentation = "<p xmlns:r='r'><p:sldId r:id='a'/><p:sldId r:id='b'/><p:sldId r:id='c'/></p>";
    let numbered = [slide(1, "showMasterSp='0'"), slide(2, ""), slide(3, "")].concat();
    let mut parts = vec![
        ("ppt/presentation.xml".to_owned(), presentation.to_owned()),
        (
            "ppt/_rels/presentation.xml.rels".into(),
            relations(&[
                ("a", "slide", "slides/slide1.xml"),
                ("b", "slide", "slides/slide2.xml"),
                ("c", "slide", "slides/slide3.xml"),
            ]),
        ),
        ("ppt/slideLayouts/slideLayout1.xml".into(), format!("<p:sldLayout>{layout}</p:sldLayout>")),
        (
            "ppt/slideLayouts/_rels/slideLayout1.xml.rels".into(),
            relations(&[("m", "slideMaster", "../slideMasters/slideMaster1.xml")]),
        ),
        ("ppt/slideMasters/slideMaster1.xml".into(), format!("<p:sldMaster>{}</p:sldMaster>", shape("", "master"))),
    ];
    parts.extend(numbered);
    let parts: Vec<(&str, &str)> = parts.iter().map(|(name, content)| (name.as_str(), content.as_str())).collect();
    assert_eq!(extract(&zip(&parts), "pptx").plain, "s1\n\n\u{c}s2\n\nlayout\n\nmaster\n\n\u{c}s3\n\n");
}

#[test]
fn open_documents_are_read() {
    let odf = |kind, body| odf(kind, "", "", body);
    let text = "<text:h text:outline-level='2'>Head</text:h><text:tracked-changes><text:p>gone</text:p>\
                </text:tracked-changes><text:p>a<text:s text:c='2'/>b<text:note><text:note-body><text:p>n</text:p>\
                </text:note-body></text:note></text:p><text:list><text:list-item><text:p>item</text:p></text:list-item>\
                </text:list>";
    let made = extract(&odf("text", text), "odt");
    assert_eq!(made.markdown, "## Head\n\na  b (n)\n\n- item\n\n");
    assert_eq!((made.report.facts.title.as_deref(), made.report.facts.author.as_deref()), (Some("T"), Some("A")));
    let cell = |text: &str| format!("<table:table-cell><text:p>{text}</text:p></table:table-cell>");
    let sheet = format!(
        "<table:table table:name='S'><table:table-row>{}{}<table:table-cell table:number-columns-repeated='16000'/>\
         </table:table-row></table:table>",
        cell("1"),
        cell("2")
    );
    assert_eq!(extract(&odf("spreadsheet", &sheet), "ods").plain, "S\n\n1\t2\n\n");
    let slides = "<draw:page><text:p>one</text:p></draw:page><draw:page><text:p>two</text:p></draw:page>";
    assert_eq!(extract(&odf("presentation", slides), "odp").plain, "one\n\n\u{c}two\n\n");
    let locked = zip(&[
        ("mimetype", "application/vnd.oasis.opendocument.text"),
        ("META-INF/manifest.xml", "<manifest:encryption-data/>"),
    ]);
    assert_eq!(extract(&locked, "odt").reason(), Some(Reason::Encrypted));
}

/// An OpenDocument file with these styles of its own, those of the document, and that text.
pub fn odf(kind: &str, named: &str, automatic: &str, body: &str) -> Vec<u8> {
    zip(&[
        ("mimetype", &format!("application/vnd.oasis.opendocument.{kind}")),
        ("meta.xml", "<m><dc:title>T</dc:title><meta:initial-creator>A</meta:initial-creator></m>"),
        ("styles.xml", &format!("<o:s><office:styles>{named}</office:styles></o:s>")),
        ("content.xml", &format!("<o:doc><office:a>{automatic}</office:a><office:body>{body}</office:body></o:doc>")),
    ])
}

pub fn odf_style(family: &str, name: &str, parent: &str, text: &str) -> String {
    format!(
        "<style:style style:name='{name}' style:family='{family}' style:parent-style-name='{parent}'>\
         <style:paragraph-properties/><style:text-properties {text}/></style:style>"
    )
}

#[test]
fn bold_and_italic_of_open_documents_are_marked() {
    let named = [
        odf_style("text", "Strong", "", "fo:font-weight='bold'"),
        odf_style("paragraph", "Quote", "", "fo:font-style='italic'"),
        odf_style("paragraph", "Heading_20_1", "", "fo:font-weight='bold'"),
    ];
    let automatic = [
        odf_style("paragraph", "P1", "Quote", ""),
        odf_style("text", "T1", "Strong", "fo:font-style='oblique'"),
        odf_style("text", "T2", "", "fo:font-weight='700'"),
        odf_style("text", "T3", "", "fo:font-style='normal'"),
    ];
    let span = |style: &str, text: &str| format!("<text:span text:style-name='{style}'>{text}</text:span>");
    let cell = |text: &str| format!("<table:table-cell><text:p>{text}</text:p></table:table-cell>");
    let row = |text: &str| format!("<table:table-row>{}</table:table-row>", cell(text));
    let body = [
        format!("<text:h text:style-name='Heading_20_1'>{}</text:h>", span("T2", "Head")),
        format!("<text:p>a {}b{}c</text:p>", span("Strong", "bold "), span("T1", &span("T2", "both"))),
        format!("<text:p text:style-name='P1'>said {} so</text:p>", span("T3", "he")),
        format!("<table:table>{}{}</table:table>", row(&span("T2", "Key")), row(&span("T2", "one"))),
    ];
    let made = extract(&odf("text", &named.concat(), &automatic.concat(), &body.concat()), "odt");
    assert_eq!(
        made.markdown,
        "# Head\n\na **bold** b***both***c\n\n*said* he *so*\n\n| Key |\n| --- |\n| **one** |\n\n"
    );
    assert_eq!(made.plain, "Head\n\na bold bbothc\n\nsaid he so\n\nKey\none\n\n");
}

/// The numbers of a list are those of its style, level by level, and go on or begin anew as the document says.
#[test]
fn lists_and_headings_of_open_documents_have_their_numbers() {
    let number = |level: u32, more: &str| format!("<text:list-level-style-number text:level='{level}' {more}/>");
    let automatic = format!(
        "<text:list-style style:name='L'>{}<text:list-level-style-bullet text:level='2'/>{}</text:list-style>",
        number(1, "style:num-format='a' style:num-suffix=')'"),
        number(3, "style:num-format='I' style:num-prefix='(' style:num-suffix=')' text:start-value='4'")
    );
    let named = "<text:outline-style><text:outline-level-style text:level='1' style:num-format='1' style:num-suffix='.'/>\
                 <text:outline-level-style text:level='2' style:num-format='1' text:display-levels='2'/></text:outline-style>";
    let p = |text: &str| format!("<text:p>{text}</text:p>");
    let item = |inside: &str| format!("<text:list-item>{inside}</text:list-item>");
    let inner = |inside: &str| format!("<text:list>{inside}</text:list>");
    let list = |more: &str, inside: &str| format!("<text:list text:style-name='L' {more}>{inside}</text:list>");
    let h = |level: u32, text: &str| format!("<text:h text:outline-level='{level}'>{text}</text:h>");
    let body = [
        h(1, "One"),
        h(2, "Two"),
        h(1, "Three"),
        list("", &[item(&(p("a") + &p("more"))), item(&(p("b") + &inner(&item(&p("dot")))))].concat()),
        list("text:continue-numbering='true'", &item(&p("c"))),
        list("", &[item(&p("anew")), item(&inner(&item(&inner(&item(&p("deep"))))))].concat()),
    ];
    let made = extract(&odf("text", named, &automatic, &body.concat()), "odt");
    assert_eq!(
        made.markdown,
        "# 1. One\n\n## 1.1 Two\n\n# 2. Three\n\n- a) a\n\n  more\n\n- b) b\n  - dot\n- c) c\n\n- a) anew\n  - (IV) deep\n\n"
    );
}

#[test]
fn notes_and_comments_of_open_documents_do_not_stick_to_words() {
    let note = "<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>One.</text:p><text:p>Two.\
                </text:p></text:note-body></text:note>";
    let comment = "<office:annotation><dc:creator>Ann</dc:creator><dc:date>2020-01-01</dc:date><text:p>Why?</text:p>\
                   </office:annotation>";
    let body = format!("<text:p>word{note} and{comment}\n   more<text:date>today</text:date></text:p>");
    let made = extract(&odf("text", "", "", &body), "odt");
    assert_eq!(made.plain, "word (One. Two.) and moretoday\n\nComment by Ann: Why?\n\n");
    let cell = format!("<table:table-cell>{comment}<text:p>5</text:p></table:table-cell>");
    let row = format!("<table:table-row table:number-rows-repeated='2'>{cell}</table:table-row>");
    let made = extract(&odf("spreadsheet", "", "", &format!("<table:table table:name='S'>{row}</table:table>")), "ods");
    assert_eq!(made.plain, "S\n\n5 Comment by Ann: Why?\n5 Comment by Ann: Why?\n\n");
}

#[test]
fn slides_of_open_documents_have_their_titles() {
    let frame = |class: &str, text: &str| {
        format!(
            "<draw:frame presentation:class='{class}'><draw:text-box><text:p>{text}</text:p></draw:text-box></draw:frame>"
        )
    };
    let page = format!("<draw:page>{}{}</draw:page>", frame("title", "Title"), frame("subtitle", "text"));
    let made = extract(&odf("presentation", "", "", &page), "odp");
    assert_eq!(made.markdown, "<!-- page: 1 -->\n\n## Title\n\ntext\n\n");
}

#[test]
fn books_are_read_along_their_spine() {
    let made = extract(
        &zip(&[
            ("mimetype", "application/epub+zip"),
            ("META-INF/container.xml", "<c><rootfile full-path='O/c.opf'/></c>"),
            (
                "O/c.opf",
                "<p><dc:title>B</dc:title><item id='b' href='two.xhtml'/><item id='a' href='one.xhtml'/>\
                 <itemref idref='a'/><itemref idref='b'/><itemref idref='a'/></p>",
            ),
            ("O/one.xhtml", "<html><body><h1>One</h1></body></html>"),
            ("O/two.xhtml", "<html><body><p>Two</p></body></html>"),
        ]),
        "epub",
    );
    assert_eq!(made.plain, "One\n\n\u{c}Two\n\n");
    assert_eq!(made.report.facts.title.as_deref(), Some("B"));
}
