//! The suite watched from outside, by a real Prometheus with the rules of deploy/monitoring.

use reqwest::Method;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use system_tests::{Api, Name, Suite, eventually};
use tempfile::TempDir;
use tokio::time::Instant;

/// Whoever looks knows of what began, or ended, after at most so long.
const TOLD_WITHIN: Duration = Duration::from_secs(30);

/// What only a container's control group tells, or only happens there; elsewhere nobody can say it.
const ONLY_IN_CONTAINERS: [&str; 2] = ["memory_limit_bytes", "oom_kills_total"];

/// Where deploy/monitoring/compose.yml shows Prometheus the token.
const TOKEN: &str = "/secrets/metrics-token";

/// What makes each alert, as rows of what would have happened, and what takes all of it back.
const TRIPS: &[(&str, &str)] = &[
    (
        "backup-age",
        "insert into backups (id, label, started_at, finished_at, files, bytes)
         select gen_random_uuid(), day::text, now() - make_interval(days => day), now() - make_interval(days => day), 0, 0
         from generate_series(3, 5) as day",
    ),
    (
        "failed-jobs",
        "insert into queue.finished (id, created_at, started_at, finished_at, priority, attempt, max_attempts, status, kind, payload, code)
         select nextval('queue.job_ids'), now(), now(), now(), 1, 1, 3, 'failed', 'ingest-file', '{}', 'crashed' from generate_series(1, 200)",
    ),
    (
        "memory",
        "insert into service_status (service, node, version, memory, reported_at)
         values ('processor', 'elsewhere', '1', '{\"usedBytes\": 95, \"limitBytes\": 100}', now() + interval '1 hour')",
    ),
    (
        "missing-service",
        "insert into service_status (service, node, version, memory, reported_at)
         values ('another', 'elsewhere', '1', '{\"usedBytes\": 1}', now() - interval '1 minute')",
    ),
    (
        "pending-jobs",
        "insert into queue.hot (segment, place, id, priority, max_attempts, kind, payload)
         select 0, nextval('queue.job_ids'), nextval('queue.job_ids'), 1, 3, 'image-optimize', '{}' from generate_series(1, 101)",
    ),
    (
        "slow-file",
        "insert into queue.finished (id, created_at, started_at, finished_at, priority, attempt, max_attempts, status, kind, payload)
         values (nextval('queue.job_ids'), now() - interval '41 s', now() - interval '40 s', now() + interval '1 hour', 1, 1, 3,
                 'completed', 'ingest-file', '{}')",
    ),
    (
        "waiting-jobs",
        "insert into queue.hot (segment, place, id, priority, max_attempts, kind, payload, queued_at)
         values (0, nextval('queue.job_ids'), nextval('queue.job_ids'), 1, 3, 'ocr-process', '{}', now() - interval '61 minutes')",
    ),
];
const TAKEN_BACK: &str = "delete from backups; delete from queue.finished; delete from queue.hot;
                          delete from service_status where node = 'elsewhere'";

fn monitoring() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("deploy/monitoring")
}

fn program(name: &str) -> Command {
    // `make test` says where they are; whoever runs this test alone has them installed.
    match std::env::var_os("PROMETHEUS_BIN") {
        Some(folder) => Command::new(Path::new(&folder).join(name)),
        None => Command::new(name),
    }
}

