//! Our child. It speaks as peers/protocol.mjs does and works through the same public calls as any service.

use crate::procfs::{cpu_s, memory_mb};
use metrics_exporter_prometheus::PrometheusBuilder;
use queue::{Done, Job, NewJob, Queue, Runner};
use serde_json::{Value, json};
use sqlx::migrate::Migrator;
use sqlx::postgres::PgPoolOptions;
use std::future::Future;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};
use tokio::sync::Notify;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

const KIND: &str = "bench";

/// As many connections as the peers have.
const POOL: u32 = 20;

/// Jobs at once. Their handlers do nothing, so this is the size of a claim.
const SLOTS: usize = 2_000;

/// What the handlers of this process have done.
#[derive(Default)]
struct Counts {
    done: AtomicUsize,
    wanted: AtomicUsize,
    all: Notify,
    late_us: Mutex<Vec<f64>>,
}

static COUNTS: std::sync::LazyLock<Counts> = std::sync::LazyLock::new(Counts::default);

pub async fn main(role: &str, parameters: &Value) {
    measure_as_services_do();
    let url = std::env::var("DATABASE_URL").unwrap();
    let pool = PgPoolOptions::new().max_connections(POOL).connect(&url).await.unwrap();
    let queue = Queue::new(pool);
    let mut lines = listen();
    let number = |name: &str| usize::try_from(parameters[name].as_u64().unwrap()).unwrap();
    let report = parameters["report"] == true;
    // What is idle or woken has started before; a drain begins with the clock.
    let mut runner = (role == "work" && !report).then(|| run(&queue));

    println!("ready");
    assert_eq!(lines.recv().await.as_deref(), Some("go"));
    let (cpu, begun) = (cpu_s("self"), Instant::now());
    match role {
        "setup" => migrate(&queue).await,
        "single" => single(&queue, number("callers"), number("jobs")).await,
        "batch" => {
            let (size, unique) = (number("size"), parameters["unique"] == true);
            calling(2, number("jobs") / size, async |batch| put(&queue, batch * size, size, unique).await).await;
        }
        "drain" => drain(&queue, number("jobs")).await,
        "work" => {
            runner.get_or_insert_with(|| run(&queue));
            work(&mut lines, report).await;
        }
        "send" => send(&queue, number("sends")).await,
        "feed" => feed(&queue, &mut lines, number("size")).await,
        _ => panic!("no such role: {role}"),
    }
    let late = COUNTS.late_us.lock().unwrap();
    let mut results = json!({
        "seconds": begun.elapsed().as_secs_f64(), "cpu_s": cpu_s("self") - cpu, "late_us": *late,
        "rss_mb": memory_mb("self", "VmRSS:"), "peak_rss_mb": memory_mb("self", "VmHWM:"),
    });
    if role == "drain" {
        results["done"] = json!(COUNTS.done.load(Ordering::Relaxed));
    }
    println!("{results}");
    // Without a goodbye, as the peers' children: the driver throws the database away.
    std::process::exit(0);
}

/// With a recorder that is looked at now and then: without one, metrics cost nothing.
fn measure_as_services_do() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    metrics::set_global_recorder(recorder).unwrap();
    tokio::spawn(async move {
        let mut scrapes = tokio::time::interval(Duration::from_secs(15));
        loop {
            scrapes.tick().await;
            handle.run_upkeep();
        }
    });
}

/// What the driver says, line by line. A thread reads it, as standard input cannot be waited for otherwise.
fn listen() -> UnboundedReceiver<String> {
    let (heard, lines) = unbounded_channel();
    std::thread::spawn(move || std::io::stdin().lines().map_while(Result::ok).try_for_each(|line| heard.send(line)));
    lines
}

async fn migrate(queue: &Queue) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations");
    Migrator::new(Path::new(folder)).await.unwrap().run(queue.pool()).await.unwrap();
}

/// 125 bytes of JSON, like the anchors that the targets were set by.
fn payload(id: usize) -> Value {
    json!({ "id": id, "to": format!("user{id}@example.com"), "kind": "thumbnail", "s": "x".repeat(60) })
}

