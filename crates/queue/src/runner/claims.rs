//! The claiming half: where to look, and looking.

use super::Shared;
use crate::claim::{self, Claimed, Way};
use crate::lanes::Lanes;
use crate::queue::Heard;
use crate::{Error, segment};
use sqlx::PgConnection;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// Notifications wake, looking guarantees: a look from the very front even when nobody said anything.
const SAFETY_POLL: Duration = Duration::from_secs(20);

/// While there is work, what was found empty is forgotten so often.
const REFRESH: Duration = Duration::from_secs(1);

/// One claim after another, on a connection of its own. A claim that is lost with the server is simply not there, so these
/// commits do not wait for the disk.
pub(super) struct Claims {
    shared: Arc<Shared>,
    conn: Option<PgConnection>,
    lanes: Lanes,
    /// What was said so often is known.
    heard: u64,
    /// Something was claimed or said since the last refresh.
    active: bool,
    refreshed: Instant,
    polled: Option<Instant>,
    /// Somebody held a row that a swift claim wanted.
    careful_until: Instant,
    aged_look: Instant,
    /// The aged have just had their turn.
    aged_last: bool,
}

impl Claims {
    pub fn new(shared: Arc<Shared>) -> Self {
        let lanes = Lanes::new(shared.kinds.clone());
        let now = Instant::now();
        Self {
            shared,
            conn: None,
            lanes,
            heard: 0,
            active: true,
            refreshed: now,
            polled: None,
            careful_until: now,
            aged_look: now,
            aged_last: false,
        }
    }

    /// When to look although nothing has happened.
    pub fn next_look(&self) -> Instant {
        let poll = self.polled.map_or_else(Instant::now, |polled| polled + SAFETY_POLL);
        if self.active { poll.min(self.refreshed + REFRESH) } else { poll }
    }

    /// Whether the last looks left something to look at.
    pub fn has_more(&self, free: &[usize]) -> bool {
        self.lanes.next(free).is_some()
    }

    pub fn is_connected(&self) -> bool {
        self.conn.is_some()
    }

    /// Claims at most `free[kind]` jobs of each kind. Comes back with the first jobs it finds, or none when none are left.
    /// `known` are the jobs in hand, given when claims may have been made that were not heard of.
    pub async fn take(&mut self, worker: i32, free: &[usize], known: Option<Vec<i64>>) -> Result<Vec<Claimed>, Error> {
        match self.shared.queue.wakes().take(&mut self.heard) {
            Heard::Nothing => {}
            Heard::Everywhere => {
                self.lanes.forget();
                self.active = true;
            }
            Heard::Somewhere(current) => self.lanes.woken(current),
        }
        let taken = self.look(worker, free, known).await;
        if taken.is_err() {
            self.conn = None;
        }
        taken
    }

    /// Somebody said that there is work.
    pub fn woken(&mut self) {
        self.active = true;
    }

    async fn look(&mut self, worker: i32, free: &[usize], known: Option<Vec<i64>>) -> Result<Vec<Claimed>, Error> {
        let conn = match &mut self.conn {
            Some(conn) => conn,
            none => none.insert(self.shared.connect(false).await?),
        };
        if let Some(known) = known {
            claim::give_back_unknown(conn, worker, &known).await?;
            self.polled = None;
        }
        let now = Instant::now();
        if self.polled.is_none_or(|polled| polled + SAFETY_POLL <= now) {
            self.lanes.forget();
            self.polled = Some(now);
            self.refreshed = now - REFRESH;
            self.active = true;
        }
        if self.active && self.refreshed + REFRESH <= now {
            let (current, live) = segment::look(conn).await?;
            self.lanes.refresh(current, live);
            self.refreshed = now;
            self.active = false;
        }
        let mut claimed = self.aged(worker, free).await?;
        if claimed.is_empty()
            && let Some(conn) = &mut self.conn
        {
            loop {
                if self.careful_until > now {
                    self.lanes.be_careful();
                }
                let Some(look) = self.lanes.next(free) else { break };
                claimed = match claim::claim(conn, worker, &look).await {
                    Err(error) if look.way == Way::Swift && error.is_lock_timeout() => {
                        self.careful_until = now + REFRESH;
                        continue;
                    }
                    claimed => claimed?,
                };
                self.lanes.learn(&look, &claimed);
                if !claimed.is_empty() {
                    break;
                }
            }
        }
        self.active |= !claimed.is_empty();
        Ok(claimed)
    }

    /// Jobs of lower priorities that have waited too long, while higher ones would keep us busy: every other turn, and looked for
    /// once a second while there are none.
    async fn aged(&mut self, worker: i32, free: &[usize]) -> Result<Vec<Claimed>, Error> {
        if std::mem::take(&mut self.aged_last) || Instant::now() < self.aged_look {
            return Ok(Vec::new());
        }
        let Some(conn) = &mut self.conn else { return Ok(Vec::new()) };
        for (kind, &free) in free.iter().enumerate().filter(|(_, free)| **free > 0) {
            for look in self.lanes.starved(kind, free.div_ceil(2)) {
                let want = &look.wants[0];
                let age = self.shared.aging * u32::from(want.priorities.start().unsigned_abs());
                let claimed = claim::claim_aged(conn, worker, look.segment, want, age).await?;
                if !claimed.is_empty() {
                    self.aged_last = true;
                    return Ok(claimed);
                }
            }
        }
        self.aged_look = Instant::now() + REFRESH;
        Ok(Vec::new())
    }
}