fn promtool(arguments: &[&str]) -> String {
    let ended = program("promtool").args(arguments).output().expect("deploy/native/prometheus.sh fetches it");
    let said = format!("{}{}", String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    assert!(ended.status.success(), "promtool {arguments:?}: {said}");
    said
}

/// A Prometheus with our configuration, but for where the services are.
struct Prometheus {
    server: Child,
    url: String,
    folder: TempDir,
}

impl Prometheus {
    fn start(suite: &Suite) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = fs::read_to_string(monitoring().join("prometheus.yml")).unwrap();
        for (target, name) in [
            ("web:3000", Name::Web),
            ("realtime:3001", Name::Realtime),
            ("worker:3002", Name::Worker),
            ("processor:3003", Name::Processor),
        ] {
            assert!(config.contains(target), "{target} is not asked");
            config = config.replace(target, suite.url(name).strip_prefix("http://").unwrap());
        }
        let token = folder.path().join("metrics-token");
        fs::write(&token, suite.metrics_token()).unwrap();
        assert!(config.contains(TOKEN), "web is asked without its token");
        config = config.replace(TOKEN, token.to_str().unwrap());
        fs::write(folder.path().join("prometheus.yml"), config).unwrap();
        fs::copy(monitoring().join("rules.yml"), folder.path().join("rules.yml")).unwrap();
        let config = folder.path().join("prometheus.yml");
        promtool(&["check", "config", config.to_str().unwrap()]);
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let server = program("prometheus")
            .arg(format!("--config.file={}", config.display()))
            .arg(format!("--storage.tsdb.path={}", folder.path().join("data").display()))
            .arg(format!("--web.listen-address=127.0.0.1:{port}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(fs::File::create(folder.path().join("log")).unwrap())
            .spawn()
            .expect("deploy/native/prometheus.sh fetches it");
        Self { server, url: format!("http://127.0.0.1:{port}"), folder }
    }

    async fn get(&self, path: &str) -> Option<Value> {
        reqwest::get(format!("{}{path}", self.url)).await.ok()?.json().await.ok()
    }

    /// The names of rules that fire.
    async fn firing(&self) -> BTreeSet<String> {
        let answer = self.get("/api/v1/alerts").await.unwrap();
        let alerts = answer["data"]["alerts"].as_array().unwrap().clone();
        let name = |alert: Value| alert["labels"]["alertname"].as_str().unwrap().to_owned();
        alerts.into_iter().filter(|alert| alert["state"] == "firing").map(name).collect()
    }

    async fn services_that_answer(&self) -> Option<usize> {
        let answer = self.get("/api/v1/targets").await?;
        let targets = answer["data"]["activeTargets"].as_array()?;
        Some(targets.iter().filter(|target| target["health"] == "up").count())
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", fs::read_to_string(self.folder.path().join("log")).unwrap_or_default());
        }
        self.server.kill().ok();
        self.server.wait().ok();
    }
}

/// `backup-age` as a rule is called.
fn rule_of(alert: &str) -> String {
    let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
    alert.split('-').map(capital).collect()
}

async fn run(suite: &Suite, statements: &'static str) {
    sqlx::raw_sql(statements).execute(suite.pool()).await.unwrap();
}

async fn metrics(suite: &Suite, name: Name) -> String {
    let request = reqwest::Client::new().get(format!("{}/metrics", suite.url(name)));
    request.bearer_auth(suite.metrics_token()).send().await.unwrap().text().await.unwrap()
}

/// The suite's own alerts that last, as the system page has them.
async fn lasting(api: &Api) -> BTreeSet<String> {
    let system = api.get("/system").await;
    let alerts = system["alerts"].as_array().unwrap().iter();
    let lasting = alerts.filter(|alert| alert["endedAt"].is_null());
    lasting.map(|alert| alert["name"].as_str().unwrap().to_owned()).collect()
}

async fn web_is(suite: &Suite, status: &str) -> bool {
    let health: Value = reqwest::get(format!("{}/health", suite.url(Name::Web))).await.unwrap().json().await.unwrap();
    health["status"] == status
}

/// Everything passes its limit at once, and is told in every place; and then nothing does.
#[tokio::test]
async fn every_threshold_is_told_in_api_log_metrics_and_prometheus_within_half_a_minute() {
    let mut suite = Suite::start().await;
    let api = suite.api().await;
    for kind in ["image-optimize", "ocr-process"] {
        let answer = api.request(Method::POST, &format!("/queue/{kind}/pause")).send().await.unwrap();
        assert!(answer.status().is_success(), "{kind} is not paused: {}", answer.status());
    }
    let prometheus = Prometheus::start(&suite);
    eventually("prometheus reaches all four", async || {
        (prometheus.services_that_answer().await == Some(4)).then_some(())
    })
    .await;
    let nothing = BTreeSet::new();
    assert_eq!((lasting(&api).await, prometheus.firing().await), (nothing.clone(), nothing.clone()));

    let all: BTreeSet<String> = TRIPS.iter().map(|(alert, _)| (*alert).to_owned()).collect();
    let rules: BTreeSet<String> = all.iter().map(|alert| rule_of(alert)).collect();
    let limits = api.get("/system").await["limits"].as_array().unwrap().clone();
    let known: BTreeSet<String> = limits.iter().map(|limit| limit["name"].as_str().unwrap().to_owned()).collect();
    assert_eq!(all, known, "each threshold is passed here");
    for (_, pass) in TRIPS {
        run(&suite, pass).await;
    }
    let began = Instant::now();
    eventually("prometheus has every alert", async || rules.is_subset(&prometheus.firing().await).then_some(())).await;
    assert!(began.elapsed() < TOLD_WITHIN, "it took {:?}", began.elapsed());
    assert_eq!(lasting(&api).await, all);
    assert!(web_is(&suite, "degraded").await);
    let (log, metrics_of_worker) = (suite.service(Name::Worker).log(), metrics(&suite, Name::Worker).await);
    for alert in &all {
        assert!(log.lines().any(|line| line.contains("alert: ") && line.contains(alert.as_str())), "{alert}: {log}");
        assert!(metrics_of_worker.contains(&format!("alert_active{{name=\"{alert}\"}} 1")), "{metrics_of_worker}");
    }

    run(&suite, TAKEN_BACK).await;
    let ended = Instant::now();
    eventually("prometheus has no alert", async || prometheus.firing().await.is_disjoint(&rules).then_some(())).await;
    assert!(ended.elapsed() < TOLD_WITHIN, "it took {:?}", ended.elapsed());
    assert_eq!(lasting(&api).await, nothing);
    assert!(
        !metrics(&suite, Name::Worker)
            .await
            .lines()
            .any(|line| line.starts_with("alert_active") && line.ends_with(" 1"))
    );
    let log = suite.service(Name::Worker).log();
    for alert in &all {
        assert!(
            log.lines().any(|line| line.contains("alert over: ") && line.contains(alert.as_str())),
            "{alert}: {log}"
        );
    }
}

/// The names in an expression that are no functions, labels or operators of Prometheus.
fn metrics_in(expression: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut rest = expression;
    // What stands in braces are labels and their values.
    let mut bare = String::new();
    while let Some((before, after)) = rest.split_once('{') {
        bare.push_str(before);
        rest = after.split_once('}').expect("braces are closed").1;
    }
    bare.push_str(rest);
    for word in bare.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_')) {
        if word.contains('_') || word == "up" {
            names.insert(word.trim_end_matches("_sum").trim_end_matches("_count").to_owned());
        }
    }
    names
}

