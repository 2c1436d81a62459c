//! One connection: what it is waiting for, since when, and how many bytes of an unfinished request it holds.

use super::connections::{Address, Connections};
use super::reader::{Outflow, Reader, forget_unsent};
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

/// What is read of one connection before it is the others' turn: with thousands that send at once, everybody waits for all of them.
const TURN_BYTES: usize = 64 << 10;

/// What a connection is doing. In the first three phases it waits for its client, and may be closed to make room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Phase {
    /// Between two requests.
    Idle,
    /// Before or within a request's head.
    Head,
    /// Within a request's body.
    Body,
    /// Let in, and not looked at yet: its request may be there.
    New,
    /// Within the body of a request whose route has a clock of its own.
    Upload,
    /// A whole request is being answered.
    Busy,
    /// It has become another protocol's.
    Upgraded,
    /// It was told to close.
    Closed,
}

impl Phase {
    const ALL: [Self; 8] =
        [Self::Idle, Self::Head, Self::Body, Self::New, Self::Upload, Self::Busy, Self::Upgraded, Self::Closed];

    /// Waits for its client.
    pub(super) fn is_waiting(self) -> bool {
        matches!(self, Self::Idle | Self::Head | Self::Body)
    }
}

/// Each phase stands at its own number, as a number is all that an atomic keeps.
const _: () = {
    let mut number = 0;
    while number < Phase::ALL.len() {
        assert!(Phase::ALL[number] as usize == number);
        number += 1;
    }
};

/// The state of one connection, shared by its socket, its requests and the table of all.
#[derive(Debug)]
pub(super) struct Connection {
    /// Its number; smaller is older.
    pub(super) id: u64,
    pub(super) address: Arc<Address>,
    table: Arc<Connections>,
    phase: AtomicU8,
    since_ms: AtomicU64,
    unfinished_bytes: AtomicUsize,
    /// Bytes the request being read has at the most, once its head is whole.
    expected_bytes: AtomicUsize,
    /// Bytes that came before their turn: they belong to the next request.
    early_bytes: AtomicUsize,
    reader: Reader,
    close: CancellationToken,
}

impl Connection {
    pub(super) fn new(id: u64, address: Arc<Address>, table: Arc<Connections>) -> Self {
        let since_ms = table.now_ms().into();
        Self {
            id,
            address,
            table,
            phase: AtomicU8::new(Phase::New as u8),
            since_ms,
            unfinished_bytes: AtomicUsize::new(0),
            expected_bytes: AtomicUsize::new(0),
            early_bytes: AtomicUsize::new(0),
            reader: Reader::new(),
            close: CancellationToken::new(),
        }
    }

    pub(super) fn phase(&self) -> Phase {
        Phase::ALL[usize::from(self.phase.load(Ordering::Acquire))]
    }

    /// When its phase began, on the table's clock.
    pub(super) fn since_ms(&self) -> u64 {
        self.since_ms.load(Ordering::Relaxed)
    }

    pub(super) fn unfinished_bytes(&self) -> usize {
        self.unfinished_bytes.load(Ordering::Relaxed)
    }

    /// Waits until it is told to close.
    pub(super) async fn closing(&self) {
        self.close.cancelled().await;
    }

    /// Its turn has come: from now on it waits for its client.
    pub(super) fn is_looked_at(&self) {
        self.enter(Phase::Head, |phase| phase == Phase::New);
    }

    /// A request's head is whole, and says how many bytes the request has with it at the most. Its body may be missing.
    pub(super) fn has_head(&self, has_body: bool, expected_bytes: usize) {
        self.expected_bytes.store(expected_bytes, Ordering::Relaxed);
        if has_body {
            self.enter(Phase::Body, Phase::is_waiting);
        } else if self.enter(Phase::Busy, Phase::is_waiting) {
            self.keep_early_bytes();
        }
    }

    /// The body's route has a clock of its own, and lets nothing of it lie in memory.
    pub(super) fn has_own_clock(&self) {
        if self.enter(Phase::Upload, |phase| phase == Phase::Body) {
            self.forget_bytes();
        }
    }

    /// The body is whole, or not wanted any more.
    pub(super) fn has_body(&self) {
        if self.enter(Phase::Busy, |phase| matches!(phase, Phase::Body | Phase::Upload)) {
            self.keep_early_bytes();
        }
    }

    /// The connection has left HTTP.
    pub(super) fn is_upgraded(&self) {
        self.enter(Phase::Upgraded, |_| true);
        self.forget_bytes();
    }

    /// A request was answered.
    pub(super) fn is_answered(&self) {
        let early_bytes = self.early_bytes.swap(0, Ordering::Relaxed);
        let next = if early_bytes > 0 { Phase::Head } else { Phase::Idle };
        if self.enter(next, |phase| phase != Phase::Upgraded) {
            self.forget_bytes();
            self.hold_bytes(early_bytes);
        }
    }

    /// Tells it to close if it still waits for its client. False when it does not.
    pub(super) fn evict(&self) -> bool {
        // It may be between two requests, and the end of an answer lies here still.
        !self.reader.is_blocked() && self.close_if(Phase::is_waiting)
    }

