//! Multipart forms as streams, in little memory. The parser below keeps whatever comes until it can give something out, and takes
//! in all that is there each time it is asked. So it gets one chunk at a time, only when those it has are not enough, and no more
//! of them than a bound before it gives something out.

use axum::body::{Body, BodyDataStream, Bytes};
use axum::extract::multipart::{Field, MultipartError, MultipartRejection};
use axum::extract::{FromRequest, Multipart, Request};
use futures_util::{Stream, StreamExt};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::task::{Context, Poll, ready};

/// Most bytes that are read before a part begins: what stands before the first one, its head, what is left over of the last one.
/// A little more comes, as chunks are taken whole.
pub const HEAD_BYTES: u64 = 64 << 10;

/// Why a form cannot be read on.
#[derive(Debug, thiserror::Error)]
pub enum FormError {
    /// The request has no form.
    #[error("{}", .0.body_text())]
    NotAForm(MultipartRejection),
    /// It breaks its own rules, or breaks off.
    #[error("{}", .0.body_text())]
    Broken(MultipartError),
    /// More than [`HEAD_BYTES`] and still no part begins. Nobody sends that by mistake: the connection is to be closed.
    #[error("a form has at most {HEAD_BYTES} bytes before and between its parts")]
    LongHead,
    /// It is larger than it may be, all in all.
    #[error("the form has more than {max_bytes} bytes")]
    TooLarge {
        /// What it may have.
        max_bytes: u64,
    },
}

/// A form that is read part by part.
pub struct Form {
    parser: Multipart,
    intake: Arc<Intake>,
}

/// A part of a form, to be dropped before the next is asked for. The rest of one that is dropped counts as the head of the next: read it to its end.
pub struct Part<'a> {
    field: Field<'a>,
    intake: Arc<Intake>,
}

impl Form {
    /// The form of a request, whose body may have so many bytes in all.
    pub async fn open(request: Request, max_bytes: u64) -> Result<Self, FormError> {
        let intake = Arc::new(Intake { max_bytes, taken_bytes: AtomicU64::new(0), is_open: AtomicBool::new(false) });
        let valve = |body: Body| Valve { chunks: body.into_data_stream(), intake: intake.clone() };
        let request = request.map(|body| Body::from_stream(valve(body)));
        let parser = Multipart::from_request(request, &()).await.map_err(FormError::NotAForm)?;
        Ok(Self { parser, intake })
    }

    /// The next part, when there is one.
    pub async fn next_part(&mut self) -> Result<Option<Part<'_>>, FormError> {
        let field = self.intake.feed(self.parser.next_field()).await?;
        Ok(field.map(|field| Part { field, intake: self.intake.clone() }))
    }
}

impl Part<'_> {
    /// Its name in the form.
    pub fn name(&self) -> Option<&str> {
        self.field.name()
    }

    /// The name of the file it is.
    pub fn file_name(&self) -> Option<&str> {
        self.field.file_name()
    }

    /// The media type the sender claims.
    pub fn content_type(&self) -> Option<&str> {
        self.field.content_type()
    }

    /// Its next bytes, nothing at its end.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, FormError> {
        self.intake.feed(self.field.chunk()).await
    }
}

/// What the parser has been given. One task at a time looks, so the order of these needs no care.
struct Intake {
    max_bytes: u64,
    taken_bytes: AtomicU64,
    /// The parser may take one chunk.
    is_open: AtomicBool,
}

impl Intake {
    /// Does a step of the parser, giving it a chunk each time it cannot go on without.
    async fn feed<T>(&self, step: impl Future<Output = Result<T, MultipartError>>) -> Result<T, FormError> {
        let mut step = pin!(step);
        let taken_before = self.taken_bytes.load(Relaxed);
        std::future::poll_fn(|context| {
            loop {
                let polled = step.as_mut().poll(context);
                let is_waiting = self.is_open.swap(false, Relaxed);
                let taken_bytes = self.taken_bytes.load(Relaxed);
                if taken_bytes > self.max_bytes {
                    return Poll::Ready(Err(FormError::TooLarge { max_bytes: self.max_bytes }));
                }
                match polled {
                    Poll::Ready(result) => return Poll::Ready(result.map_err(FormError::Broken)),
                    // The body has nothing now, and wakes us.
                    Poll::Pending if is_waiting => return Poll::Pending,
                    Poll::Pending if taken_bytes - taken_before > HEAD_BYTES => {
                        return Poll::Ready(Err(FormError::LongHead));
                    }
                    Poll::Pending => self.is_open.store(true, Relaxed),
                }
            }
        })
        .await
    }
}

/// The body on its way into the parser.
struct Valve {
    chunks: BodyDataStream,
    intake: Arc<Intake>,
}

impl Stream for Valve {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        // Nobody is woken: who shut it opens it, and asks again.
        if !self.intake.is_open.load(Relaxed) {
            return Poll::Pending;
        }
        let chunk = ready!(self.chunks.poll_next_unpin(context));
        self.intake.is_open.store(false, Relaxed);
        if let Some(Ok(chunk)) = &chunk {
            self.intake.taken_bytes.fetch_add(chunk.len() as u64, Relaxed);
        }
        Poll::Ready(chunk)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::header;
    use futures_util::stream;
    use std::convert::Infallible;

