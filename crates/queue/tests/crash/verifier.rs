//! The verifier: reads the clients' log, the handlers' log and the tables, and says what does not fit together.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use crate::cluster::Cluster;
use crate::logs::{Acknowledged, Begun, Millis, read_acknowledged, read_begun};
use crate::worker::EFFECT;
use queue::JobId;
use sqlx::{Connection, PgConnection};
use std::collections::{BTreeMap, HashMap};

/// A killed worker's jobs run again within the lease of 20 s and 5 s, counted from the kill or from the start of Postgres
/// after it, whichever is later: right after a start, nobody can be told from the dead.
pub const BOUND_MS: Millis = 25_000;

/// A worker that was killed or frozen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    pub node: String,
    pub at: Millis,
}

/// A row of `queue.finished`.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Finished {
    pub id: i64,
    pub kind: String,
    pub status: String,
    pub attempt: i16,
    /// The process that completed it, by its own words.
    pub node: Option<String>,
    /// The attempts that ended in an error which was written down by their own process.
    pub failed_attempts: Vec<i16>,
}

/// Everything there is to compare.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    pub acknowledged: Vec<Acknowledged>,
    pub begun: Vec<Begun>,
    pub losses: Vec<Loss>,
    pub starts: Vec<Millis>,
    pub finished: Vec<Finished>,
    /// Ids of the rows that handlers wrote in the transactions that ended their jobs, and who wrote them.
    pub effects: Vec<(i64, String)>,
    /// Rows of the tables that have to be empty.
    pub left: BTreeMap<String, i64>,
    /// What the tallies say: kind, status and number.
    pub tallies: BTreeMap<(String, String), i64>,
}

/// A job of a lost worker that ran again.
#[derive(Debug, Clone, Copy)]
pub struct Again {
    /// After the worker was lost.
    pub after_loss: Millis,
    /// After the worker was lost or Postgres was started, whichever was later.
    pub after_both: Millis,
}

impl Evidence {
    /// Reads the logs and the tables of a round that is over.
    pub async fn gather(cluster: &Cluster, losses: Vec<Loss>) -> Self {
        let (acknowledged, begun) = (read_acknowledged(cluster.folder()), read_begun(cluster.folder()));
        let mut evidence = Self { acknowledged, begun, losses, starts: cluster.starts.clone(), ..Self::default() };
        let mut conn = cluster.connect().await.unwrap();
        let mut tx = conn.begin_with("begin isolation level repeatable read").await.unwrap();
        evidence.read_tables(&mut tx).await;
        evidence
    }

    /// Fills in what the tables say.
    pub async fn read_tables(&mut self, conn: &mut PgConnection) {
        self.finished = sqlx::query_as(
            "select id, kind, status, attempt, result ->> 'node' as node,
                    array(select (note ->> 'attempt')::smallint from jsonb_array_elements(errors) note
                          where note ->> 'code' <> 'crashed') as failed_attempts
             from queue.finished order by id",
        )
        .fetch_all(&mut *conn)
        .await
        .unwrap();
        self.effects = sqlx::query_as("select job_id, node from effects").fetch_all(&mut *conn).await.unwrap();
        self.read_left(&mut *conn).await;
        let tallies: Vec<(String, String, i64)> = sqlx::query_as(
            "select kind, status, sum(jobs)::bigint from queue.tallies group by kind, status having sum(jobs) <> 0",
        )
        .fetch_all(conn)
        .await
        .unwrap();
        self.tallies = tallies.into_iter().map(|(kind, status, jobs)| ((kind, status), jobs)).collect();
    }

    /// Fills in what is left to do.
    pub async fn read_left(&mut self, conn: &mut PgConnection) {
        self.left = sqlx::query_as::<_, (String, i64)>(
            "select 'hot', count(*) from queue.hot union all select 'waiting', count(*) from queue.waiting
             union all select 'parked', count(*) from queue.parked union all select 'keys', count(*) from queue.keys",
        )
        .fetch_all(conn)
        .await
        .unwrap()
        .into_iter()
        .collect();
    }

    /// Everything that is wrong.
    pub fn complaints(&self) -> Vec<String> {
        [self.lost(), self.twice(), self.effects_apart(), self.leftovers(), self.miscounted(), self.late()].concat()
    }

