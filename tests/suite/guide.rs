//! What PageSpace's deployment guide has people set, and what it has them look for.

use std::path::Path;
use std::process::Stdio;
use system_tests::{Name, PATIENCE, Suite, binary, eventually};
use tokio::process::Command;

const ALL: [Name; 4] = [Name::Processor, Name::Realtime, Name::Web, Name::Worker];

/// The settings of the guide's `.env` that mean nothing here, and who answers them.
const FOREIGN: [(&str, &str, Name); 5] = [
    ("FILE_STORAGE_PATH", "/data/files", Name::Processor),
    ("CACHE_PATH", "/data/cache", Name::Processor),
    ("NODE_OPTIONS", "--max-old-space-size=1280", Name::Processor),
    ("NODE_OPTIONS_PROCESSOR", "--max-old-space-size=1024", Name::Processor),
    ("NODE_OPTIONS_WEB", "--max-old-space-size=640", Name::Web),
];

fn lines_with(log: &str, words: &str) -> usize {
    log.lines().filter(|line| line.contains(words)).count()
}

/// Its `DATABASE_URL` has a user that our Postgres does not know, and nothing ever came up.
#[tokio::test]
async fn the_guides_own_env_comes_up_and_each_setting_of_another_program_is_answered_once() {
    let builder = Suite::of(&ALL).database_role("user:password");
    let builder = builder.set_all("ENABLE_OCR", "false").set_all("ENABLE_EXTERNAL_OCR", "false");
    let builder = FOREIGN.iter().fold(builder, |builder, (setting, value, _)| builder.set_all(setting, value));
    let mut suite = builder.start().await;
    assert_eq!(suite.count("select count(*) from files").await, 0, "it is this database");
    let migrates_log = suite.migrates_log();
    assert_eq!(lines_with(&migrates_log, "DATABASE_URL names this suite's own database"), 1, "{migrates_log}");
    for name in ALL {
        let log = suite.service(name).log();
        assert_eq!(lines_with(&log, "DATABASE_URL"), 0, "{name:?} repeats what migrate said: {log}");
        for (setting, _, owner) in FOREIGN {
            let said = lines_with(&log, &format!(" {setting} has no effect: "));
            assert_eq!(said, usize::from(name == owner), "{name:?} on {setting}: {log}");
        }
    }
}

/// With a database elsewhere that does not know the role, the password or the database: one sentence, and not for ever.
#[sqlx::test(migrations = false)]
async fn a_database_that_refuses_ends_every_program_with_one_sentence(pool: sqlx::PgPool) {
    let options = pool.connect_options();
    let server = format!("{}:{}", options.get_host(), options.get_port());
    let folder = tempfile::tempdir().unwrap();
    for url in [
        format!("postgres://user:password@{server}/postgres"),
        format!("postgres://postgres@{server}/no-such-database"),
    ] {
        for name in ["migrate", "processor", "realtime", "web", "worker"] {
            let ended = Command::new(binary(name))
                .env_clear()
                .envs([("DATABASE_URL", url.as_str()), ("PORT", "0"), ("PROCESSOR_TOKEN", "a-service-token")])
                .envs([("BROADCAST_SECRET", "a secret of some thirty-two letters")])
                .env("STORAGE_DIR", folder.path())
                .stdin(Stdio::null())
                .kill_on_drop(true)
                .output();
            let ended =
                tokio::time::timeout(PATIENCE, ended).await.unwrap_or_else(|_| panic!("{name} does not end")).unwrap();
            let log = String::from_utf8_lossy(&ended.stderr);
            assert_eq!(ended.status.code(), Some(1), "{name}: {log}");
            let sentence = format!(
                "the database at {server} refuses the role, the password or the database that DATABASE_URL names: "
            );
            assert_eq!((lines_with(&log, &sentence), lines_with(&log, "ERROR")), (1, 1), "{name}: {log}");
            assert!(!log.contains("does not answer yet"), "{name} waited: {log}");
        }
    }
}

