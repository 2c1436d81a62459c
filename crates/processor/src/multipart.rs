//! Reading multipart forms as a stream: fields in any order, files straight to the disk.

use crate::AppState;
use crate::accept::NewUpload;
use crate::error::Error;
use crate::origin::Origin;
use crate::pace::Pace;
use crate::receive::Incoming;
use crate::room::Reservation;
use model::{file_name, wire};
use service::Part;
use storage::Received;

/// Bytes of a field that is not a file.
const FIELD_BYTES: usize = 4096;
/// Bytes of an id: more than any caller's, less than an index takes.
pub(crate) const ID_BYTES: usize = 255;

/// The text fields of an upload form.
#[derive(Debug, Default, Clone)]
pub(crate) struct Fields {
    pub(crate) page_id: Option<String>,
    pub(crate) user_id: Option<String>,
    pub(crate) editor_id: Option<String>,
    pub(crate) idempotency_key: Option<String>,
    pub(crate) drive_id: Option<String>,
    pub(crate) import_id: Option<String>,
    pub(crate) name: Option<String>,
    /// How many bytes the sender had to send, said after them by whoever passes a file on. One that broke off on its way is not
    /// taken for a whole one then, however well its form ends.
    pub(crate) size_bytes: Option<String>,
}

impl Fields {
    /// Takes a field if it is one of the form's; others are passed over.
    pub(crate) async fn take(&mut self, mut field: Part<'_>) -> Result<(), Error> {
        let (value, limit) = match field.name() {
            Some(wire::field::PAGE_ID) => (&mut self.page_id, ID_BYTES),
            Some(wire::field::USER_ID) => (&mut self.user_id, ID_BYTES),
            Some(wire::field::EDITOR_ID) => (&mut self.editor_id, ID_BYTES),
            Some(wire::field::IDEMPOTENCY_KEY) => (&mut self.idempotency_key, ID_BYTES),
            Some(wire::field::DRIVE_ID) => (&mut self.drive_id, ID_BYTES),
            Some(wire::field::IMPORT_ID) => (&mut self.import_id, ID_BYTES),
            Some(wire::field::NAME) => (&mut self.name, FIELD_BYTES),
            Some(wire::field::SIZE_BYTES) => (&mut self.size_bytes, ID_BYTES),
            _ => return skip(&mut field).await,
        };
        let sent = text(field).await?;
        if sent.len() > limit {
            return Err(Error::bad_request("An id of the form is too long."));
        }
        *value = Some(sent).filter(|sent| !sent.is_empty());
        Ok(())
    }

    /// The file that the form is about, under this name.
    pub(crate) fn upload<'a>(&'a self, name: &'a str) -> Result<NewUpload<'a>, Error> {
        let (drive, owner) = (self.drive_id.as_deref(), self.user_id.as_deref());
        let editor = self.editor_id.as_deref().map(str::parse).transpose();
        let editor = editor.map_err(|_| Error::bad_request("editorId is no id of a person of ours."))?;
        let import = self.import_id.as_deref().map(str::parse).transpose();
        let import = import.map_err(|_| Error::bad_request("importId is no id of an import."))?;
        let origin = import.map_or(Origin::Request, Origin::Link);
        let (page_id, key) = (self.page_id.as_deref(), self.idempotency_key.as_deref());
        Ok(NewUpload { name, drive, owner, editor, page_id, key, origin })
    }

    /// Refuses a file that is not all of what was sent, when it was said how much that is.
    pub(crate) fn check_size(&self, received: &Received) -> Result<(), Error> {
        let Some(sent) = &self.size_bytes else { return Ok(()) };
        let sent: u64 = sent.parse().map_err(|_| Error::bad_request("sizeBytes is no number of bytes."))?;
        if sent == received.size_bytes {
            return Ok(());
        }
        Err(Error::bad_request(format!("The upload broke off: {} of {sent} bytes came.", received.size_bytes)))
    }
}

/// The name a file part was sent with, made harmless.
pub(crate) fn file_name(field: &Part<'_>) -> String {
    file_name::clean(field.file_name().unwrap_or_default())
}

/// A short text field.
pub(crate) async fn text(field: Part<'_>) -> Result<String, Error> {
    let bytes = bytes(field, FIELD_BYTES).await?;
    match String::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => Ok(text.trim().to_owned()),
        _ => Err(Error::bad_request("A field of the form is not text.")),
    }
}

/// A small file, in memory.
pub(crate) async fn bytes(mut field: Part<'_>, limit: usize) -> Result<Vec<u8>, Error> {
    let mut bytes = vec![];
    let mut pace = Pace::new();
    while let Some(chunk) = pace.next(field.chunk()).await? {
        if bytes.len() + chunk.len() > limit {
            return Err(Error::TooLarge { limit_bytes: limit as u64 });
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// A file of any size, into the store's temporary files. `room` is what was announced of the form and has not come yet, `person` whose
/// it is, if the form has said so.
pub(crate) async fn receive(
    state: &AppState,
    field: &mut Part<'_>,
    room: &mut Reservation,
    person: Option<&str>,
) -> Result<Received, Error> {
    let (mut incoming, mut pace) = (Incoming::begin(state, room, person).await?, Pace::new());
    while let Some(chunk) = pace.next(field.chunk()).await? {
        incoming.push(chunk).await?;
    }
    incoming.finish().await
}

/// Reads the rest of a file nobody wants, so that the next one can be read.
pub(crate) async fn skip(field: &mut Part<'_>) -> Result<(), Error> {
    let mut pace = Pace::new();
    while pace.next(field.chunk()).await?.is_some() {}
    Ok(())
}
