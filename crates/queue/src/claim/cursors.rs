//! Per segment, kind and priority: how far a worker has claimed, so that a claim does not scan again what is claimed already. A
//! cursor never hides a job for long: during work its being exhausted is forgotten every second, and every safety poll begins at
//! the very front.

use super::plan::{ClaimPlan, ClaimRequest, Locking, PRIORITIES};
use super::statements::Claimed;
use crate::sql::SEGMENTS;
use std::collections::VecDeque;
use std::sync::Arc;

/// A transaction may commit its job after a later position has been claimed. Claims that skip locked rows begin so many positions
/// back for such jobs; optimistic ones leave them to the next refresh.
const SLACK: i64 = 1024;

/// Refreshes after which a cursor no longer goes back. Jobs committed later than that are found by the next safety poll.
const MAX_HISTORY: usize = 5;

/// The most jobs one request asks for.
const MAX_JOBS: usize = 1000;

/// How far one kind and priority of one segment is claimed.
#[derive(Debug, Clone, Default)]
struct Cursor {
    /// The last claim found less than it asked for: nothing is left.
    exhausted: bool,
    /// The last claim was given all it asked for: there is probably more.
    saturated: bool,
    /// Jobs up to this position are claimed.
    position: i64,
    /// `position` as it was at the last refreshes, newest last.
    history: VecDeque<i64>,
}

/// All cursors of one worker.
#[derive(Debug)]
pub(crate) struct ClaimCursors {
    kinds: Vec<Arc<str>>,
    current: usize,
    /// Whether the segment may hold jobs at all.
    live: [bool; SEGMENTS],
    /// By segment, kind and priority.
    cursors: Vec<Cursor>,
}

impl ClaimCursors {
    /// Nothing is known yet, so every segment may hold jobs.
    pub(crate) fn new(kinds: Vec<Arc<str>>) -> Self {
        let cursors = vec![Cursor::default(); SEGMENTS * kinds.len() * PRIORITIES];
        Self { kinds, current: 0, live: [true; SEGMENTS], cursors }
    }

    fn cursor(&self, segment: usize, kind: usize, priority: usize) -> &Cursor {
        &self.cursors[(segment * self.kinds.len() + kind) * PRIORITIES + priority]
    }

    fn cursor_mut(&mut self, segment: usize, kind: usize, priority: usize) -> &mut Cursor {
        &mut self.cursors[(segment * self.kinds.len() + kind) * PRIORITIES + priority]
    }