/// `docker-compose logs processor | grep "Cache hit"` found nothing at the default level.
#[tokio::test]
async fn cache_hits_are_in_the_log_at_its_default_level() {
    let mut suite = Suite::of(&[Name::Processor]).start().await;
    let processor = suite.processor();
    let uploaded = processor.upload("hello.txt", b"Hello.").await;
    processor.job_ends(uploaded["jobIds"][0].as_str().unwrap()).await;
    let hash = uploaded["contentHash"].as_str().unwrap();
    for _ in 0..4 {
        assert!(processor.bytes(&format!("/cache/{hash}/extracted-text.txt")).await.is_some());
    }
    assert_eq!(processor.bytes(&format!("/cache/{hash}/thumbnail")).await, None);
    // What was read in the last half minute is said when it stops.
    let service = suite.service(Name::Processor);
    service.signal("TERM");
    assert!(service.ended().await.success());
    let log = service.log();
    assert_eq!(lines_with(&log, "Cache hits: 4 of 5 (80 %)"), 1, "{log}");
}

fn project_file(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join(path)).unwrap()
}

/// The commands of the guide that ask the suite something are the same without containers.
#[tokio::test]
async fn the_guides_requests_are_answered_without_containers() {
    let suite = Suite::start().await;
    let client = reqwest::Client::new();
    let get = async |name, path: &str| {
        let answer = client.get(format!("{}{path}", suite.url(name))).send().await.unwrap();
        answer.error_for_status().unwrap().json::<serde_json::Value>().await.unwrap()
    };
    for name in ALL {
        // Degraded until its first reader is there, and web as long as the processor is.
        eventually("it is healthy", async || (get(name, "/health").await["status"] == "healthy").then_some(())).await;
    }
    let web = get(Name::Web, "/health").await;
    assert_eq!(web["checks"]["processor"]["status"], "healthy", "instead of ping: {web}");
    assert_eq!(get(Name::Processor, "/api/queue/status").await["ingest-file"]["pending"], 0);
    let cleanup = client.post(format!("{}/api/cache/cleanup", suite.url(Name::Processor))).send().await.unwrap();
    assert_eq!(cleanup.json::<serde_json::Value>().await.unwrap()["success"], true);
    assert!(suite.count("select count(*) from pg_stat_activity where datname = current_database()").await > 0);
}

/// deploy/README.md says of every command of the guide, in its order, what to type here; tests/compose/guide.sh runs it.
#[test]
fn the_table_has_every_command_of_the_guide() {
    let commands = project_file("tests/compose/guide.commands");
    let commands: Vec<&str> = commands.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    assert!(commands.len() > 35, "{commands:?}");
    let readme = project_file("deploy/README.md");
    let table = readme.split_once("| PageSpace's guide | here |\n| --- | --- |\n").unwrap().1;
    let rows: Vec<(String, &str)> = table
        .lines()
        .map_while(|line| line.strip_prefix("| `")?.strip_suffix(" |")?.split_once("` | "))
        .map(|(command, here)| (command.replace("\\|", "|"), here))
        .collect();
    assert_eq!(rows.iter().map(|(command, _)| command.as_str()).collect::<Vec<_>>(), commands);
    for (command, here) in rows {
        let says = ["the same", "`", "nothing: "].iter().any(|begin| here.starts_with(begin));
        assert!(says, "{command}: {here:?} is nothing that tests/compose/guide.sh can run");
    }
}

/// All Rust below a folder of the project.
fn code_below(folder: &Path) -> String {
    let mut code = String::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            let is_ours = path.file_name().is_some_and(|name| name != "ui" && name != "samples");
            code += &if is_ours { code_below(&path) } else { String::new() };
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            code += &std::fs::read_to_string(&path).unwrap();
        }
    }
    code
}

/// Of the guide's 46 rows each is run in containers and without, and what is left to a test in Rust is left to one that is there.
#[test]
fn all_rows_of_the_guide_have_a_proof() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let code = code_below(&root.join("crates")) + &code_below(&root.join("tests"));
    for script in ["tests/compose/rows.sh", "tests/native/rows.sh"] {
        let text = project_file(script);
        let rows: Vec<Vec<&str>> = text
            .lines()
            .filter(|line| line.starts_with("row ") || line.starts_with("row_elsewhere "))
            .map(|line| line.split(' ').collect())
            .collect();
        let numbers: Vec<usize> = rows.iter().map(|row| row[1].parse().unwrap()).collect();
        assert_eq!(numbers, (1..=46).collect::<Vec<_>>(), "{script}");
        let elsewhere: Vec<&str> =
            rows.iter().filter(|row| row[0] == "row_elsewhere").map(|row| *row.last().unwrap()).collect();
        assert!(!elsewhere.is_empty());
        for name in elsewhere {
            assert!(code.contains(&format!("fn {name}(")), "there is no test {name}");
        }
    }
}
