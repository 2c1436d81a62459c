//! Presentations: what stands among their shapes, and what they draw.

use crate::support::{extract, zip};

/// What stands after the number of a slide was lost, because it was taken for that number.
#[test]
fn a_table_after_the_number_of_a_slide_is_read() {
    let slide = "<p:sld><p:cSld><p:spTree>\
                 <p:sp><p:nvSpPr><p:nvPr><p:ph type='sldNum'/></p:nvPr></p:nvSpPr><p:txBody><a:p><a:r><a:t>7</a:t></a:r></a:p></p:txBody></p:sp>\
                 <p:graphicFrame><a:tbl><a:tr><a:tc><a:txBody><a:p><a:r><a:t>kept</a:t></a:r></a:p></a:txBody></a:tc></a:tr></a:tbl></p:graphicFrame>\
                 </p:spTree></p:cSld></p:sld>";
    let made = extract(&presentation_of(slide, ""), "pptx");
    assert_eq!(made.plain, "kept\n\n");
}

#[test]
fn charts_have_their_titles_and_labels() {
    let chart = "<c:chartSpace><c:chart><c:title><c:tx><c:rich><a:p><a:r><a:t>Sales of </a:t></a:r><a:r><a:t>2024</a:t></a:r></a:p>\
                 </c:rich></c:tx></c:title><c:ser><c:val><c:numCache><c:pt><c:v>7</c:v></c:pt></c:numCache></c:val></c:ser></c:chart></c:chartSpace>";
    let relation = "<Relationship Id='c1' Type='x/chart' Target='../charts/chart1.xml'/>";
    assert_eq!(
        extract(&presentation_of("<p:sld/>", &format!("{relation}|{chart}")), "pptx").plain,
        "Sales of 2024\n\n"
    );
    let document = zip(&[
        ("[Content_Types].xml", "<Types/>"),
        ("word/document.xml", "<w:document><w:body><w:p><w:r><w:t>text</w:t></w:r></w:p></w:body></w:document>"),
        (
            "word/_rels/document.xml.rels",
            "<Relationships><Relationship Id='c1' Type='x/chart' Target='charts/chart1.xml'/></Relationships>",
        ),
        ("word/charts/chart1.xml", chart),
    ]);
    assert_eq!(extract(&document, "docx").plain, "text\n\nSales of 2024\n\n");
}

/// A presentation of one slide, with the relation of the slide to a chart and the chart, if any.
fn presentation_of(slide: &str, chart: &str) -> Vec<u8> {
    let (relation, chart) = chart.split_once('|').unwrap_or_default();
    zip(&[
        ("[Content_Types].xml", "<Types/>"),
        ("ppt/presentation.xml", "<p:presentation><p:sldIdLst><p:sldId r:id='r1'/></p:sldIdLst></p:presentation>"),
        (
            "ppt/_rels/presentation.xml.rels",
            "<Relationships><Relationship Id='r1' Type='x/slide' Target='slides/slide1.xml'/></Relationships>",
        ),
        ("ppt/slides/slide1.xml", slide),
        ("ppt/slides/_rels/slide1.xml.rels", &format!("<Relationships>{relation}</Relationships>")),
        ("ppt/charts/chart1.xml", if chart.is_empty() { "<c:chartSpace/>" } else { chart }),
    ])
}
