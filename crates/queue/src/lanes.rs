//! Where a worker looks for jobs: what it knows of each segment, kind and priority. Knowing saves looks and never hides a job for
//! long: every second of work, what was found empty is forgotten, and every safety poll begins at the very front.

use crate::claim::{Claimed, PRIORITIES, Want, Way};
use crate::sql::SEGMENTS;
use std::collections::VecDeque;
use std::sync::Arc;

/// A transaction may commit its job after a later place has been claimed. Careful claims look so many places back for such jobs;
/// swift ones leave them to the next refresh.
const SLACK: i64 = 1024;

/// Refreshes after which a place is thought to be behind us. Jobs committed later than that are found by the next safety poll.
const MEMORY: usize = 5;

/// The most one claim takes.
const MOST: usize = 1000;

/// One kind and priority in one segment.
#[derive(Debug, Clone, Default)]
struct Lane {
    /// Nothing was left when we last looked.
    empty: bool,
    /// The last look was given all it wanted, so there is more where that came from.
    rich: bool,
    /// Jobs up to here are taken.
    after: i64,
    /// `after` as it was at the last refreshes, newest last.
    before: VecDeque<i64>,
}

/// What a worker knows.
#[derive(Debug)]
pub(crate) struct Lanes {
    kinds: Vec<Arc<str>>,
    current: usize,
    /// Whether the segment may hold jobs at all.
    live: [bool; SEGMENTS],
    /// By segment, kind and priority.
    lanes: Vec<Lane>,
}

/// A look at one segment.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Look {
    pub segment: i16,
    /// Swift where only rich lanes are looked at.
    pub way: Way,
    /// Which kinds, by their number, in the order of the wants.
    pub kinds: Vec<usize>,
    pub wants: Vec<Want>,
}

impl Lanes {
    /// Knows nothing, so everything may hold jobs.
    pub(crate) fn new(kinds: Vec<Arc<str>>) -> Self {
        let lanes = vec![Lane::default(); SEGMENTS * kinds.len() * PRIORITIES];
        Self { kinds, current: 0, live: [true; SEGMENTS], lanes }
    }

    fn lane(&self, segment: usize, kind: usize, priority: usize) -> &Lane {
        &self.lanes[(segment * self.kinds.len() + kind) * PRIORITIES + priority]
    }

    fn lane_mut(&mut self, segment: usize, kind: usize, priority: usize) -> &mut Lane {
        &mut self.lanes[(segment * self.kinds.len() + kind) * PRIORITIES + priority]
    }

