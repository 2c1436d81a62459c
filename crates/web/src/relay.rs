//! A file on its way through this service: one chunk in hand, and an end that has to be said. A sender that goes away, for whatever
//! reason, breaks the request to the file store off; it cannot end it by being dropped.

use axum::body::Bytes;
use futures_util::{Stream, stream};
use reqwest::Body;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::sync::{mpsc, oneshot};

/// Where a file's bytes go in.
pub struct Sender {
    pieces: mpsc::Sender<Piece>,
    sent_bytes: u64,
}

/// Where they come out: the bodies of two parts of a form, one after the other.
pub struct Bodies {
    /// The file.
    pub file: Body,
    /// How many bytes were sent, in digits; known when the file is over.
    pub size_bytes: Body,
}

/// The file store takes no more of it.
#[derive(Debug)]
pub struct Closed;

enum Piece {
    Bytes(Bytes),
    /// That was all of the file.
    End {
        sent_bytes: u64,
    },
}

/// The way of one file.
pub fn open() -> (Sender, Bodies) {
    let (sender, file, counted) = channel();
    let size_bytes = stream::once(async {
        let sent_bytes: u64 = counted.await.map_err(|_| broke_off())?;
        io::Result::Ok(Bytes::from(sent_bytes.to_string()))
    });
    (sender, Bodies { file: Body::wrap_stream(file), size_bytes: Body::wrap_stream(size_bytes) })
}

fn channel() -> (Sender, File, oneshot::Receiver<u64>) {
    let (pieces, receiver) = mpsc::channel(1);
    let (count, counted) = oneshot::channel();
    (Sender { pieces, sent_bytes: 0 }, File { pieces: receiver, count: Some(count) }, counted)
}

impl Sender {
    /// Sends a chunk, once the one before has been taken.
    pub async fn send(&mut self, chunk: Bytes) -> Result<(), Closed> {
        self.sent_bytes += chunk.len() as u64;
        self.pieces.send(Piece::Bytes(chunk)).await.map_err(|_| Closed)
    }

    /// Says that this was the whole file.
    pub async fn end(self) -> Result<(), Closed> {
        self.pieces.send(Piece::End { sent_bytes: self.sent_bytes }).await.map_err(|_| Closed)
    }
}

/// The bytes as they come out.
struct File {
    pieces: mpsc::Receiver<Piece>,
    /// Who wants to know how many they were; nobody after the end.
    count: Option<oneshot::Sender<u64>>,
}

impl Stream for File {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.count.is_none() {
            return Poll::Ready(None);
        }
        Poll::Ready(match ready!(self.pieces.poll_recv(context)) {
            Some(Piece::Bytes(chunk)) => Some(Ok(chunk)),
            Some(Piece::End { sent_bytes }) => {
                // Nobody listens when the request is given up meanwhile.
                let _ = self.count.take().map(|count| count.send(sent_bytes));
                None
            }
            None => {
                self.count = None;
                Some(Err(broke_off()))
            }
        })
    }
}

fn broke_off() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "the upload broke off")
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::{StreamExt, TryStreamExt};

    async fn read(file: &mut File) -> io::Result<Vec<Bytes>> {
        file.try_collect().await
    }

    /// The end of the channel was the end of the file, so that a file too large by one byte could be kept without it.
    #[tokio::test]
    async fn an_upload_that_breaks_off_ends_with_an_error() {
        let (mut sender, mut file, counted) = channel();
        sender.send(Bytes::from_static(b"half of")).await.unwrap();
        drop(sender);
        assert_eq!(file.next().await.unwrap().unwrap(), "half of");
        assert_eq!(read(&mut file).await.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
        assert!(counted.await.is_err(), "nobody says how many bytes it has");
        assert!(file.next().await.is_none());
    }

    #[tokio::test]
    async fn a_whole_upload_ends_and_says_how_much_it_was() {
        let (mut sender, mut file, counted) = channel();
        let send = async {
            for chunk in [&b"all"[..], b" of it"] {
                sender.send(Bytes::from_static(chunk)).await.unwrap();
            }
            sender.end().await.unwrap();
        };
        let (chunks, ()) = tokio::join!(read(&mut file), send);
        assert_eq!(chunks.unwrap(), ["all", " of it"]);
        assert_eq!(counted.await.unwrap(), 9);
    }
}
