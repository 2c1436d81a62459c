//! A million queued and minutes of draining with as much put in as is drained, autovacuum on. What counts is the last
//! minute, when dead rows have had their time to pile up.

use crate::database::{Size, size};
use crate::feed::Loop;
use crate::system::System;
use crate::{Bench, number, report};
use sqlx::PgConnection;
use std::time::Duration;
use tokio::time::Instant;

const QUEUED: usize = 1_000_000;

#[derive(Debug, Clone, Copy)]
struct Sample {
    jobs_per_s: f64,
    size: Size,
}

/// What is read off the samples.
struct Course {
    samples: Vec<Sample>,
    /// Samples in a minute, or in half the time when there are not two minutes.
    minute: usize,
    /// The sample after minute 2, or after two fifths of a shorter time.
    early: usize,
}

pub async fn all(bench: &mut Bench) {
    let mut last_minutes = Vec::new();
    for system in bench.systems.clone() {
        let course = course(bench, system, 0).await;
        last_minutes.push((system, course.last_minute()));
        // The peers' own courses are told in their own names; ours are those that are asked about.
        let name = match system {
            System::Ours => "queue.sustained".to_owned(),
            peer => format!("queue.sustained.of_{}", peer.name()),
        };
        shares(bench, &name, &course);
        sizes(bench, &name, &course);
    }
    if last_minutes.len() > 1 {
        bench.report.against("queue.sustained", "jobs/s", &last_minutes);
    }
    let snapshot_s = number("BENCH_SNAPSHOT", 60);
    if snapshot_s > 0 {
        let course = course(bench, System::Ours, snapshot_s).await;
        shares(bench, "queue.sustained_snapshot", &course);
        sizes(bench, "queue.sustained_snapshot", &course);
    }
}

fn shares(bench: &mut Bench, name: &str, course: &Course) {
    let (first, last) = (course.first_minute(), course.last_minute());
    let unit = "share of the first minute";
    bench.report.compare(&format!("{name}.last_minute_share"), last / first, unit, "first minute", 1.0);
    bench.report.compare(&format!("{name}.last_minute"), last, "jobs/s", "first minute", first);
}

fn sizes(bench: &mut Bench, name: &str, course: &Course) {
    let (early, end) = (course.samples[course.early].size, course.samples[course.samples.len() - 1].size);
    for (what, end, early) in [
        ("table_mb", end.table_mb, early.table_mb),
        ("index_mb", end.index_mb, early.index_mb),
        ("total_mb", end.total_mb, early.total_mb),
    ] {
        bench.report.compare(&format!("{name}.{what}"), end, "MB", "after minute 2", early);
    }
}

/// Runs it, with a snapshot held open for so many seconds in the middle.
async fn course(bench: &mut Bench, system: System, snapshot_s: u64) -> Course {
    let seconds = number("BENCH_SUSTAINED_S", 300).max(20);
    let every = if seconds < 60 { 5 } else { 10 };
    let url = bench.set_up(system, false).await;
    bench.fill(system, QUEUED, false).await;
    let mut conn = bench.server.open(system).await;
    let mut beside = bench.server.open(system).await;
    let snapshot_s = snapshot_s.min(seconds / 3);
    let held = (seconds - snapshot_s) / 2..(seconds + snapshot_s) / 2;
    let mut holding = false;

    let mut round = Loop::start(system, &url).await;
    let begun = Instant::now();
    let (mut samples, mut before) = (Vec::new(), (begun, 0.0));
    for at in (every..=seconds).step_by(usize::try_from(every).unwrap()) {
        round.run_until(begun + Duration::from_secs(at)).await;
        let now = Instant::now();
        let jobs_per_s = (round.done - before.1) / (now - before.0).as_secs_f64();
        before = (now, round.done);
        let sample = Sample { jobs_per_s, size: size(&mut conn, system).await };
        tell(system, at, &sample, QUEUED as f64 + round.fed - round.done, holding);
        samples.push(sample);
        if snapshot_s > 0 && held.contains(&at) != holding {
            holding = !holding;
            hold(&mut beside, holding).await;
        }
    }
    round.end().await;
    let index = |s: u64| usize::try_from(s / every).unwrap();
    Course { samples, minute: index(60.min(seconds / 2)).max(1), early: index(120.min(seconds * 2 / 5)).max(1) - 1 }
}

/// Opens or ends a snapshot, which keeps vacuum from removing what died after it.
async fn hold(conn: &mut PgConnection, open: bool) {
    let sql = if open {
        "set idle_in_transaction_session_timeout = 0; begin isolation level repeatable read; select 1 from pg_class limit 1"
    } else {
        "commit"
    };
    sqlx::raw_sql(sql).execute(conn).await.unwrap();
}

fn tell(system: System, at: u64, sample: &Sample, queued: f64, held: bool) {
    let Sample { jobs_per_s, size: Size { table_mb, index_mb, total_mb, dead } } = sample;
    report::say(&format!(
        "  {} {at:3} s: {jobs_per_s:6.0} jobs/s, {queued:8.0} queued, table {table_mb:5.0} MB, index {index_mb:5.0} MB, \
         with history {total_mb:5.0} MB, {dead:8.0} dead{}",
        system.name(),
        if held { ", beside a snapshot" } else { "" },
    ));
}

impl Course {
    fn first_minute(&self) -> f64 {
        mean(&self.samples[..self.minute])
    }

    fn last_minute(&self) -> f64 {
        mean(&self.samples[self.samples.len() - self.minute..])
    }
}

fn mean(samples: &[Sample]) -> f64 {
    samples.iter().map(|sample| sample.jobs_per_s).sum::<f64>() / samples.len() as f64
}
