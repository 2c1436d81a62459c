//! The command line against real services, while it is killed, and its readers go.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use system_tests::{Api, Name, Suite, binary, eventually, samples};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::Command;
use tokio::time::timeout;

/// Files of a folder; more of them by `CLI_FILES`.
const FILES: usize = 400;
const LARGE_BYTES: usize = 64 << 20;

/// Somebody with a token at a terminal of their own.
struct Person {
    home: TempDir,
    url: String,
    token: String,
    drive: String,
}

/// What a call came to.
struct Ended {
    code: i32,
    out: String,
    error: String,
}

impl Person {
    async fn of(suite: &Suite, api: &Api) -> Self {
        let made = api.request(Method::POST, "/tokens").json(&json!({"name": "terminal"})).send().await.unwrap();
        assert_eq!(made.status(), StatusCode::CREATED);
        let made: Value = serde_json::from_str(&made.text().await.unwrap()).unwrap();
        let token = made["secret"].as_str().unwrap().to_owned();
        Self { home: tempfile::tempdir().unwrap(), url: suite.url(Name::Web), token, drive: api.drive.clone() }
    }

    /// The program without an account.
    fn stranger(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary("pagespace"));
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap()).env("HOME", self.home.path());
        command.args(arguments).stdin(Stdio::null()).kill_on_drop(true);
        command
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.stranger(arguments);
        command.env("PAGESPACE_URL", &self.url).env("PAGESPACE_TOKEN", &self.token);
        command
    }

    async fn run(&self, arguments: &[&str]) -> Ended {
        ended(self.command(arguments)).await
    }

    /// Each line of an answer that has to be a good one.
    async fn lines(&self, arguments: &[&str]) -> Vec<Value> {
        let Ended { code, out, error } = self.run(arguments).await;
        assert_eq!(code, 0, "{arguments:?}: {error}");
        out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Where it is noted what was sent.
    fn journal(&self) -> PathBuf {
        let folder = self.home.path().join(".local/state/pagespace");
        fs::read_dir(folder).unwrap().next().expect("there is one").unwrap().path()
    }
}

async fn ended(mut command: Command) -> Ended {
    let output = command.output().await.unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ended { code: output.status.code().unwrap(), out: text(&output.stdout), error: text(&output.stderr) }
}

/// Small files in folders. The first two of each folder are the same everywhere, by name and by bytes; the first is empty.
fn fill(folder: &Path, count: usize) -> Vec<String> {
    let folders = count.div_ceil(20);
    let mut hashes = Vec::new();
    for number in 0..folders {
        let folder = folder.join(format!("{number}"));
        fs::create_dir(&folder).unwrap();
        for file in 0..20.min(count - number * 20) {
            let (name, text) = match file {
                0 => ("empty.txt".to_owned(), String::new()),
                1 => ("the same.txt".to_owned(), "the same\n".to_owned()),
                _ => (format!("{number} {file} é.txt"), format!("{number}/{file}\n").repeat(1 + number * file)),
            };
            fs::write(folder.join(name), &text).unwrap();
            hashes.push(samples::hash(text.as_bytes()));
        }
    }
    hashes.sort();
    hashes
}

async fn stored(suite: &Suite) -> Vec<String> {
    sqlx::query_scalar("select content_hash from files order by content_hash collate \"C\"")
        .fetch_all(suite.pool())
        .await
        .unwrap()
}

fn count(lines: &[Value], state: &str) -> usize {
    lines.iter().filter(|line| line["state"] == state).count()
}

#[tokio::test]
async fn a_folder_that_is_sent_by_a_program_killed_again_and_again_is_there_once() {
    let suite = Suite::of(&[Name::Processor, Name::Web]).start().await;
    let api = suite.api().await;
    let person = Person::of(&suite, &api).await;
    let files = std::env::var("CLI_FILES").map_or(FILES, |number| number.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let expected = fill(folder.path(), files);
    let put = ["--json", "put", "--drive", &person.drive, "--parallel", "8", folder.path().to_str().unwrap()];
    for goal in [files / 8, files / 3, files / 2] {
        let mut sending = person.command(&put).stdout(Stdio::null()).spawn().unwrap();
        eventually("so many have arrived", async || {
            (suite.count("select count(*) from files").await >= goal as i64).then_some(())
        })
        .await;
        sending.kill().await.unwrap();
    }
    let arrived = suite.count("select count(*) from files").await as usize;
    assert!(arrived < files, "all {files} were sent before anything was killed");
    let lines = person.lines(&put).await;
    assert_eq!(count(&lines, "sent") + count(&lines, "there"), files);
    assert!(count(&lines, "there") >= files / 4, "{} of {arrived} were known", count(&lines, "there"));
    assert!(stored(&suite).await == expected, "each is there once, with its bytes");

    // Sent again there is nothing to do, but for what somebody has deleted since.
    assert_eq!(count(&person.lines(&put).await, "there"), files);
    let id = lines[files / 2]["fileId"].as_str().unwrap();
    api.request(Method::DELETE, &format!("/files/{id}")).send().await.unwrap().error_for_status().unwrap();
    assert_eq!(count(&person.lines(&put).await, "sent"), 1);
    assert!(stored(&suite).await == expected);

    // Killed before it could note what has arrived, and begun again when the server has forgotten the keys: days later.
    let journal = fs::read_to_string(person.journal()).unwrap();
    let long_ago = journal.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()).filter_map(|line| {
        let key = line.get("begun").map(|_| line["key"].clone())?;
        Some(format!("{}\n", json!({"key": key, "begun": 1_000_000_000})))
    });
    fs::write(person.journal(), long_ago.collect::<String>()).unwrap();
    sqlx::query("delete from upload_keys").execute(suite.pool()).await.unwrap();
    assert_eq!(count(&person.lines(&put).await, "there"), files);
    assert!(stored(&suite).await == expected);
}