    /// The segments that may hold jobs, oldest first.
    fn segments(&self) -> impl Iterator<Item = usize> + '_ {
        (1..=SEGMENTS).map(|step| (self.current + step) % SEGMENTS).filter(|&segment| self.live[segment])
    }

    /// Whether there may be something to claim.
    fn may_have_jobs(&self, segment: usize, kind: usize, priority: usize) -> bool {
        self.live[segment] && !self.cursor(segment, kind, priority).exhausted
    }

    /// Jobs were enqueued. They are in the current segment, or in the one before if that has just changed.
    pub(crate) fn woken(&mut self, current: Option<usize>) {
        let before = |segment: usize| (segment + SEGMENTS - 1) % SEGMENTS;
        if let Some(current) = current.filter(|&current| current < SEGMENTS && current != self.current) {
            self.current = current;
            self.live[before(current)] = true;
        }
        self.live[self.current] = true;
        for segment in [self.current, before(self.current)] {
            self.each(segment, |cursor| cursor.exhausted = false);
        }
    }

    /// Takes in which segments have a size and which one is current, and takes back what may not be true any more.
    pub(crate) fn refresh(&mut self, current: usize, live: [bool; SEGMENTS]) {
        self.current = current % SEGMENTS;
        self.live = live;
        self.live[self.current] = true;
        for segment in 0..SEGMENTS {
            let live = self.live[segment];
            self.each(segment, |cursor| {
                cursor.exhausted = false;
                if !live {
                    *cursor = Cursor::default();
                    return;
                }
                cursor.history.push_back(cursor.position);
                if cursor.history.len() > MAX_HISTORY {
                    cursor.history.pop_front();
                }
                // A truncated segment begins anew, but positions only grow, so what was claimed before stays before the cursor.
                cursor.position = cursor.position.min(cursor.history.front().copied().unwrap_or(0));
            });
        }
    }

    /// Resets all: jobs have come back to positions that the cursors have passed.
    pub(crate) fn reset(&mut self) {
        self.live = [true; SEGMENTS];
        self.cursors.fill(Cursor::default());
    }

    fn each(&mut self, segment: usize, mut change: impl FnMut(&mut Cursor)) {
        let width = self.kinds.len() * PRIORITIES;
        self.cursors[segment * width..(segment + 1) * width].iter_mut().for_each(&mut change);
    }

    /// The next claim when there are `free[kind]` slots for each kind: high before normal before low, and within a priority the
    /// oldest segment first. None when every cursor is exhausted.
    pub(crate) fn plan(&self, free: &[usize]) -> Option<ClaimPlan> {
        let first = |kind: usize| {
            (0..PRIORITIES).find_map(|priority| {
                let segment = self.segments().find(|&segment| self.may_have_jobs(segment, kind, priority))?;
                Some((segment, priority))
            })
        };
        let targets: Vec<(usize, usize, usize)> = (0..self.kinds.len())
            .filter(|&kind| free[kind] > 0)
            .filter_map(|kind| first(kind).map(|(segment, priority)| (kind, segment, priority)))
            .collect();
        let segment = targets.first()?.1;
        let targets: Vec<_> = targets.into_iter().filter(|target| target.1 == segment).collect();
        let is_saturated =
            targets.iter().all(|&(kind, segment, priority)| self.cursor(segment, kind, priority).saturated);
        let locking = if is_saturated { Locking::Optimistic } else { Locking::SkipLocked };
        let mut plan = ClaimPlan { segment: segment as i16, locking, kinds: Vec::new(), requests: Vec::new() };
        for (kind, _, priority) in targets {
            let is_only_segment = !self.segments().any(|other| {
                other != segment && (priority..PRIORITIES).any(|priority| self.may_have_jobs(other, kind, priority))
            });
            let last = if is_only_segment { PRIORITIES - 1 } else { priority };
            plan.kinds.push(kind);
            plan.requests.push(self.request(segment, kind, free[kind], priority..=last, locking));
        }
        Some(plan)
    }

    fn request(
        &self,
        segment: usize,
        kind: usize,
        limit: usize,
        priorities: std::ops::RangeInclusive<usize>,
        locking: Locking,
    ) -> ClaimRequest {
        let slack = if locking == Locking::SkipLocked { SLACK } else { 0 };
        ClaimRequest {
            kind: self.kinds[kind].clone(),
            limit: limit.min(MAX_JOBS) as i32,
            priorities: *priorities.start() as i16..=*priorities.end() as i16,
            after: std::array::from_fn(|priority| (self.cursor(segment, kind, priority).position - slack).max(0)),
        }
    }

    /// Claims on the oldest jobs of each lower priority, while higher ones keep this worker busy: for aging.
    pub(crate) fn plan_aged(&self, kind: usize, limit: usize) -> Vec<ClaimPlan> {
        let starved = (1..PRIORITIES).rev().filter(|&priority| {
            (0..priority).any(|higher| self.segments().any(|segment| self.may_have_jobs(segment, kind, higher)))
        });
        starved
            .filter_map(|priority| {
                let segment = self.segments().find(|&segment| self.may_have_jobs(segment, kind, priority))?;
                let locking = Locking::SkipLocked;
                let request = self.request(segment, kind, limit, priority..=priority, locking);
                Some(ClaimPlan { segment: segment as i16, locking, kinds: vec![kind], requests: vec![request] })
            })
            .collect()
    }

    /// No claim is optimistic until another one has been given all it asked for.
    pub(crate) fn lock_rows(&mut self) {
        self.cursors.iter_mut().for_each(|cursor| cursor.saturated = false);
    }

    /// Moves the cursors behind what a plan claimed. Those that gave less than was asked for are exhausted, unless the claim was
    /// optimistic: then the next one locks.
    pub(crate) fn advance(&mut self, plan: &ClaimPlan, claimed: &[Claimed]) {
        let segment = usize::try_from(plan.segment).unwrap_or(0);
        for (&kind, request) in plan.kinds.iter().zip(&plan.requests) {
            let mut got = 0;
            for claimed in claimed.iter().filter(|claimed| claimed.job.kind == request.kind) {
                got += 1;
                let cursor = self.cursor_mut(segment, kind, usize::try_from(claimed.priority).unwrap_or(0));
                cursor.position = cursor.position.max(claimed.position);
            }
            for priority in request.priorities.clone() {
                let cursor = self.cursor_mut(segment, kind, usize::try_from(priority).unwrap_or(0));
                cursor.saturated = got == request.limit;
                cursor.exhausted |= got < request.limit && plan.locking == Locking::SkipLocked;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::JobFields;
    use crate::{Job, JobId};
    use time::OffsetDateTime;

    fn claimed(kind: &str, priority: i16, position: i64) -> Claimed {
        let job = JobFields {
            id: JobId(position),
            kind: kind.into(),
            payload: serde_json::Value::Null,
            attempt: 1,
            max_attempts: 1,
            unique_key: None,
            subject: None,
            limit_key: None,
            trace: None,
            timeout: None,
            created_at: OffsetDateTime::UNIX_EPOCH,
            queued_at: OffsetDateTime::UNIX_EPOCH,
            worker: 1,
            segment: 0,
            ctid: crate::sql::Ctid::default(),
            cancelled: Default::default(),
            ended: Default::default(),
        };
        Claimed { job: Job(Arc::new(job)), priority, position }
    }

    fn only(live: &[usize]) -> [bool; SEGMENTS] {
        std::array::from_fn(|segment| live.contains(&segment))
    }

    /// The plans until every cursor is exhausted, each claiming nothing.
    fn plans(cursors: &mut ClaimCursors, free: &[usize]) -> Vec<(i16, std::ops::RangeInclusive<i16>)> {
        let mut plans = Vec::new();
        while let Some(plan) = cursors.plan(free) {
            cursors.advance(&plan, &[]);
            plans.push((plan.segment, plan.requests[0].priorities.clone()));
        }
        plans
    }

    #[test]
    fn one_segment_is_one_claim() {
        let mut cursors = ClaimCursors::new(vec!["a".into()]);
        cursors.refresh(3, only(&[3]));
        assert_eq!(plans(&mut cursors, &[5]), [(3, 0..=2)]);
        assert_eq!(cursors.plan(&[5]), None, "nothing is claimed twice");
        cursors.woken(None);
        assert_eq!(plans(&mut cursors, &[5]), [(3, 0..=2)]);
        cursors.woken(None);
        assert_eq!(cursors.plan(&[0]), None, "no slot, no claim");
    }

    #[test]
    fn high_jobs_of_young_segments_come_before_low_ones_of_old_segments() {
        let mut cursors = ClaimCursors::new(vec!["a".into()]);
        cursors.refresh(1, only(&[15, 0, 1]));
        let order = plans(&mut cursors, &[5]);
        let high: Vec<i16> = order.iter().take(3).map(|(segment, _)| *segment).collect();
        assert_eq!(high, [15, 0, 1], "the oldest segment first: {order:?}");
        assert_eq!(order[0].1, 0..=0);
        assert_eq!(order[3], (15, 1..=1));
    }

    #[test]
    fn a_saturated_cursor_moves_on_and_leaves_slack_for_late_commits() {
        let mut cursors = ClaimCursors::new(vec!["a".into()]);
        cursors.refresh(0, only(&[0]));
        let plan = cursors.plan(&[2]).unwrap();
        cursors.advance(&plan, &[claimed("a", 1, 5000), claimed("a", 1, 5001)]);
        let optimistic = cursors.plan(&[2]).unwrap();
        assert_eq!(
            (optimistic.locking, optimistic.requests[0].after),
            (Locking::Optimistic, [0, 5001, 0]),
            "late ones wait for a refresh"
        );
        cursors.lock_rows();
        let locking = cursors.plan(&[2]).unwrap();
        assert_eq!((locking.locking, locking.requests[0].after), (Locking::SkipLocked, [0, 5001 - SLACK, 0]));
        cursors.reset();
        assert_eq!(cursors.plan(&[2]).unwrap().requests[0].after, [0; 3]);
    }

    #[test]
    fn what_an_optimistic_claim_did_not_find_may_be_there() {
        let mut cursors = ClaimCursors::new(vec!["a".into()]);
        cursors.refresh(0, only(&[0]));
        let plan = cursors.plan(&[1]).unwrap();
        cursors.advance(&plan, &[claimed("a", 1, 5000)]);
        let plan = cursors.plan(&[2]).unwrap();
        cursors.advance(&plan, &[claimed("a", 1, 5001)]);
        assert_eq!(plan.locking, Locking::Optimistic);
        assert_eq!(cursors.plan(&[1]).map(|plan| (plan.segment, plan.locking)), Some((0, Locking::SkipLocked)));
    }

    #[test]
    fn a_claim_elsewhere_leaves_a_cursor_saturated() {
        let mut cursors = ClaimCursors::new(vec!["a".into()]);
        cursors.refresh(1, only(&[0, 1]));
        let mut lockings = Vec::new();
        for round in 0..12 {
            let plan = cursors.plan(&[1]).unwrap();
            let found = (plan.segment, *plan.requests[0].priorities.start()) == (0, 1);
            let jobs = if found { vec![claimed("a", 1, 5000 + round)] } else { vec![] };
            cursors.advance(&plan, &jobs);
            if found {
                lockings.push(plan.locking);
                cursors.woken(None);
            } else {
                assert_eq!(plan.locking, Locking::SkipLocked, "{plan:?}");
            }
        }
        assert_eq!(lockings, [Locking::SkipLocked, Locking::Optimistic, Locking::Optimistic, Locking::Optimistic]);
    }

    #[test]
    fn a_refresh_goes_back_to_where_the_cursor_was_some_time_ago() {
        let mut cursors = ClaimCursors::new(vec!["a".into()]);
        let position = |round: usize| 5000 + 2000 * round as i64;
        for round in 0..10usize {
            cursors.refresh(0, only(&[0]));
            let plan = cursors.plan(&[1]).unwrap();
            let expected = round.checked_sub(MAX_HISTORY).map_or(0, |earlier| position(earlier) - SLACK);
            assert_eq!(plan.requests[0].after[1], expected, "round {round}");
            cursors.advance(&plan, &[claimed("a", 1, position(round))]);
            cursors.lock_rows();
        }
    }

    #[test]
    fn what_a_segment_was_is_forgotten_with_it() {
        let mut cursors = ClaimCursors::new(vec!["a".into()]);
        cursors.refresh(0, only(&[0]));
        let plan = cursors.plan(&[1]).unwrap();
        cursors.advance(&plan, &[claimed("a", 0, 9000)]);
        cursors.refresh(1, only(&[1]));
        cursors.refresh(1, only(&[0, 1]));
        assert_eq!(cursors.plan(&[1]).map(|plan| (plan.segment, plan.requests[0].after[0])), Some((0, 0)));
    }

    #[test]
    fn a_notification_of_another_segment_is_claimed_with_the_one_before() {
        let mut cursors = ClaimCursors::new(vec!["a".into()]);
        cursors.refresh(4, only(&[4]));
        assert_eq!(plans(&mut cursors, &[1]).len(), 1);
        cursors.woken(Some(5));
        let segments: Vec<i16> = plans(&mut cursors, &[1]).iter().map(|(segment, _)| *segment).collect();
        assert!(segments.contains(&4) && segments.contains(&5), "{segments:?}");
    }

    #[test]
    fn only_priorities_below_busy_ones_starve() {
        let mut cursors = ClaimCursors::new(vec!["a".into()]);
        cursors.refresh(0, only(&[0]));
        let starved: Vec<i16> =
            cursors.plan_aged(0, 1).iter().map(|plan| *plan.requests[0].priorities.start()).collect();
        assert_eq!(starved, [2, 1], "the lowest first");
        plans(&mut cursors, &[1]);
        assert!(cursors.plan_aged(0, 1).is_empty());
    }
}
