//! The fetcher: claims jobs, plan by plan, as its cursors say.

use super::Shared;
use crate::claim::{self, ClaimCursors, Claimed, Locking};
use crate::notify::WakeHint;
use crate::{Error, segment};
use sqlx::PgConnection;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// Notifications wake, polling guarantees: a claim from the very front even when nobody said anything.
const SAFETY_POLL: Duration = Duration::from_secs(20);

/// While there is work, the cursors are refreshed so often.
const REFRESH: Duration = Duration::from_secs(1);

/// One claim after another, on a connection of its own. A claim that is lost with the server is simply not there, so these
/// commits do not wait for the disk.
pub(super) struct Fetcher {
    shared: Arc<Shared>,
    conn: Option<PgConnection>,
    cursors: ClaimCursors,
    /// The wakes that have been taken into account.
    seen_wakes: u64,
    /// Something was claimed or somebody woke us since the last refresh.
    active: bool,
    refreshed_at: Instant,
    polled_at: Option<Instant>,
    /// Somebody held a row that an optimistic claim wanted: until then claims lock their rows.
    lock_rows_until: Instant,
    /// When to claim aged jobs again, after there were none.
    next_aged: Instant,
    /// The last claim was for aged jobs, so the next one is not.
    was_aged: bool,
}

impl Fetcher {
    pub fn new(shared: Arc<Shared>) -> Self {
        let cursors = ClaimCursors::new(shared.kinds.clone());
        let now = Instant::now();
        Self {
            shared,
            conn: None,
            cursors,
            seen_wakes: 0,
            active: true,
            refreshed_at: now,
            polled_at: None,
            lock_rows_until: now,
            next_aged: now,
            was_aged: false,
        }
    }

    /// When to fetch although nothing has happened.
    pub fn next_fetch(&self) -> Instant {
        let poll = self.polled_at.map_or_else(Instant::now, |polled_at| polled_at + SAFETY_POLL);
        if self.active { poll.min(self.refreshed_at + REFRESH) } else { poll }
    }

    /// Whether the last claims left a cursor that is not exhausted.
    pub fn has_more(&self, free: &[usize]) -> bool {
        self.cursors.plan(free).is_some()
    }

    pub fn is_connected(&self) -> bool {
        self.conn.is_some()
    }

    /// Claims at most `free[kind]` jobs of each kind. Returns the first jobs it finds, or none when none are left. `known` are the
    /// jobs the worker knows it has, given when the answer to a claim may have been lost: others it has are given back.
    pub async fn fetch(&mut self, worker: i32, free: &[usize], known: Option<Vec<i64>>) -> Result<Vec<Claimed>, Error> {
        match self.shared.queue.notifier().wake_signal().take(&mut self.seen_wakes) {
            WakeHint::Nothing => {}
            WakeHint::Everywhere => {
                self.cursors.reset();
                self.active = true;
            }
            WakeHint::Enqueued(current) => self.cursors.woken(current),
        }
        let claimed = self.claim(worker, free, known).await;
        if claimed.is_err() {
            self.conn = None;
        }
        claimed
    }

    /// Somebody said that there is work.
    pub fn woken(&mut self) {
        self.active = true;
    }

    async fn claim(&mut self, worker: i32, free: &[usize], known: Option<Vec<i64>>) -> Result<Vec<Claimed>, Error> {
        let conn = match &mut self.conn {
            Some(conn) => conn,
            none => none.insert(self.shared.connect(false).await?),
        };
        if let Some(known) = known {
            claim::give_back_unknown(conn, worker, &known).await?;
            self.polled_at = None;
        }
        let now = Instant::now();
        if self.polled_at.is_none_or(|polled_at| polled_at + SAFETY_POLL <= now) {
            self.cursors.reset();
            self.polled_at = Some(now);
            self.refreshed_at = now - REFRESH;
            self.active = true;
        }
        if self.active && self.refreshed_at + REFRESH <= now {
            let (current, live) = segment::survey(conn).await?;
            self.cursors.refresh(current, live);
            self.refreshed_at = now;
            self.active = false;
        }
        let mut claimed = self.claim_aged(worker, free).await?;
        if claimed.is_empty()
            && let Some(conn) = &mut self.conn
        {
            loop {
                if self.lock_rows_until > now {
                    self.cursors.lock_rows();
                }
                let Some(plan) = self.cursors.plan(free) else { break };
                claimed = match claim::claim(conn, worker, &plan).await {
                    Err(error) if plan.locking == Locking::Optimistic && error.is_lock_timeout() => {
                        self.lock_rows_until = now + REFRESH;
                        continue;
                    }
                    claimed => claimed?,
                };
                self.cursors.advance(&plan, &claimed);
                if !claimed.is_empty() {
                    break;
                }
            }
        }
        self.active |= !claimed.is_empty();
        Ok(claimed)
    }

    /// Claims jobs of lower priorities that have waited too long, while higher ones would keep us busy: every other claim, and
    /// once a second while there are none.
    async fn claim_aged(&mut self, worker: i32, free: &[usize]) -> Result<Vec<Claimed>, Error> {
        if std::mem::take(&mut self.was_aged) || Instant::now() < self.next_aged {
            return Ok(Vec::new());
        }
        let Some(conn) = &mut self.conn else { return Ok(Vec::new()) };
        for (kind, &free) in free.iter().enumerate().filter(|(_, free)| **free > 0) {
            for plan in self.cursors.plan_aged(kind, free.div_ceil(2)) {
                let request = &plan.requests[0];
                let age = self.shared.aging * u32::from(request.priorities.start().unsigned_abs());
                let claimed = claim::claim_aged(conn, worker, plan.segment, request, age).await?;
                if !claimed.is_empty() {
                    self.was_aged = true;
                    return Ok(claimed);
                }
            }
        }
        self.next_aged = Instant::now() + REFRESH;
        Ok(Vec::new())
    }
}
