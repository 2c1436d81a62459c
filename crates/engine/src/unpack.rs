//! What is attached to a mail, taken out as artifacts: what can be read, within bounds.

use crate::formats::{self, Format, ReadAttachments};
use crate::{Error, Head, Output, ReadContext, Source, identify};
use model::{Attachment, Limits, MOST_ATTACHMENTS, attachment_part, file_name};
use std::io::Cursor;

/// Writes the attachments of a mail that are of formats that are read, and names them among its facts. What goes past the bounds is
/// left out, with a warning.
pub fn unpack(
    read: ReadAttachments,
    input: &mut dyn Source,
    context: &mut ReadContext<'_>,
    output: &mut Output<'_>,
) -> Result<(), Error> {
    let limits = context.limits;
    let mut unpacker = Unpacker { limits, output, left_bytes: limits.whole_file_bytes, taken: vec![], is_cut: false };
    read(input, context, &mut |name, bytes| unpacker.take(name, bytes))?;
    let Unpacker { taken, is_cut, .. } = unpacker;
    context.facts.attachments = taken;
    if is_cut {
        context.missing("attachments-cut", "The mail has more attachments than are made files of their own.");
    }
    Ok(())
}

struct Unpacker<'a, 'o, 't> {
    limits: &'a Limits,
    output: &'o mut Output<'t>,
    /// Bytes that may still be taken.
    left_bytes: u64,
    taken: Vec<Attachment>,
    is_cut: bool,
}

impl Unpacker<'_, '_, '_> {
    fn take(&mut self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let size_bytes = bytes.len() as u64;
        if bytes.is_empty() || self.is_cut {
            return Ok(());
        }
        if self.taken.len() >= MOST_ATTACHMENTS || size_bytes > self.left_bytes {
            self.is_cut = true;
            return Ok(());
        }
        let Some(format) = self.identify(name, bytes)? else { return Ok(()) };
        self.left_bytes -= size_bytes;
        let index = self.taken.len();
        let name = match name.trim() {
            "" => {
                let extension = format.extensions.first().map(|extension| format!(".{extension}")).unwrap_or_default();
                format!("attachment-{}{extension}", index + 1)
            }
            name => name.to_owned(),
        };
        self.output.put(&attachment_part(index), format.mime, bytes)?;
        self.taken.push(Attachment { name, size_bytes: Some(size_bytes), mime: Some(format.mime.into()) });
        Ok(())
    }

    /// The format of an attachment. A damaged one has none.
    fn identify(&self, name: &str, bytes: &[u8]) -> Result<Option<&'static Format>, Error> {
        let extension = file_name::extension(&file_name::clean(name));
        let mut context = ReadContext::new(self.limits, extension.as_deref(), &[], formats::mime_of, &|_| ());
        let found = Head::read(&mut Cursor::new(bytes), &mut context).and_then(|head| identify(&head, &mut context));
        match found {
            Ok(format) => Ok(Some(format)),
            Err(Error::Rejected(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