fn job(id: usize) -> NewJob {
    NewJob::new(KIND, payload(id)).max_attempts(5)
}

/// `callers` at a time call `act`, and each awaits its own call, until there were `total`.
async fn calling<F: Future<Output = ()>>(callers: usize, total: usize, act: impl Fn(usize) -> F) {
    let next = AtomicUsize::new(0);
    let caller = || async {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= total {
                return;
            }
            act(index).await;
        }
    };
    futures_util::future::join_all((0..callers).map(|_| caller())).await;
}

/// Callers are tasks, as the requests of a service are.
async fn single(queue: &Queue, callers: usize, jobs: usize) {
    let tasks: Vec<_> = (0..callers)
        .map(|caller| {
            let queue = queue.clone();
            tokio::spawn(async move {
                for id in (caller..jobs).step_by(callers) {
                    queue.enqueue(job(id)).await.unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

/// Puts a batch in. One statement is a transaction of its own, as it is with the peers.
async fn put(queue: &Queue, first: usize, size: usize, unique: bool) {
    let keyed = |id| if unique { job(id).unique(format!("bench:{id}")) } else { job(id) };
    let jobs: Vec<NewJob> = (first..first + size).map(keyed).collect();
    queue::enqueue_many(&mut queue.pool().acquire().await.unwrap(), &jobs).await.unwrap();
    queue.wake();
}

fn run(queue: &Queue) -> Runner {
    Runner::builder(queue.clone()).node("bench").kind(KIND, SLOTS, async |job: Job| handle(&job)).start()
}

fn handle(job: &Job) -> Result<Done, queue::Failure> {
    if let Some(sent_us) = job.payload["sent_us"].as_f64() {
        COUNTS.late_us.lock().unwrap().push(now_us() - sent_us);
    }
    if COUNTS.done.fetch_add(1, Ordering::Relaxed) + 1 == COUNTS.wanted.load(Ordering::Relaxed) {
        COUNTS.all.notify_one();
    }
    Ok(Done::Result(Value::Null))
}

/// Of the wall clock, which sender and worker share.
fn now_us() -> f64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs_f64() * 1e6
}

/// Until so many are handled and all that were taken are written down.
async fn drain(queue: &Queue, jobs: usize) {
    COUNTS.wanted.store(jobs, Ordering::Relaxed);
    let runner = run(queue);
    COUNTS.all.notified().await;
    runner.stop(Duration::from_secs(60)).await;
}

async fn work(lines: &mut UnboundedReceiver<String>, report: bool) {
    let mut tick = tokio::time::interval(Duration::from_millis(50));
    loop {
        tokio::select! {
            line = lines.recv() => if line.is_none_or(|line| line == "stop") { return },
            _ = tick.tick(), if report => println!("done {}", COUNTS.done.load(Ordering::Relaxed)),
        }
    }
}

/// One at a time, 10 to 30 ms apart, the moment of the call inside.
async fn send(queue: &Queue, sends: usize) {
    for id in 0..sends {
        tokio::time::sleep(Duration::from_millis(10 + (id as u64 * 7) % 20)).await;
        let mut payload = payload(id);
        payload["sent_us"] = json!(now_us());
        queue.enqueue(NewJob::new(KIND, payload).max_attempts(5)).await.unwrap();
    }
    // The program ends with this, and its last notification would with it.
    queue.notify().await.unwrap();
}

/// Keeps up with the driver: `target N` asks for N jobs in all, put in by batches, two at a time.
async fn feed(queue: &Queue, lines: &mut UnboundedReceiver<String>, size: usize) {
    let mut sent = 0;
    while let Some(line) = lines.recv().await.filter(|line| line != "stop") {
        let target: usize = line.rsplit(' ').next().and_then(|word| word.parse().ok()).unwrap();
        let batches = target.saturating_sub(sent) / size;
        calling(2, batches, async |batch| put(queue, sent + batch * size, size, false).await).await;
        sent += batches * size;
        println!("fed {sent}");
    }
}