#[tokio::test]
async fn a_large_file_goes_on_where_it_was_killed_and_through_a_restart() {
    let mut suite = Suite::of(&[Name::Processor, Name::Web]).start().await;
    let person = Person::of(&suite, &suite.api().await).await;
    let (folder, bytes) = (tempfile::tempdir().unwrap(), samples::noise(LARGE_BYTES));
    let path = folder.path().join("large.bin");
    fs::write(&path, &bytes).unwrap();
    let put = ["--json", "put", path.to_str().unwrap()];
    let begun_bytes = || -> u64 {
        let Ok(uploads) = fs::read_dir(suite.storage().join("uploads")) else { return 0 };
        uploads.map(|entry| entry.unwrap().metadata().map_or(0, |metadata| metadata.len())).sum()
    };
    let mut sending = person.command(&put).stdout(Stdio::null()).spawn().unwrap();
    eventually("some of it has arrived", async || (begun_bytes() > 1 << 20).then_some(())).await;
    sending.kill().await.unwrap();
    let offset = eventually("what has come is noted", async || {
        let offset = suite.count("select coalesce(max(offset_bytes), 0) from uploads").await as usize;
        (offset > 0).then_some(offset)
    })
    .await;
    assert!(offset < LARGE_BYTES, "all of it was sent before anything was killed");
    let before = begun_bytes();
    let sending = person.command(&put).stdout(Stdio::piped()).spawn().unwrap();
    eventually("it goes on", async || (begun_bytes() != before).then_some(())).await;
    suite.kill(Name::Web).await;
    suite.start_service(Name::Web).await;
    let output = sending.wait_with_output().await.unwrap();
    assert!(output.status.success());
    let line: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(line["state"], "sent");
    assert_eq!(stored(&suite).await, [samples::hash(&bytes)]);
    assert_eq!(suite.count("select count(*) from uploads").await, 1, "it was begun once");
    assert_eq!(count(&person.lines(&put).await, "there"), 1);
}

#[tokio::test]
async fn files_are_listed_found_and_got_by_people_and_programs() {
    let suite = Suite::of(&[Name::Processor, Name::Web]).start().await;
    let person = Person::of(&suite, &suite.api().await).await;
    let folder = tempfile::tempdir().unwrap();
    let text = "A line of a long text.\n\n".repeat(200_000);
    let (long, picture) = (folder.path().join("long.txt"), folder.path().join("picture.png"));
    fs::write(&long, &text).unwrap();
    fs::write(&picture, samples::png(1200, 900, 1)).unwrap();

    let sent = person.lines(&["--json", "put", "--wait", folder.path().to_str().unwrap()]).await;
    let of = |name: &str| sent.iter().find(|line| line["path"].as_str().unwrap().ends_with(name)).unwrap();
    assert_eq!(of("long.txt")["status"], "completed");
    let (id, picture_id) = (of("long.txt")["fileId"].as_str().unwrap(), of("picture.png")["fileId"].as_str().unwrap());
    let by_person = person.run(&["put", long.to_str().unwrap()]).await;
    assert_eq!(by_person.out.lines().next().unwrap(), format!("{id}  long.txt"));
    assert!(by_person.out.contains("0 sent") && by_person.out.contains("1 there already"), "{}", by_person.out);
    assert_eq!(by_person.error, "", "no bar without a terminal");

    // `head` has what it wants and goes; nobody complains.
    let pipe = "set -o pipefail; \"$0\" get --markdown \"$1\" | head -n 1";
    let mut command = Command::new("bash");
    command.args(["-c", pipe, binary("pagespace").to_str().unwrap(), id]);
    command.env("PAGESPACE_URL", &person.url).env("PAGESPACE_TOKEN", &person.token).env("HOME", person.home.path());
    let piped = ended(command).await;
    assert_eq!((piped.code, piped.error.as_str()), (0, ""), "{}", piped.out);
    assert_eq!(piped.out.lines().count(), 1);

    let plain = person.run(&["get", "long.txt", "--text"]).await;
    assert!(plain.code == 0 && plain.out.trim_end() == text.trim_end());
    assert!(person.run(&["get", id]).await.out == text, "the original");
    let chunks = person.run(&["get", id, "--chunks"]).await;
    assert!(chunks.out.lines().all(|line| serde_json::from_str::<Value>(line).unwrap()["text"].is_string()));
    let image = folder.path().join("image.jpg");
    let saved =
        person.lines(&["--json", "get", picture_id, "--preset", "preview", "-o", image.to_str().unwrap()]).await;
    assert!(fs::read(&image).unwrap().starts_with(b"\xff\xd8"));
    assert_eq!(saved[0]["sizeBytes"], fs::metadata(&image).unwrap().len());
    assert_eq!(person.lines(&["--json", "get", id]).await[0]["name"], "long.txt");

    let drives = person.lines(&["ls", "--json"]).await;
    assert_eq!(drives[0]["id"], person.drive.as_str());
    let drive = drives[0]["name"].as_str().unwrap();
    assert_eq!(person.lines(&["ls", drive, "--json"]).await.len(), 2);
    assert_eq!(person.run(&["ls", drive]).await.out.lines().count(), 2);
    assert_eq!(person.lines(&["search", "LONG", "--json"]).await[0]["file"]["id"], id);
    assert_eq!(person.lines(&["search", "long", "-n", "1", "--json"]).await.len(), 1);
    let jobs = person.lines(&["jobs", "--file", id, "--json"]).await;
    assert!(jobs.iter().any(|job| job["kind"] == "ingest-file" && job["status"] == "completed"), "{jobs:?}");
    assert!(person.run(&["jobs", "-n", "1"]).await.out.lines().count() == 1);
}

