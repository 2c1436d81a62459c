//! Uploads by one request. The bytes pass through as they come; no file is ever held here.

use crate::auth::caller::Caller;
use crate::error::Error;
use crate::extract::{Json, Path};
use crate::file::File;
use crate::person_limit::PersonLimit;
use crate::processor::Upload;
use crate::relay::{self, Closed, Sender};
use crate::routes::drives::require;
use crate::routes::files;
use crate::state::AppState;
use crate::timed_body;
use crate::upload_key;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::from_fn;
use db::drives::Role;
use model::file_name;
use model::wire::{LONGEST_UPLOAD, StoredFile};
use serde::Serialize;
use service::{BodyDeadline, Credit, Form, Part, RequestId};
use std::time::Duration;
use tokio::time::{Instant, timeout, timeout_at};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(create_file)).layer(DefaultBodyLimit::disable()).layer(from_fn(service::linger))
}

/// A file that was stored.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Uploaded {
    file: File,
    /// The same bytes are in another file that the caller can see; they are stored and read once. What others have is not told.
    deduplicated: bool,
    /// The jobs that read it.
    job_ids: Vec<String>,
}

/// The form, for the API's description; it is read as a stream.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form")]
struct UploadForm {
    /// Another name than the file's own; comes before the file.
    name: Option<String>,
    /// The file.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// How long everything before the file may take.
const BEGINNING: Duration = Duration::from_secs(10);
/// Bytes of all fields before the file, and of the name among them.
const FIELD_BYTES: usize = 64 << 10;
const NAME_BYTES: usize = 4096;
/// How long storing may take after the last byte.
const FINISH: Duration = Duration::from_secs(120);
/// What a multipart frame may add to the file itself.
const FRAME_BYTES: u64 = 64 << 10;

/// Upload a file
///
/// When this answers the file is safe on disk; reading it goes on in the background. One file per request.
///
/// With an `Idempotency-Key` an upload whose answer was lost may be sent again within a day: the same file, name and drive are answered
/// with the file that was made then. Something else under the same key is refused with 422 (`idempotency-key-reused`), and what is
/// sent while the first is under way with 409 (`idempotency-key-in-use`). Keys are each person's own, and are forgotten with the file.
#[utoipa::path(
    post, path = "/drives/{id}/files", tag = "files",
    params(
        ("id" = Uuid, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "What this upload is called: 1 to 255 visible ASCII characters."),
    ),
    request_body(content = UploadForm, content_type = "multipart/form-data"),
    responses((status = 201, body = Uploaded))
)]
async fn create_file(
    caller: Caller,
    State(state): State<AppState>,
    Path(drive_id): Path<Uuid>,
    request_id: RequestId,
    request: Request,
) -> Result<(StatusCode, Json<Uploaded>), Error> {
    let limit_bytes = state.config.upload_max_bytes;
    authorise(&state, &caller, drive_id).await?;
    let _place = state.places.take(caller.user.id, PersonLimit::Uploads, state.config.uploads_per_person.get())?;
    // From here on it has the clocks below. Until here it is one of many requests that are not whole, whose memory is bounded.
    request.extensions().get::<BodyDeadline>().inspect(|deadline| deadline.lift());
    let max_bytes = limit_bytes.saturating_add(FRAME_BYTES);
    let announced = request.headers().get(header::CONTENT_LENGTH);
    let announced_bytes = announced.and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced_bytes.is_some_and(|bytes| bytes > max_bytes) {
        return Err(Error::too_large(limit_bytes));
    }
    let key = upload_key::of(request.headers())?;
    let _under_way = key.as_deref().map(|key| state.upload_keys.begin(caller.user.id, key)).transpose()?;
    let form = Form::open(request, max_bytes).await?;
    let (state, user_id, request_id) = (&state, caller.user.id, &request_id);
    let target = Target { state, drive_id, user_id, key, announced_bytes, request_id };
    let stored = within(LONGEST_UPLOAD, receive(form, &target)).await?;
    let mut conn = state.database.acquire().await?;
    let file = files::find(&mut conn, &caller, stored.file_id, Role::Viewer).await?;
    let file = File::from(file);
    // Where the content stands already would tell that others have it, too.
    let file = if stored.deduplicated { file } else { file.unread() };
    let uploaded = Uploaded { file, deduplicated: stored.deduplicated, job_ids: stored.job_ids };
    Ok((StatusCode::CREATED, Json(uploaded)))
}

/// On a connection of its own, given back before the first byte: an upload may take hours.
pub(super) async fn authorise(state: &AppState, caller: &Caller, drive_id: Uuid) -> Result<(), Error> {
    let mut conn = state.database.acquire().await?;
    require(&mut conn, caller.user.id, drive_id, Role::Editor).await
}

/// The upload, if it takes no longer. One that is given up breaks the connection to the processor, like one that fails.
async fn within<T>(longest: Duration, upload: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    timeout(longest, upload).await.map_err(|_| Error::TookTooLong)?
}

/// Where a file goes.
struct Target<'a> {
    state: &'a AppState,
    drive_id: Uuid,
    user_id: Uuid,
    key: Option<String>,
    announced_bytes: Option<u64>,
    request_id: &'a RequestId,
}

/// Reads the form up to the file, with the name that may come before it, and stores that.
async fn receive(mut form: Form, target: &Target<'_>) -> Result<StoredFile, Error> {
    let mut beginning = Beginning { until: Instant::now() + BEGINNING, left_bytes: FIELD_BYTES };
    let mut name = None;
    loop {
        let part = timeout_at(beginning.until, form.next_part()).await.map_err(|_| Error::Stalled)??;
        let part = part.ok_or_else(|| Error::BadRequest("the form has no field \"file\"".into()))?;
        match part.name() {
            Some("file") => return store(part, name, target).await,
            Some("name") => name = Some(text(beginning.read(part).await?)?),
            _ => drop(beginning.read(part).await?),
        }
    }
}