    /// Tells it to close if an answer waits for its client. False when none does.
    pub(super) fn evict_reader(&self) -> bool {
        self.reader.is_blocked() && self.close_if(|phase| phase != Phase::Upgraded)
    }

    fn close_if(&self, allows: impl Fn(Phase) -> bool) -> bool {
        let closed = self.enter(Phase::Closed, allows);
        if closed {
            self.forget_bytes();
            self.close.cancel();
        }
        closed
    }

    /// It is a stranger's, and no proxy's that speaks for many.
    pub(super) fn is_strange(&self) -> bool {
        self.table.is_strange(&self.address)
    }

    /// How it takes its answers.
    pub(super) fn reader(&self) -> &Reader {
        &self.reader
    }

    /// Bytes came from the client.
    fn received(&self, bytes: usize) {
        match self.phase() {
            Phase::Idle => {
                self.enter(Phase::Head, |phase| phase == Phase::Idle);
                self.hold_bytes(bytes);
            }
            Phase::Head | Phase::Body => self.hold_bytes(bytes),
            Phase::Busy => {
                self.early_bytes.fetch_add(bytes, Ordering::Relaxed);
            }
            Phase::New | Phase::Upload | Phase::Upgraded | Phase::Closed => {}
        }
    }

    /// Changes the phase when the present one allows it. What was closed stays so.
    fn enter(&self, next: Phase, allows: impl Fn(Phase) -> bool) -> bool {
        let changed = self.phase.fetch_update(Ordering::AcqRel, Ordering::Acquire, |phase| {
            let phase = Phase::ALL[usize::from(phase)];
            (phase != Phase::Closed && allows(phase)).then_some(next as u8)
        });
        if changed.is_ok() {
            self.since_ms.store(self.table.now_ms(), Ordering::Relaxed);
        }
        changed.is_ok()
    }

    fn hold_bytes(&self, bytes: usize) {
        self.table.add(&self.address, bytes);
        self.unfinished_bytes.fetch_add(bytes, Ordering::Relaxed);
        self.table.relieve(&self.address);
    }

    /// The request is whole. What came beyond it lies in the connection's buffer until it is answered.
    fn keep_early_bytes(&self) {
        let beyond = self.unfinished_bytes().saturating_sub(self.expected_bytes.load(Ordering::Relaxed));
        self.early_bytes.fetch_add(beyond, Ordering::Relaxed);
        self.forget_bytes();
    }

    fn forget_bytes(&self) {
        let bytes = self.unfinished_bytes.swap(0, Ordering::Relaxed);
        self.table.subtract(&self.address, bytes);
    }
}

/// The socket of a connection. The connection is counted as long as this lives, also where another protocol has taken it.
pub(super) struct Socket {
    stream: TcpStream,
    connection: Arc<Connection>,
    outflow: Outflow,
    /// Bytes read since it last made room for others.
    read_in_turn: usize,
}

impl Socket {
    pub(super) fn new(stream: TcpStream, connection: Arc<Connection>) -> io::Result<Self> {
        match Outflow::begin(&stream, connection.table.readers_of(&connection.address)) {
            Ok(outflow) => Ok(Self { stream, connection, outflow, read_in_turn: 0 }),
            Err(error) => {
                connection.table.remove(&connection);
                Err(error)
            }
        }
    }

    /// What has become of a write. One that nobody takes fails some day, unless it is another protocol's.
    fn poll_written(&mut self, context: &mut Context<'_>, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if let Poll::Ready(result) = written {
            if self.outflow.takes(*result.as_ref().unwrap_or(&0)) {
                self.connection.table.let_go(&self.connection);
            }
            return Poll::Ready(result);
        }
        if self.connection.phase() == Phase::Upgraded {
            return Poll::Pending;
        }
        if self.outflow.blocks() {
            self.connection.table.hold(&self.connection);
        }
        loop {
            match ready!(self.outflow.poll_look(&self.stream, context)) {
                Ok(true) => self.connection.reader.has_taken(self.connection.table.now_ms()),
                Ok(false) => {}
                Err(error) => {
                    metrics::counter!("http_connections_closed_total", "reason" => "slow").increment(1);
                    return Poll::Ready(Err(error));
                }
            }
        }
    }

    /// Waits for the client's first byte, before there are buffers to read it into.
    pub(super) async fn readable(&self) -> io::Result<()> {
        self.stream.readable().await
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.connection.forget_bytes();
        if self.connection.reader.is_blocked() {
            forget_unsent(&self.stream);
        }
        self.connection.table.let_go(&self.connection);
        self.connection.table.remove(&self.connection);
    }
}

impl AsyncRead for Socket {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, to: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.read_in_turn >= TURN_BYTES {
            self.read_in_turn = 0;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let before = to.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, to);
        let bytes = to.filled().len() - before;
        self.read_in_turn = if read.is_ready() { self.read_in_turn + bytes } else { 0 };
        if bytes > 0 {
            self.connection.received(bytes);
        }
        read
    }
}

impl AsyncWrite for Socket {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, from: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, from);
        self.poll_written(context, written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        from: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, from);
        self.poll_written(context, written)
    }
}