#[tokio::test]
async fn it_ends_with_what_its_page_says_and_keeps_the_token_to_itself() {
    let suite = Suite::of(&[Name::Processor, Name::Web]).start().await;
    let person = Person::of(&suite, &suite.api().await).await;
    let nobody = "0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b";
    for (code, arguments) in [
        (0, &["--version"][..]),
        (1, &["get", nobody]),
        (1, &["put", "/nonexistent"]),
        (2, &[]),
        (2, &["put"]),
        (2, &["ls", "no such drive"]),
        (2, &["put", "/dev/null", "--parallel", "100"]),
    ] {
        let ended = person.run(arguments).await;
        assert_eq!(ended.code, code, "{arguments:?}: {}", ended.error);
        assert_eq!(ended.error.is_empty(), code == 0, "{arguments:?} says why");
    }
    let mut bad = person.command(&["ls"]);
    bad.env("PAGESPACE_TOKEN", "not-a-token");
    assert_eq!(ended(bad).await.code, 3);
    let mut away = person.command(&["ls"]);
    away.env("PAGESPACE_URL", "http://127.0.0.1:1");
    assert_eq!(ended(away).await.code, 4);
    assert_eq!(ended(person.stranger(&["ls"])).await.code, 3);

    let mut login = person.stranger(&["--json", "login", "--url", &person.url]);
    let mut login = login.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    login.stdin.take().unwrap().write_all(format!("{}\n", person.token).as_bytes()).await.unwrap();
    let output = login.wait_with_output().await.unwrap();
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(said["user"]["email"], "ada@example.org");
    let kept = person.home.path().join(".config/pagespace/config.toml");
    assert_eq!(fs::metadata(&kept).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(ended(person.stranger(&["ls"])).await.code, 0);
    // What is kept is for that server, and no other one is shown it.
    let mut other = person.stranger(&["ls"]);
    other.env("PAGESPACE_URL", "http://127.0.0.1:1");
    assert_eq!(ended(other).await.code, 3);
    assert_eq!(ended(person.stranger(&["logout"])).await.code, 0);
    assert!(!kept.exists());
    assert_eq!(ended(person.stranger(&["ls"])).await.code, 3);
}

#[tokio::test]
async fn what_happens_is_told_also_after_the_connection_was_lost() {
    let mut suite = Suite::of(&[Name::Processor, Name::Realtime, Name::Web]).start().await;
    let api = suite.api().await;
    let person = Person::of(&suite, &api).await;
    let mut watching = person.command(&["watch", "--json"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(watching.stdout.take().unwrap()).lines();
    let mut number = 0;
    let mut hears = async |suite: &Suite| {
        // Whatever was uploaded before it listened is not told.
        eventually("an upload is told", async || {
            number += 1;
            let uploaded = api.upload(&format!("{number}.txt"), format!("{number}").as_bytes()).await;
            let id = uploaded["file"]["id"].as_str().unwrap().to_owned();
            let wanted = async {
                while let Some(line) = lines.next_line().await.unwrap() {
                    let event: Value = serde_json::from_str(&line).unwrap();
                    if event["kind"] == "file.created" && event["fileId"] == id.as_str() {
                        return;
                    }
                }
                panic!("it ended");
            };
            timeout(std::time::Duration::from_secs(2), wanted).await.ok()
        })
        .await;
        assert!(suite.count("select count(*) from files").await > 0);
    };
    hears(&suite).await;
    suite.kill(Name::Realtime).await;
    suite.start_service(Name::Realtime).await;
    hears(&suite).await;
    watching.kill().await.unwrap();
}
