//! Mails as they are sent and as Outlook saves them.

use crate::support::{compound, extract, extract_within, sample};
use model::{Limits, Reason, Request, Task};
use std::io::Cursor;

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

/// The names, types and bytes of what is taken out of a mail.
fn unpack(bytes: &[u8], extension: &str) -> (model::Report, Vec<(String, String, Vec<u8>)>) {
    let request = Request { task: Task::UnpackMail, extension: Some(extension.into()), limits: Limits::default() };
    let mut output = vec![];
    let report = engine::run(&request, &mut Cursor::new(bytes), &mut output, &|_| ());
    let taken =
        report.artifacts.iter().zip(&report.facts.attachments).enumerate().map(|(index, (part, attachment))| {
            assert_eq!(part.name, model::attachment_part(index));
            let bytes = output[part.offset as usize..][..part.size_bytes as usize].to_vec();
            (attachment.name.clone(), part.mime.clone(), bytes)
        });
    let taken = taken.collect();
    (report, taken)
}

const FORWARDED: &str = "From: a@b.c\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"o\"\r\n\r\n\
    --o\r\nContent-Type: multipart/related; boundary=\"r\"\r\n\r\n\
    --r\r\nContent-Type: text/html\r\n\r\n<p>see <img src=\"cid:logo@x\"></p>\r\n\
    --r\r\nContent-Type: image/png; name=logo.png\r\nContent-ID: <logo@x>\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--r--\r\n\
    --o\r\nContent-Type: text/csv; charset=iso-8859-1; name=\"../li\u{202e}st.csv\"\r\nContent-Disposition: attachment\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\na,b=FC\r\n1,2\r\n\
    --o\r\nContent-Type: application/octet-stream; name=what.bin\r\nContent-Disposition: attachment\r\nContent-Transfer-Encoding: base64\r\n\r\nAAECAwQ=\r\n\
    --o\r\nContent-Type: application/pgp-signature; name=signature.asc\r\nContent-Disposition: attachment\r\n\r\nsigned\r\n\
    --o\r\nContent-Type: message/rfc822\r\n\r\nFrom: c@d.e\r\nSubject: inner\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"i\"\r\n\r\n\
    --i\r\nContent-Type: text/plain\r\n\r\ninner text\r\n\
    --i\r\nContent-Type: text/plain; name=note.txt\r\nContent-Disposition: attachment\r\n\r\nIn the inner one.\r\n--i--\r\n\
    --o--\r\n";

#[test]
fn what_can_be_read_of_a_mails_attachments_is_taken_out_as_it_was_sent() {
    let (report, taken) = unpack(FORWARDED.as_bytes(), "eml");
    assert_eq!(report.outcome.code(), "ok", "{report:?}");
    let names: Vec<&str> = taken.iter().map(|(name, ..)| name.as_str()).collect();
    assert_eq!(names, ["../li\u{202e}st.csv", "note.txt"], "no logo, no signature, nothing unknown");
    assert_eq!(taken[0].2, b"a,b\xfc\r\n1,2", "the bytes are those that were sent");
    assert_eq!(taken[1].2, b"In the inner one.");
    // Of what is unknown is found out only when it is taken.
    assert_eq!(extract(FORWARDED.as_bytes(), "eml").report.facts.unpackable, Some(3));
    assert_eq!(extract(b"From: a@b.c\nSubject: x\n\ntext", "eml").report.facts.unpackable, None);
}

#[test]
fn attachments_of_outlook_messages_are_taken_out() {
    let png = b"\x89PNG\r\n\x1a\n".to_vec();
    let message = message(&[
        (
            "__attach_version1.0_#00000001/__substg1.0_3707001F",
            "plan.txt".encode_utf16().flat_map(u16::to_le_bytes).collect(),
        ),
        ("__attach_version1.0_#00000001/__substg1.0_37010102", b"The plan.".to_vec()),
        (
            "__attach_version1.0_#00000002/__substg1.0_3707001F",
            "logo.png".encode_utf16().flat_map(u16::to_le_bytes).collect(),
        ),
        ("__attach_version1.0_#00000002/__substg1.0_3712001F", "i\0d\0".into()),
        ("__attach_version1.0_#00000002/__substg1.0_37010102", png),
    ]);
    let (_, taken) = unpack(&message, "msg");
    // The sample's own attachment calls itself a PDF and is none.
    assert_eq!(taken.iter().map(|(name, ..)| name.as_str()).collect::<Vec<_>>(), ["plan.txt"]);
    assert_eq!(taken[0].2, b"The plan.");
}

#[test]
fn attachments_past_the_bounds_are_left_out_with_a_warning() {
    let part = "--o\r\nContent-Type: text/plain; name=a.txt\r\nContent-Disposition: attachment\r\n\r\nx\r\n";
    let head = "From: a@b.c\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"o\"\r\n\r\n";
    let (report, taken) = unpack(format!("{head}{}--o--\r\n", part.repeat(120)).as_bytes(), "eml");
    assert_eq!((taken.len(), report.outcome.code()), (model::MOST_ATTACHMENTS, "partial"));
    assert_eq!(report.warnings[0].code, "attachments-cut");
}

#[test]
fn only_mails_are_unpacked() {
    let (report, _) = unpack(b"plain text", "txt");
    assert!(matches!(report.outcome, model::Outcome::Rejected { reason: Reason::Unsupported, .. }), "{report:?}");
}

/// Word saves a document as a mail that it calls .doc.
#[test]
fn a_web_page_in_one_file_is_read_whatever_it_is_called() {
    let page = b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=\"b\"\n\n--b\nContent-Type: text/html\n\n<h1>Head</h1>\n--b--\n";
    for extension in ["doc", "mht"] {
        let made = extract(page, extension);
        assert_eq!((made.report.format.as_deref(), made.plain.trim()), (Some("eml"), "Head"), "{extension}");
    }
}

#[test]
fn a_mailbox_has_a_page_for_every_letter_and_their_attachments() {
    let made = extract(&sample("mbox/two.mbox"), "mbox");
    assert_eq!((made.report.format.as_deref(), made.report.facts.pages), (Some("mbox"), Some(2)));
    assert_eq!(
        made.plain,
        "First\n\nFrom: ann@example.org\nTo: bob@example.org\nDate: 2024-01-02T10:30:00Z\n\nOne.\nFrom here it goes on.\n\n\
         \u{c}Second\n\nFrom: bob@example.org\n\nTwo.\n\nAttachments\n\nName\tType\tSize\nnote.txt\ttext/plain\t7 B\n\n"
    );
    let (_, taken) = unpack(&sample("mbox/two.mbox"), "mbox");
    assert_eq!(taken.iter().map(|(name, ..)| name.as_str()).collect::<Vec<_>>(), ["note.txt"]);
    assert_eq!(extract(b"From here on it is text.\nNothing else.", "").report.format.as_deref(), Some("txt"));
}
