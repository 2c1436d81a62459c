//! Recurring jobs.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use crate::support::PATIENCE;
use queue::{Done, Job, Missed, NewJob, Queue, Runner, Schedule, declare_schedule, remove_schedule, tick};
use serde_json::json;
use sqlx::PgPool;
use tokio::sync::mpsc::unbounded_channel;
use tokio::time::timeout;

fn hourly(missed: Missed) -> Schedule {
    Schedule::new("sweep", "0 * * * *", NewJob::new("sweep", json!({"deep": true})).max_attempts(2)).missed(missed)
}

async fn pending(pool: &PgPool) -> i64 {
    sqlx::query_scalar("select count(*) from queue.jobs where status = 'pending'").fetch_one(pool).await.unwrap()
}

async fn set_back(pool: &PgPool, hours: i32) {
    sqlx::query("update queue.schedules set next_at = date_trunc('hour', now()) - make_interval(hours => $1)")
        .bind(hours)
        .execute(pool)
        .await
        .unwrap();
}

#[sqlx::test(migrations = "../../migrations")]
async fn each_time_makes_one_job_however_many_nodes_look(pool: PgPool) {
    let mut conn = pool.acquire().await.unwrap();
    declare_schedule(&mut conn, &hourly(Missed::Once)).await.unwrap();
    assert_eq!(tick(&mut conn).await.unwrap(), 0, "its time has not come");
    set_back(&pool, 0).await;
    let looks = (0..4).map(|_| async { tick(&mut pool.acquire().await.unwrap()).await.unwrap() });
    let made: u64 = futures_util::future::join_all(looks).await.iter().sum();
    assert_eq!((made, pending(&pool).await), (1, 1));
    let payload: serde_json::Value =
        sqlx::query_scalar("select payload from queue.jobs").fetch_one(&pool).await.unwrap();
    assert_eq!(payload, json!({"deep": true}));
}

#[sqlx::test(migrations = "../../migrations")]
async fn missed_times_are_made_up_for_as_told(pool: PgPool) {
    for (missed, expected) in [(Missed::Skip, 0), (Missed::Once, 1), (Missed::All, 4)] {
        let mut conn = pool.acquire().await.unwrap();
        sqlx::query("truncate queue.hot").execute(&mut *conn).await.unwrap();
        declare_schedule(&mut conn, &hourly(missed)).await.unwrap();
        // Four times up to this hour's; the newest may be within the minute that counts as on time.
        set_back(&pool, 3).await;
        assert_eq!(tick(&mut conn).await.unwrap(), expected, "{missed:?}");
        assert_eq!(tick(&mut conn).await.unwrap(), 0);
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn declaring_again_changes_and_removing_ends(pool: PgPool) {
    let mut conn = pool.acquire().await.unwrap();
    declare_schedule(&mut conn, &hourly(Missed::Once)).await.unwrap();
    set_back(&pool, 0).await;
    let due = "select next_at <= now() from queue.schedules";
    declare_schedule(&mut conn, &hourly(Missed::All)).await.unwrap();
    assert!(
        sqlx::query_scalar::<_, bool>(due).fetch_one(&pool).await.unwrap(),
        "the same times: what is due stays due"
    );
    declare_schedule(&mut conn, &hourly(Missed::All).zone("Asia/Tokyo")).await.unwrap();
    assert!(!sqlx::query_scalar::<_, bool>(due).fetch_one(&pool).await.unwrap(), "other times begin anew");
    assert!(declare_schedule(&mut conn, &Schedule { cron: "nonsense".into(), ..hourly(Missed::All) }).await.is_err());
    assert!(remove_schedule(&mut conn, "sweep").await.unwrap());
    assert!(!remove_schedule(&mut conn, "sweep").await.unwrap());
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_schedule_with_a_key_does_not_pile_up(pool: PgPool) {
    let mut conn = pool.acquire().await.unwrap();
    let mut schedule = hourly(Missed::All);
    schedule.job.unique_key = Some("sweep".into());
    declare_schedule(&mut conn, &schedule).await.unwrap();
    set_back(&pool, 5).await;
    assert_eq!((tick(&mut conn).await.unwrap(), pending(&pool).await), (1, 1));
}

#[sqlx::test(migrations = "../../migrations")]
async fn runners_keep_schedules_by_themselves(pool: PgPool) {
    let queue = Queue::new(pool.clone());
    let (ran, mut runs) = unbounded_channel();
    let handler = move |_: Job| {
        let ran = ran.clone();
        async move {
            ran.send(()).unwrap_or_default();
            Ok(Done::Result(json!(null)))
        }
    };
    let every_second = Schedule::new("tick", "* * * * * *", NewJob::new("tick", json!(null)));
    declare_schedule(&mut pool.acquire().await.unwrap(), &every_second).await.unwrap();
    let runner = Runner::builder(queue).kind("tick", 1, handler).start();
    for _ in 0..2 {
        timeout(PATIENCE, runs.recv()).await.unwrap().unwrap();
    }
    runner.stop(PATIENCE).await;
}
