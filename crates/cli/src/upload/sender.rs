//! Sends many files at once, each by the way that suits it.

use super::destination::{Destination, Sent};
use super::journal::{Known, now_s};
use super::source::Source;
use super::{pieces, whole};
use crate::error::Error;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

/// Up to here a file is sent in one request, from memory.
const WHOLE_BYTES: u64 = 8 << 20;
/// The server knows keys of requests for a day. After this many seconds it is asked for the file instead.
const KEY_LIFETIME_S: u64 = 20 * 3600;

/// Sends the files, so many at once, and tells what became of each by its number. When it is no use to go on, the rest is not told of.
pub fn send_all(
    to: &Destination<'_>,
    sources: &[Source],
    parallel: usize,
    mut each: impl FnMut(usize, Result<Sent, Error>),
) -> Result<(), Error> {
    begin_all(to, sources)?;
    let next = AtomicUsize::new(0);
    let (sender, results) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..parallel.min(sources.len()) {
            let (sender, next) = (sender.clone(), &next);
            scope.spawn(move || {
                while !to.ended.load(Ordering::Relaxed) {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(source) = sources.get(index) else { return };
                    let sent = send(to, source);
                    if sent.as_ref().is_err_and(Error::concerns_all) {
                        to.ended.store(true, Ordering::Relaxed);
                    }
                    if sender.send((index, sent)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        results.into_iter().for_each(|(index, sent)| each(index, sent));
    });
    Ok(())
}

/// Notes all that is new at once, as the disk takes its time for each note.
fn begin_all(to: &Destination<'_>, sources: &[Source]) -> Result<(), Error> {
    let mut new = Vec::new();
    for source in sources {
        let key = to.key(source);
        let known = to.journal.known(&key);
        if !matches!(known, Some(Known::File(_))) {
            to.progress.expect_more(source.size_bytes);
        }
        if known.is_none() {
            new.push(key);
        }
    }
    to.journal.begin(&new)
}

/// Sends a file that is not there yet.
fn send(to: &Destination<'_>, source: &Source) -> Result<Sent, Error> {
    let key = to.key(source);
    let sent = match to.journal.known(&key) {
        Some(Known::File(id)) if to.is_there(&id)? => return Ok(Sent::Before(id)),
        Some(Known::File(_)) => {
            to.progress.expect_more(source.size_bytes);
            send_anew(to, source, &key)?
        }
        Some(Known::Begun(at)) if now_s().saturating_sub(at) > KEY_LIFETIME_S => match to.find_same(source)? {
            Some(id) => Sent::Before(id),
            None => send_anew(to, source, &key)?,
        },
        Some(Known::Upload(path)) => pieces::send(to, source, &key, Some(path))?,
        Some(Known::Begun(_)) | None => send_one(to, source, &key)?,
    };
    to.journal.note_file(&key, sent.id())?;
    Ok(sent)
}

fn send_anew(to: &Destination<'_>, source: &Source, key: &str) -> Result<Sent, Error> {
    to.journal.begin(&[key.to_owned()])?;
    send_one(to, source, key)
}

fn send_one(to: &Destination<'_>, source: &Source, key: &str) -> Result<Sent, Error> {
    if source.size_bytes > WHOLE_BYTES {
        return pieces::send(to, source, key, None);
    }
    match whole::send(to, source, key) {
        Err(error) if error.is_of_a_proxy() => pieces::send(to, source, key, None),
        sent => sent.map(Sent::Now),
    }
}
