//! What a content is, by its bytes. The client's word never decides: it chooses among text formats, and it is
//! held against bytes of another kind.

use crate::formats::{self, Format};
use crate::head::{Head, is_zip};
use crate::{Error, ReadContext};
use model::Reason;

/// The format of that content, or why it has none. Text that is named like another document is noted.
pub fn identify(head: &Head<'_>, context: &mut ReadContext<'_>) -> Result<&'static Format, Error> {
    let found = formats::all()
        .filter(|format| (format.detect)(head))
        // What magic bytes tell goes before names, a name before what text looks like, and plain text is the rest.
        .min_by_key(|format| (format.is_text, !head.is_named(format.extensions), format.name == "txt"));
    let named = formats::all().find(|format| head.is_named(format.extensions));
    if let (None, Some(refusal)) = (found, head.refusal()) {
        return Err(Error::Rejected(refusal.clone()));
    }
    if let (None, Some(error)) = (found, formats::known_unread(head)) {
        return Err(error);
    }
    match (found, named) {
        (Some(found), Some(named)) if found.is_text && !named.is_text => {
            // Text that calls itself a picture or a PDF is what a browser would be tricked with. Under the name of another
            // document it is what many a program exports: pages called .xls, letters called .doc.
            if named.is_visual() {
                return Err(mismatch(named));
            }
            context.warn("named-otherwise", format!("The file is named .{} and is text.", named.extensions[0]));
            Ok(found)
        }
        (Some(found), _) => Ok(found),
        (None, Some(named)) if is_foreign(head) && !(is_zip(&head.bytes) && named.archive.is_some()) => {
            Err(mismatch(named))
        }
        (None, Some(named)) => {
            Err(Error::malformed(format!("The file is named .{} but is damaged or is not one.", named.extensions[0])))
        }
        (None, None) => Err(Error::rejected(Reason::Unsupported, "Nothing here reads this type of file.")),
    }
}

fn mismatch(named: &Format) -> Error {
    let detail = format!("The file is named .{} but holds something else.", named.extensions[0]);
    Error::rejected(Reason::TypeMismatch, detail)
}

/// Magic of things nobody names like a document by accident: programs and archives.
fn is_foreign(head: &Head<'_>) -> bool {
    let magics: [&[u8]; 7] =
        [b"MZ", b"\x7fELF", b"\xcf\xfa\xed\xfe", b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!"];
    magics.iter().any(|magic| head.starts_with(magic))
}
