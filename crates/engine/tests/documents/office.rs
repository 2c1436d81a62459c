//! Spreadsheets, presentations, OpenDocument, books: made by hand.

use crate::support::{extract, zip};
use model::Reason;

const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

fn relations(of: &[(&str, &str, &str)]) -> String {
    let each = |(id, kind, target): &(&str, &str, &str)| {
        let mode = if *kind == "hyperlink" { " TargetMode=\"External\"" } else { "" };
        format!("<Relationship Id=\"{id}\" Type=\"{RELATIONS}/{kind}\" Target=\"{target}\"{mode}/>")
    };
    format!("<Relationships>{}</Relationships>", of.iter().map(each).collect::<String>())
}

fn workbook(sheet: &str) -> Vec<u8> {
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
        (
            "xl/styles.xml",
            "<styleSheet><numFmts><numFmt numFmtId='170' formatCode='d.m.yyyy hh:mm'/></numFmts><cellXfs>\
             <xf numFmtId='0'/><xf numFmtId='14'/><xf numFmtId='170'/><xf numFmtId='9'/></cellXfs></styleSheet>",
        ),
        ("xl/worksheets/sheet1.xml", sheet),
    ])
}

#[test]
fn sheets_are_tables() {
    let sheet = "<worksheet><sheetData><row><c r='A1' t='s'><v>0</v></c><c r='C1' t='s'><v>1</v></c></row>\
                 <row><c r='A2' s='1'><v>45292</v></c><c r='B2' s='2'><v>45292.75</v></c><c r='C2' s='3'><v>0.125</v></c>\
                 <c r='D2'><v>0.10000000000000001</v></c><c r='E2' t='b'><v>1</v></c>\
                 <c r='F2' t='inlineStr'><is><t>in</t></is></c></row></sheetData></worksheet>";
    let made = extract(&workbook(sheet), "xlsx");
    assert_eq!(made.plain, "One\n\nword\t\trich\n2024-01-01\t2024-01-01 18:00\t12.5%\t0.1\tTRUE\tin\n\n");
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
    let linked =
        "<a:p><a:r><a:rPr><a:hlinkClick r:id='l'/></a:rPr><a:t>site</a:t></a:r><a:r><a:t> said</a:t></a:r></a:p>";
    let slide = [
        shape("<p:ph type='title'/>", &item("", "Title")),
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
        "<!-- page: 1 -->\n\n## Title\n\n- one\n  - inner\n\nnone\n\nb) b\nc) c\n\nplain\n\n[site](https://example.org/) said\n\n"
    );
}

#[test]
fn open_documents_are_read() {
    let odf = |kind: &str, body: &str| {
        zip(&[
            ("mimetype", &format!("application/vnd.oasis.opendocument.{kind}")),
            ("meta.xml", "<m><dc:title>T</dc:title><meta:initial-creator>A</meta:initial-creator></m>"),
            ("content.xml", &format!("<o:doc><office:body>{body}</office:body></o:doc>")),
        ])
    };
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