    const HEAD: &str = "--XX\r\ncontent-disposition: form-data; name=\"a\"\r\n\r\n";

    /// A form of these chunks, all there at once, and how many of them were taken.
    async fn form(max_bytes: u64, chunks: impl Iterator<Item = Bytes> + Send + 'static) -> (Form, Arc<AtomicU64>) {
        let taken = Arc::new(AtomicU64::new(0));
        let counter = taken.clone();
        let counted = chunks.inspect(move |_| {
            counter.fetch_add(1, Relaxed);
        });
        let body = Body::from_stream(stream::iter(counted.map(Ok::<_, Infallible>)));
        let request = Request::post("/").header(header::CONTENT_TYPE, "multipart/form-data; boundary=XX");
        (Form::open(request.body(body).unwrap(), max_bytes).await.unwrap(), taken)
    }

    fn endless(text: &'static str) -> impl Iterator<Item = Bytes> + Send {
        std::iter::repeat_with(move || Bytes::from_static(text.as_bytes()))
    }

    async fn all(part: &mut Part<'_>) -> Result<Vec<u8>, FormError> {
        let mut bytes = vec![];
        while let Some(chunk) = part.chunk().await? {
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }

    #[tokio::test]
    async fn a_head_without_end_is_given_up_wherever_it_is() {
        for beginning in ["", "--XX\r\nA: ", "--XX\r\nA: b\r\n", "--XX", "--XX  "] {
            let chunks = std::iter::once(Bytes::from_static(beginning.as_bytes())).chain(endless("aaaaaaaa"));
            let (mut form, taken) = form(u64::MAX, chunks).await;
            let error = form.next_part().await.err();
            // After a boundary only blanks may come: that is refused at once.
            let expected = matches!(error, Some(FormError::LongHead))
                || (beginning.starts_with("--XX")
                    && !beginning.contains('A')
                    && matches!(error, Some(FormError::Broken(_))));
            assert!(expected, "{beginning:?}: {error:?}");
            assert!(taken.load(Relaxed) <= HEAD_BYTES / 8 + 2, "{beginning:?}");
        }
        // The same after a part.
        let chunks = std::iter::once(Bytes::from(format!("{HEAD}x\r\n--XX\r\nA: "))).chain(endless("aaaaaaaa"));
        let (mut form, taken) = form(u64::MAX, chunks).await;
        let mut part = form.next_part().await.unwrap().unwrap();
        assert_eq!(all(&mut part).await.unwrap(), b"x");
        drop(part);
        assert!(matches!(form.next_part().await.err(), Some(FormError::LongHead)));
        assert!(taken.load(Relaxed) <= HEAD_BYTES / 8 + 2);
    }

    /// A parser that took a chunk at each step would gather all those whose parts it has not come to.
    #[tokio::test]
    async fn many_small_parts_take_in_no_more_than_the_one_at_hand() {
        const PARTS: usize = 1000;
        let chunk = Bytes::from(format!("{HEAD}x\r\n").repeat(PARTS));
        let (mut form, taken) = form(u64::MAX, std::iter::repeat_n(chunk, 50)).await;
        for read in 1..=3 * PARTS as u64 {
            let mut part = form.next_part().await.unwrap().unwrap();
            assert_eq!(all(&mut part).await.unwrap(), b"x");
            assert!(taken.load(Relaxed) <= read / PARTS as u64 + 2, "after {read} parts");
        }
    }

    #[tokio::test]
    async fn a_part_may_be_as_large_as_the_form() {
        let chunk = Bytes::from(vec![7; 400_000]);
        let first = Bytes::from([HEAD.as_bytes(), &chunk].concat());
        let end = Bytes::from_static(b"\r\n--XX--\r\n");
        let chunks = [first, chunk.clone(), chunk.clone(), end];
        let size_bytes: usize = chunks.iter().map(Bytes::len).sum();
        for (max_bytes, fits) in [(size_bytes, true), (size_bytes - 1, false)] {
            let (mut form, _) = form(max_bytes as u64, chunks.clone().into_iter()).await;
            let mut part = form.next_part().await.unwrap().unwrap();
            let read = all(&mut part).await;
            drop(part);
            match read {
                Ok(bytes) => {
                    assert!(fits && bytes.len() == 1_200_000);
                    assert!(form.next_part().await.unwrap().is_none());
                }
                Err(error) => assert!(!fits && matches!(error, FormError::TooLarge { .. }), "{error}"),
            }
        }
    }

    #[tokio::test]
    async fn a_form_that_breaks_off_is_broken() {
        let (mut form, _) = form(u64::MAX, std::iter::once(Bytes::from(format!("{HEAD}x")))).await;
        let mut part = form.next_part().await.unwrap().unwrap();
        assert!(matches!(all(&mut part).await, Err(FormError::Broken(_))));
    }
}