    /// The segments that may hold jobs, oldest first.
    fn segments(&self) -> impl Iterator<Item = usize> + '_ {
        (1..=SEGMENTS).map(|step| (self.current + step) % SEGMENTS).filter(|&segment| self.live[segment])
    }

    fn open(&self, segment: usize, kind: usize, priority: usize) -> bool {
        self.live[segment] && !self.lane(segment, kind, priority).empty
    }

    /// Somebody put jobs in. They are in the current segment, or in the one before if it has just changed.
    pub(crate) fn woken(&mut self, current: Option<usize>) {
        let before = |segment: usize| (segment + SEGMENTS - 1) % SEGMENTS;
        if let Some(current) = current.filter(|&current| current < SEGMENTS && current != self.current) {
            self.current = current;
            self.live[before(current)] = true;
        }
        self.live[self.current] = true;
        for segment in [self.current, before(self.current)] {
            self.each(segment, |lane| lane.empty = false);
        }
    }

    /// A regular look at which segments have a size and which one is current.
    pub(crate) fn refresh(&mut self, current: usize, live: [bool; SEGMENTS]) {
        self.current = current % SEGMENTS;
        self.live = live;
        self.live[self.current] = true;
        for segment in 0..SEGMENTS {
            let live = self.live[segment];
            self.each(segment, |lane| {
                lane.empty = false;
                if !live {
                    *lane = Lane::default();
                    return;
                }
                lane.before.push_back(lane.after);
                if lane.before.len() > MEMORY {
                    lane.before.pop_front();
                }
                // A truncated segment begins anew, but places only grow, so what was behind us stays behind us.
                lane.after = lane.after.min(lane.before.front().copied().unwrap_or(0));
            });
        }
    }

    /// Forgets all: jobs have come back to places long behind us.
    pub(crate) fn forget(&mut self) {
        self.live = [true; SEGMENTS];
        self.lanes.fill(Lane::default());
    }

    fn each(&mut self, segment: usize, mut change: impl FnMut(&mut Lane)) {
        let width = self.kinds.len() * PRIORITIES;
        self.lanes[segment * width..(segment + 1) * width].iter_mut().for_each(&mut change);
    }

    /// Where to look next when `free[kind]` more jobs of each kind are wanted: high before normal before low, and within a
    /// priority the oldest segment first. None when nothing is known to be there.
    pub(crate) fn next(&self, free: &[usize]) -> Option<Look> {
        let first = |kind: usize| {
            (0..PRIORITIES).find_map(|priority| {
                let segment = self.segments().find(|&segment| self.open(segment, kind, priority))?;
                Some((segment, priority))
            })
        };
        let targets: Vec<(usize, usize, usize)> = (0..self.kinds.len())
            .filter(|&kind| free[kind] > 0)
            .filter_map(|kind| first(kind).map(|(segment, priority)| (kind, segment, priority)))
            .collect();
        let segment = targets.first()?.1;
        let targets: Vec<_> = targets.into_iter().filter(|target| target.1 == segment).collect();
        let is_rich = targets.iter().all(|&(kind, segment, priority)| self.lane(segment, kind, priority).rich);
        let way = if is_rich { Way::Swift } else { Way::Careful };
        let mut look = Look { segment: segment as i16, way, kinds: Vec::new(), wants: Vec::new() };
        for (kind, _, priority) in targets {
            let alone = !self.segments().any(|other| {
                other != segment && (priority..PRIORITIES).any(|priority| self.open(other, kind, priority))
            });
            let last = if alone { PRIORITIES - 1 } else { priority };
            look.kinds.push(kind);
            look.wants.push(self.want(segment, kind, free[kind], priority..=last, way));
        }
        Some(look)
    }

    fn want(
        &self,
        segment: usize,
        kind: usize,
        places: usize,
        priorities: std::ops::RangeInclusive<usize>,
        way: Way,
    ) -> Want {
        let slack = if way == Way::Careful { SLACK } else { 0 };
        Want {
            kind: self.kinds[kind].clone(),
            places: places.min(MOST) as i32,
            priorities: *priorities.start() as i16..=*priorities.end() as i16,
            after: std::array::from_fn(|priority| (self.lane(segment, kind, priority).after - slack).max(0)),
        }
    }

    /// Where the oldest jobs of a low priority are, while higher ones keep this worker busy: for aging.
    pub(crate) fn starved(&self, kind: usize, places: usize) -> Vec<Look> {
        let lanes = (1..PRIORITIES).rev().filter(|&priority| {
            (0..priority).any(|higher| self.segments().any(|segment| self.open(segment, kind, higher)))
        });
        lanes
            .filter_map(|priority| {
                let segment = self.segments().find(|&segment| self.open(segment, kind, priority))?;
                let want = self.want(segment, kind, places, priority..=priority, Way::Careful);
                Some(Look { segment: segment as i16, way: Way::Careful, kinds: vec![kind], wants: vec![want] })
            })
            .collect()
    }

    /// Nothing is taken swiftly until it is known anew to be rich.
    pub(crate) fn be_careful(&mut self) {
        self.lanes.iter_mut().for_each(|lane| lane.rich = false);
    }

    /// What a look brought: lanes that gave less than was wanted have nothing left, the others go on behind what they gave. What a
    /// swift look did not bring says nothing but that the next one has to be careful.
    pub(crate) fn learn(&mut self, look: &Look, claimed: &[Claimed]) {
        let segment = usize::try_from(look.segment).unwrap_or(0);
        for (&kind, want) in look.kinds.iter().zip(&look.wants) {
            let mut got = 0;
            for claimed in claimed.iter().filter(|claimed| claimed.job.kind == want.kind) {
                got += 1;
                let lane = self.lane_mut(segment, kind, usize::try_from(claimed.priority).unwrap_or(0));
                lane.after = lane.after.max(claimed.place);
            }
            for priority in want.priorities.clone() {
                let lane = self.lane_mut(segment, kind, usize::try_from(priority).unwrap_or(0));
                lane.rich = got == want.places;
                lane.empty |= got < want.places && look.way == Way::Careful;
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

    fn claimed(kind: &str, priority: i16, place: i64) -> Claimed {
        let job = JobFields {
            id: JobId(place),
            kind: kind.into(),
            payload: serde_json::Value::Null,
            attempt: 1,
            max_attempts: 1,
            unique_key: None,
            subject: None,
            gate: None,
            trace: None,
            timeout: None,
            created_at: OffsetDateTime::UNIX_EPOCH,
            queued_at: OffsetDateTime::UNIX_EPOCH,
            worker: 1,
            segment: 0,
            row: crate::sql::Tid::default(),
            cancelled: Default::default(),
            ended: Default::default(),
        };
        Claimed { job: Job(Arc::new(job)), priority, place }
    }

    fn only(live: &[usize]) -> [bool; SEGMENTS] {
        std::array::from_fn(|segment| live.contains(&segment))
    }

    /// The looks until nothing is known to be there, each finding nothing.
    fn looks(lanes: &mut Lanes, free: &[usize]) -> Vec<(i16, std::ops::RangeInclusive<i16>)> {
        let mut looks = Vec::new();
        while let Some(look) = lanes.next(free) {
            lanes.learn(&look, &[]);
            looks.push((look.segment, look.wants[0].priorities.clone()));
        }
        looks
    }

    #[test]
    fn one_segment_is_one_look() {
        let mut lanes = Lanes::new(vec!["a".into()]);
        lanes.refresh(3, only(&[3]));
        assert_eq!(looks(&mut lanes, &[5]), [(3, 0..=2)]);
        assert_eq!(lanes.next(&[5]), None, "nothing is looked at twice");
        lanes.woken(None);
        assert_eq!(looks(&mut lanes, &[5]), [(3, 0..=2)]);
        lanes.woken(None);
        assert_eq!(lanes.next(&[0]), None, "no room, no look");
    }

    #[test]
    fn high_jobs_of_young_segments_come_before_low_ones_of_old_segments() {
        let mut lanes = Lanes::new(vec!["a".into()]);
        lanes.refresh(1, only(&[15, 0, 1]));
        let order = looks(&mut lanes, &[5]);
        let high: Vec<i16> = order.iter().take(3).map(|(segment, _)| *segment).collect();
        assert_eq!(high, [15, 0, 1], "the oldest segment first: {order:?}");
        assert_eq!(order[0].1, 0..=0);
        assert_eq!(order[3], (15, 1..=1));
    }

    #[test]
    fn a_full_answer_goes_on_behind_it_and_leaves_slack_for_late_commits() {
        let mut lanes = Lanes::new(vec!["a".into()]);
        lanes.refresh(0, only(&[0]));
        let look = lanes.next(&[2]).unwrap();
        lanes.learn(&look, &[claimed("a", 1, 5000), claimed("a", 1, 5001)]);
        let swift = lanes.next(&[2]).unwrap();
        assert_eq!((swift.way, swift.wants[0].after), (Way::Swift, [0, 5001, 0]), "late ones wait for a refresh");
        lanes.be_careful();
        let careful = lanes.next(&[2]).unwrap();
        assert_eq!((careful.way, careful.wants[0].after), (Way::Careful, [0, 5001 - SLACK, 0]));
        lanes.forget();
        assert_eq!(lanes.next(&[2]).unwrap().wants[0].after, [0; 3]);
    }

    #[test]
    fn what_a_swift_claim_did_not_find_may_be_there() {
        let mut lanes = Lanes::new(vec!["a".into()]);
        lanes.refresh(0, only(&[0]));
        let look = lanes.next(&[1]).unwrap();
        lanes.learn(&look, &[claimed("a", 1, 5000)]);
        let look = lanes.next(&[2]).unwrap();
        lanes.learn(&look, &[claimed("a", 1, 5001)]);
        assert_eq!(look.way, Way::Swift);
        assert_eq!(lanes.next(&[1]).map(|look| (look.segment, look.way)), Some((0, Way::Careful)));
    }

    #[test]
    fn a_look_elsewhere_leaves_a_rich_lane_what_it_is() {
        let mut lanes = Lanes::new(vec!["a".into()]);
        lanes.refresh(1, only(&[0, 1]));
        let mut ways = Vec::new();
        for round in 0..12 {
            let look = lanes.next(&[1]).unwrap();
            let found = (look.segment, *look.wants[0].priorities.start()) == (0, 1);
            let jobs = if found { vec![claimed("a", 1, 5000 + round)] } else { vec![] };
            lanes.learn(&look, &jobs);
            if found {
                ways.push(look.way);
                lanes.woken(None);
            } else {
                assert_eq!(look.way, Way::Careful, "{look:?}");
            }
        }
        assert_eq!(ways, [Way::Careful, Way::Swift, Way::Swift, Way::Swift]);
    }

    #[test]
    fn a_refresh_goes_back_to_where_claims_were_some_time_ago() {
        let mut lanes = Lanes::new(vec!["a".into()]);
        let place = |round: usize| 5000 + 2000 * round as i64;
        for round in 0..10usize {
            lanes.refresh(0, only(&[0]));
            let look = lanes.next(&[1]).unwrap();
            let expected = round.checked_sub(MEMORY).map_or(0, |earlier| place(earlier) - SLACK);
            assert_eq!(look.wants[0].after[1], expected, "round {round}");
            lanes.learn(&look, &[claimed("a", 1, place(round))]);
            lanes.be_careful();
        }
    }

    #[test]
    fn what_a_segment_was_is_forgotten_with_it() {
        let mut lanes = Lanes::new(vec!["a".into()]);
        lanes.refresh(0, only(&[0]));
        let look = lanes.next(&[1]).unwrap();
        lanes.learn(&look, &[claimed("a", 0, 9000)]);
        lanes.refresh(1, only(&[1]));
        lanes.refresh(1, only(&[0, 1]));
        assert_eq!(lanes.next(&[1]).map(|look| (look.segment, look.wants[0].after[0])), Some((0, 0)));
    }

    #[test]
    fn a_notification_of_another_segment_is_looked_at_with_the_one_before() {
        let mut lanes = Lanes::new(vec!["a".into()]);
        lanes.refresh(4, only(&[4]));
        assert_eq!(looks(&mut lanes, &[1]).len(), 1);
        lanes.woken(Some(5));
        let segments: Vec<i16> = looks(&mut lanes, &[1]).iter().map(|(segment, _)| *segment).collect();
        assert!(segments.contains(&4) && segments.contains(&5), "{segments:?}");
    }

    #[test]
    fn only_lanes_below_busy_ones_starve() {
        let mut lanes = Lanes::new(vec!["a".into()]);
        lanes.refresh(0, only(&[0]));
        let starved: Vec<i16> = lanes.starved(0, 1).iter().map(|look| *look.wants[0].priorities.start()).collect();
        assert_eq!(starved, [2, 1], "the lowest first");
        looks(&mut lanes, &[1]);
        assert!(lanes.starved(0, 1).is_empty());
    }
}
