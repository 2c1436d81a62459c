//! How far sending has come, for a person at a terminal.

use crate::error::Error;
use crate::output::note;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// All that is to be sent.
pub struct Progress {
    bar: ProgressBar,
    /// It has been said that it does not go on, and has not gone on since.
    is_paused: AtomicBool,
}

/// What of one file has been sent.
pub struct Counted<'a> {
    bar: &'a ProgressBar,
    bytes: u64,
}

impl Progress {
    /// A bar on standard error, if that is a terminal and people are spoken to.
    pub fn new(is_for_people: bool) -> Self {
        // The bar itself shows nothing where there is no terminal.
        let target = if is_for_people { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let style = "{bar:30} {bytes}/{total_bytes}  {binary_bytes_per_sec}  {eta} left  {msg}";
        let style = ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = ProgressBar::with_draw_target(Some(0), target).with_style(style);
        bar.enable_steady_tick(Duration::from_millis(200));
        Self { bar, is_paused: AtomicBool::new(false) }
    }

    /// A file whose bytes are counted here.
    pub fn file(&self) -> Counted<'_> {
        Counted { bar: &self.bar, bytes: 0 }
    }

    /// There is so much more to send than was known before.
    pub fn expect_more(&self, bytes: u64) {
        self.bar.inc_length(bytes);
    }

    /// How many files are done.
    pub fn count(&self, done: usize, all: usize) {
        self.is_paused.store(false, Ordering::Relaxed);
        self.bar.set_message(format!("{done} of {all} files"));
    }

    /// It does not go on at the moment. Several threads find that out, and it is said once.
    pub fn pause(&self, why: &Error) {
        if !self.is_paused.swap(true, Ordering::Relaxed) {
            self.note(&format!("{why}; trying again"));
        }
    }

    /// A sentence above the bar.
    pub fn note(&self, text: &str) {
        self.bar.suspend(|| note(text));
    }

    /// Nothing more to show.
    pub fn end(&self) {
        self.bar.finish_and_clear();
    }
}

impl Counted<'_> {
    /// So many more of its bytes have been sent.
    pub fn add(&mut self, bytes: u64) {
        self.bytes += bytes;
        self.bar.inc(bytes);
    }

    /// So many of its bytes have arrived, whatever was sent.
    pub fn set(&mut self, bytes: u64) {
        if bytes >= self.bytes {
            self.bar.inc(bytes - self.bytes);
        } else {
            self.bar.dec(self.bytes - bytes);
        }
        self.bytes = bytes;
    }
}