/// A rule about a metric that nobody has never fires, and its panel stays empty.
#[tokio::test]
async fn every_metric_of_the_rules_and_the_dashboard_is_there() {
    let folder = monitoring();
    promtool(&["check", "rules", folder.join("rules.yml").to_str().unwrap()]);
    let rules = fs::read_to_string(folder.join("rules.yml")).unwrap();
    let mut expressions: Vec<String> =
        rules.lines().filter_map(|line| line.trim().strip_prefix("expr: ")).map(str::to_owned).collect();
    let dashboard = fs::read_to_string(folder.join("grafana/dashboards/pagespace.json")).unwrap();
    let dashboard: Value = serde_json::from_str(&dashboard).unwrap();
    for panel in dashboard["panels"].as_array().unwrap() {
        let targets = panel["targets"].as_array().unwrap().iter();
        expressions.extend(targets.map(|target| target["expr"].as_str().unwrap().to_owned()));
    }
    assert!(expressions.len() > 20, "{expressions:?}");
    let mut wanted: BTreeSet<String> = expressions.iter().flat_map(|expression| metrics_in(expression)).collect();
    assert!(wanted.remove("up"), "Prometheus' own");

    let suite = Suite::start().await;
    let api = suite.api().await;
    let uploaded = api.upload("hello.txt", b"Hello.").await;
    api.file_settles(uploaded["file"]["id"].as_str().unwrap()).await;
    let hash = uploaded["file"]["contentHash"].as_str().unwrap();
    suite.processor().bytes(&format!("/cache/{hash}/extracted-text.txt")).await.unwrap();
    suite.processor().bytes(&format!("/cache/{hash}/thumbnail")).await;
    let backup =
        "insert into backups (id, label, finished_at, files, bytes) values (gen_random_uuid(), 'one', now(), 0, 0)";
    run(&suite, backup).await;
    for only in ONLY_IN_CONTAINERS {
        assert!(wanted.remove(only), "{only} is not asked for any more");
    }
    eventually("every metric is there", async || {
        let mut there = String::new();
        for name in [Name::Processor, Name::Realtime, Name::Web, Name::Worker] {
            there += &metrics(&suite, name).await;
        }
        let is_there = |name: &String| {
            there
                .lines()
                .any(|line| line.strip_prefix("# TYPE ").is_some_and(|line| line.split(' ').next() == Some(name)))
        };
        let missing: Vec<_> = wanted.iter().filter(|name| !is_there(name)).collect();
        if !missing.is_empty() {
            eprintln!("missing: {missing:?}");
        }
        missing.is_empty().then_some(())
    })
    .await;
}