    /// Acknowledged jobs that are not over, or not as they should be.
    fn lost(&self) -> Vec<String> {
        let finished: HashMap<i64, &Finished> = self.finished.iter().map(|job| (job.id, job)).collect();
        let wrong = self.acknowledged.iter().filter_map(|job| match finished.get(&job.id.0) {
            None => Some(format!("job {} was acknowledged and is lost", job.id)),
            Some(end) if end.status != job.status || end.kind != job.kind => {
                Some(format!("job {} should have {}: {end:?}", job.id, job.status))
            }
            Some(_) => None,
        });
        wrong.collect()
    }

    fn twice(&self) -> Vec<String> {
        let ends = count(self.finished.iter().map(|job| job.id));
        let wrong = ends.into_iter().filter(|(_, ends)| *ends > 1);
        wrong.map(|(id, ends)| format!("job {id} has ended {ends} times")).collect()
    }

    /// Rows of handlers without the completion they belong to, and the other way round.
    fn effects_apart(&self) -> Vec<String> {
        let mut effects = count(self.effects.iter().map(|(id, _)| *id));
        let mut wrong = Vec::new();
        for job in self.finished.iter().filter(|job| job.kind == EFFECT && job.status == "completed") {
            let rows = effects.remove(&job.id).unwrap_or(0);
            if rows != 1 {
                wrong.push(format!("job {} is completed and its handler has written {rows} rows", job.id));
            }
        }
        wrong.extend(effects.into_keys().map(|id| format!("job {id} has its handler's row and is not completed")));
        wrong
    }

    fn leftovers(&self) -> Vec<String> {
        let wrong = self.left.iter().filter(|(_, rows)| **rows != 0);
        wrong.map(|(table, rows)| format!("queue.{table} still has {rows} rows")).collect()
    }

    fn miscounted(&self) -> Vec<String> {
        let counted = count(self.finished.iter().map(|job| (job.kind.clone(), job.status.clone())));
        if counted == self.tallies {
            Vec::new()
        } else {
            vec![format!("{counted:?} are over, {:?} tallied", self.tallies)]
        }
    }

    fn late(&self) -> Vec<String> {
        let wrong = self.ran_again().into_iter().filter_map(|(id, node, again)| match again {
            None => Some(format!("job {id} was in the hands of {node} and never ran again")),
            Some(again) if again.after_both > BOUND_MS => {
                Some(format!("job {id} was in the hands of {node} and ran again after {} ms", again.after_both))
            }
            Some(_) => None,
        });
        wrong.collect()
    }

    /// The jobs that lost workers had in their hands, and when each ran again.
    pub fn ran_again(&self) -> Vec<(JobId, &str, Option<Again>)> {
        let mut runs: BTreeMap<JobId, Vec<&Begun>> = BTreeMap::new();
        self.begun.iter().for_each(|begun| runs.entry(begun.id).or_default().push(begun));
        let finished: HashMap<i64, &Finished> = self.finished.iter().map(|job| (job.id, job)).collect();
        let mut found = Vec::new();
        for loss in &self.losses {
            for (id, runs) in &runs {
                let Some(last) = runs.iter().rposition(|run| run.node == loss.node && run.at <= loss.at) else {
                    continue;
                };
                // A claim that was frozen on its way begins when it thaws, when the job has long run again: the later attempt
                // counts wherever it stands.
                let ran_again = |(at, run): &(usize, &&Begun)| {
                    run.node != loss.node && (*at > last || run.attempt > runs[last].attempt)
                };
                let next = runs.iter().enumerate().find(ran_again).map(|(_, run)| run);
                let over = finished.get(&id.0).is_some_and(|end| has_ended(end, runs[last]));
                if over || next.is_some_and(|next| next.at < loss.at) {
                    continue;
                }
                found.push((*id, loss.node.as_str(), next.map(|next| self.again(loss, next))));
            }
        }
        found
    }

    fn again(&self, loss: &Loss, next: &Begun) -> Again {
        let start = self.starts.iter().copied().filter(|start| *start <= next.at).max().unwrap_or(loss.at);
        Again { after_loss: next.at - loss.at, after_both: next.at - start.max(loss.at) }
    }
}

/// Whether the run's own process has written down how it ended.
fn has_ended(end: &Finished, run: &Begun) -> bool {
    end.node.as_ref() == Some(&run.node) || end.failed_attempts.contains(&run.attempt)
}

fn count<T: Ord>(items: impl Iterator<Item = T>) -> BTreeMap<T, i64> {
    let mut counts = BTreeMap::new();
    items.for_each(|item| *counts.entry(item).or_default() += 1);
    counts
}
