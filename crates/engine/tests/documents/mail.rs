//! Mails as they are sent and as Outlook saves them.

use crate::support::{compound, extract, extract_within, sample};
use model::{Limits, Reason};

#[test]
fn mails_have_a_head_a_text_and_a_list_of_attachments() {
    let made = extract(&sample("eml/attachments.eml"), "eml");
    assert_eq!(made.report.format.as_deref(), Some("eml"));
    assert_eq!(
        made.markdown,
        "# Café | plan\n\n- From: Ann Müller \\<ann@example.org>\n\
         - To: Bob \\<bob@example.org>, Team, The \\<team@example.org>\n- Cc: carl@example.org\n\
         - Date: 2024-01-02T10:30:00+01:00\n\nDear Bob,\n\nsee you at the café.  \nBring the plan.\n\n\
         # Inner\n\n- From: carl@example.org\n- To: ann@example.org\n\n## Inside\n\na [link](https://example.org/)\n\n\
         ## Attachments\n\n| Name | Type | Size |\n| --- | --- | --- |\n| pläne.pdf | application/pdf | 15 B |\n\n"
    );
    let facts = &made.report.facts;
    assert_eq!(facts.title.as_deref(), Some("Café | plan"));
    assert_eq!(facts.author.as_deref(), Some("Ann Müller <ann@example.org>"));
    assert_eq!(facts.created.as_deref(), Some("2024-01-02T10:30:00+01:00"));
    assert_eq!(facts.attachments.iter().map(|file| file.name.as_str()).collect::<Vec<_>>(), ["pläne.pdf"]);
    assert_eq!(extract(&sample("eml/attachments.eml"), "").report.format.as_deref(), Some("eml"));
    assert_eq!(extract(&sample("eml/attachments.eml"), "txt").report.format.as_deref(), Some("txt"));
}

#[test]
fn a_mail_of_html_only_is_read_as_html() {
    let mail = b"From: a@b.c\nSubject: x\nContent-Type: text/html\n\n<h1>Head</h1><ul><li>one</ul>";
    assert_eq!(extract(mail, "eml").markdown, "# x\n\n- From: a@b.c\n\n# Head\n\n- one\n\n");
}

#[test]
fn a_mail_past_the_limit_is_refused_and_a_cut_one_never_panics() {
    let whole = sample("eml/attachments.eml");
    let limits = Limits { whole_file_bytes: 100, ..Limits::default() };
    assert_eq!(extract_within(&whole, "eml", limits).reason(), Some(Reason::TooLarge));
    for end in 0..whole.len() {
        assert_ne!(extract(&whole[..end], "eml").report.outcome.code(), "internal", "cut at {end}");
    }
    assert_eq!(extract(b"no field at all", "eml").report.format.as_deref(), Some("txt"));
}

fn message(body: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let wide = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    // 2024-01-02 03:04:05 in tenths of microseconds since 1601.
    let sent = (1_704_164_645u64 + 11_644_473_600) * 10_000_000;
    let properties = [&[0; 32][..], &[0x40, 0, 0x39, 0, 6, 0, 0, 0], &sent.to_le_bytes()].concat();
    let mut streams = vec![
        ("__properties_version1.0", properties),
        ("__substg1.0_0037001F", wide("Grüße")),
        ("__substg1.0_0C1A001F", wide("Ann")),
        ("__substg1.0_5D01001F", wide("ann@example.org")),
        ("__substg1.0_0E04001F", wide("Bob; Carl")),
        ("__attach_version1.0_#00000000/__substg1.0_3707001F", wide("plan.pdf")),
        ("__attach_version1.0_#00000000/__substg1.0_370E001F", wide("application/pdf")),
        ("__attach_version1.0_#00000000/__substg1.0_37010102", vec![7; 1234]),
    ];
    streams.extend(body.iter().cloned());
    compound(&streams)
}

const HEAD: &str = "# Grüße\n\n- From: Ann \\<ann@example.org>\n- To: Bob; Carl\n- Date: 2024-01-02T03:04:05Z\n\n";
const TAIL: &str =
    "## Attachments\n\n| Name | Type | Size |\n| --- | --- | --- |\n| plan.pdf | application/pdf | 1.2 kB |\n\n";

#[test]
fn outlook_messages_have_their_text_in_one_of_three_forms() {
    let plain = message(&[("__substg1.0_1000001E", b"Hello\r\n\r\nthere\0".to_vec())]);
    let made = extract(&plain, "msg");
    assert_eq!(made.report.format.as_deref(), Some("msg"));
    assert_eq!(made.markdown, format!("{HEAD}Hello\n\nthere\n\n{TAIL}"));
    let html = message(&[("__substg1.0_10130102", b"<h2>Head</h2><p>text</p>".to_vec())]);
    assert_eq!(extract(&html, "msg").markdown, format!("{HEAD}## Head\n\ntext\n\n{TAIL}"));
    // The example of [MS-OXRTFCP] 4.1.
    let packed =
        b"\x2d\0\0\0\x2b\0\0\0LZFu\xf1\xc5\xc7\xa7\x03\x00\x0a\x00\x72\x63\x70\x67\x31\x32\x35\x42\x32\x0a\xf3\
                   \x20\x68\x65\x6c\x09\x00\x20\x62\x77\x05\xb0\x6c\x64\x7d\x0a\x80\x0f\xa0";
    let rich = message(&[("__substg1.0_10090102", packed.to_vec())]);
    assert_eq!(extract(&rich, "msg").markdown, format!("{HEAD}hello world\n\n{TAIL}"));
}

#[test]
fn a_cut_message_never_panics() {
    let whole = message(&[]);
    for end in (0..whole.len()).step_by(41) {
        assert_ne!(extract(&whole[..end], "msg").report.outcome.code(), "internal", "cut at {end}");
    }
}