async fn store(part: Part<'_>, name: Option<String>, target: &Target<'_>) -> Result<StoredFile, Error> {
    let (sender, bodies) = relay::open();
    let upload = Upload {
        drive_id: target.drive_id,
        user_id: target.user_id,
        name: file_name::clean(name.as_deref().or(part.file_name()).unwrap_or_default()),
        key: target.key.clone(),
        mime: part.content_type().map(str::to_owned),
        announced_bytes: target.announced_bytes,
        bodies,
    };
    let store = target.state.processor.upload(target.request_id, upload);
    let pass = pass_on(part, sender, timed_body::sender_credit(), target.state.config.upload_max_bytes);
    tokio::pin!(store);
    // A sender that fails, or is dropped with all of this, breaks the connection to the processor: it keeps nothing.
    tokio::select! {
        stored = &mut store => stored,
        passed = pass => {
            passed?;
            timeout(FINISH, store).await.map_err(|_| Error::Unavailable("file store"))?
        }
    }
}

/// What may come before the file: so much, and so long, in however many fields.
struct Beginning {
    until: Instant,
    left_bytes: usize,
}

impl Beginning {
    /// A field, in memory.
    async fn read(&mut self, mut part: Part<'_>) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        while let Some(chunk) = timeout_at(self.until, part.chunk()).await.map_err(|_| Error::Stalled)?? {
            self.left_bytes = self.left_bytes.checked_sub(chunk.len()).ok_or_else(|| {
                Error::TooLarge(format!("the fields before the file have at most {FIELD_BYTES} bytes"))
            })?;
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }
}

fn text(bytes: Vec<u8>) -> Result<String, Error> {
    if bytes.len() > NAME_BYTES {
        return Err(Error::invalid("invalid-name", "a file's name has at most 255 bytes"));
    }
    String::from_utf8(bytes).map_err(|_| Error::invalid("invalid-name", "a file's name is UTF-8"))
}

/// Passes the file's bytes on, one chunk in hand: the next is read when the processor has taken the last.
async fn pass_on(mut part: Part<'_>, mut sender: Sender, mut credit: Credit, limit_bytes: u64) -> Result<(), Error> {
    let mut passed_bytes = 0u64;
    loop {
        // Only the sender is waited for here: while the processor takes its time, nobody's runs out.
        let waiting_since = Instant::now();
        let Some(chunk) = timeout(credit.left(), part.chunk()).await.map_err(|_| Error::Stalled)?? else { break };
        credit.spend(waiting_since.elapsed());
        passed_bytes += chunk.len() as u64;
        credit.earn(passed_bytes);
        if passed_bytes > limit_bytes {
            return Err(Error::too_large(limit_bytes));
        }
        if let Err(Closed) = sender.send(chunk).await {
            // The processor stopped taking; its answer, which the caller waits for too, says why.
            return std::future::pending().await;
        }
    }
    // Whether it still takes the end, its answer says too.
    let _ = sender.end().await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::{Body, Bytes};
    use futures_util::{Stream, StreamExt, stream};
    use std::convert::Infallible;

    /// A form that begins so.
    async fn form(beginning: &'static str, rest: impl Stream<Item = Bytes> + Send + 'static) -> Form {
        let body = stream::iter([Bytes::from_static(beginning.as_bytes())]).chain(rest).map(Ok::<_, Infallible>);
        let request = Request::post("/").header(header::CONTENT_TYPE, "multipart/form-data; boundary=XX");
        Form::open(request.body(Body::from_stream(body)).unwrap(), u64::MAX).await.unwrap()
    }

    /// M13: 1 kB a second was enough to go on for weeks.
    #[tokio::test]
    async fn m13_an_upload_that_takes_too_long_is_given_up() {
        assert!(matches!(
            within(Duration::ZERO, std::future::pending::<Result<(), Error>>()).await,
            Err(Error::TookTooLong)
        ));
        assert!(within(LONGEST_UPLOAD, std::future::ready(Ok(()))).await.is_ok());
    }

    /// A name of which one byte came kept its connection for ever, and each field had thirty seconds of its own.
    #[tokio::test]
    async fn all_before_the_file_has_one_end_in_time() {
        let beginning = "--XX\r\ncontent-disposition: form-data; name=\"name\"\r\n\r\nx";
        let mut form = form(beginning, stream::pending()).await;
        let part = form.next_part().await.unwrap().unwrap();
        let mut beginning = Beginning { until: Instant::now(), left_bytes: FIELD_BYTES };
        assert!(matches!(beginning.read(part).await, Err(Error::Stalled)));
    }
    /// H1: a byte every half a minute kept an upload for ever, and with it a connection here and a file in the store's temp.
    #[tokio::test]
    async fn h1_an_upload_that_trickles_is_given_up() {
        let bytes = stream::iter(0..100).then(async |_| {
            tokio::time::sleep(Duration::from_millis(20)).await;
            Bytes::from_static(b"x")
        });
        let beginning = "--XX\r\ncontent-disposition: form-data; name=\"file\"\r\n\r\n";
        let mut form = form(beginning, bytes).await;
        let part = form.next_part().await.unwrap().unwrap();
        let (sender, bodies) = relay::open();
        let taking = Body::new(bodies.file).into_data_stream().for_each(async |_| ());
        // A byte pays for a millisecond.
        let short = Duration::from_millis(200);
        let passed = tokio::select! {
            passed = pass_on(part, sender, Credit::new(short, short), u64::MAX) => passed,
            () = taking => panic!("the file was over"),
        };
        assert!(matches!(passed, Err(Error::Stalled)));
    }
}
