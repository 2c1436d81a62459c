//! What was read is never lost, and can be read again: a cache and texts that are gone, recognition that is switched on later, and
//! formats that an earlier build did not know.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use system_tests::{Api, Name, Suite, binary, eventually, samples};

/// What a person gets of a file: each artifact by its name, with its bytes.
type Got = BTreeMap<String, Vec<u8>>;

/// Files of many kinds, half of them pictures; their ids.
async fn upload_mixed(api: &Api, pictures: u32) -> Vec<String> {
    let mut ids = vec![];
    let mut upload = async |name: String, bytes: Vec<u8>| {
        let answer = api.upload(&name, &bytes).await;
        ids.push(answer["file"]["id"].as_str().unwrap().to_owned());
    };
    for n in 0..pictures {
        upload(format!("{n}.png"), samples::png(300, 200, n)).await;
        upload(format!("{n}.md"), format!("# Note {n}\n\nIt says {n}.\n").into_bytes()).await;
    }
    for path in ["pdf/columns-drawn-across.pdf", "image/corners.heic", "image/lzw.tif", "image/animated.gif"] {
        upload(path.rsplit('/').next().unwrap().into(), samples::sample(path)).await;
    }
    ids
}

/// Waits until nothing is left to be done.
async fn rest(suite: &Suite) {
    eventually("all work is done", async || {
        let left = "select (select count(*) from queue.hot) + (select count(*) from queue.parked) + (select count(*) from queue.waiting)
                         + (select count(*) from contents where status in ('pending', 'processing'))";
        (suite.count(left).await == 0).then_some(())
    })
    .await;
}

/// The names of what a file has.
async fn names(api: &Api, id: &str) -> Vec<String> {
    let list = api.get(&format!("/files/{id}/artifacts")).await;
    list.as_array().unwrap().iter().map(|artifact| artifact["name"].as_str().unwrap().to_owned()).collect()
}

/// Uploads such files and has them read. The names of what each has, by its id.
async fn read_mixed(suite: &Suite, api: &Api, pictures: u32) -> BTreeMap<String, Vec<String>> {
    let ids = upload_mixed(api, pictures).await;
    for id in &ids {
        api.file_settles(id).await;
    }
    rest(suite).await;
    let mut had = BTreeMap::new();
    for id in ids {
        let names = names(api, &id).await;
        had.insert(id, names);
    }
    had
}

/// Everything that these files have, asked for until it is there. A text that is gone may be answered with 503 once in a while.
async fn get_all(api: &Api, had: &BTreeMap<String, Vec<String>>) -> BTreeMap<String, Got> {
    let mut all = BTreeMap::new();
    for (id, names) in had {
        let mut got = Got::new();
        for name in names {
            let path = format!("/files/{id}/artifacts/{name}");
            let bytes = eventually(&path, async || {
                let answer = api.request(Method::GET, &path).send().await.unwrap();
                match answer.status() {
                    StatusCode::OK => Some(answer.bytes().await.unwrap().to_vec()),
                    StatusCode::SERVICE_UNAVAILABLE => {
                        assert!(answer.headers().contains_key("retry-after"));
                        None
                    }
                    status => panic!("{path}: {status} {}", answer.text().await.unwrap()),
                }
            })
            .await;
            got.insert(name.clone(), bytes);
        }
        all.insert(id.clone(), got);
    }
    all
}

fn empty(folder: &Path) {
    for entry in std::fs::read_dir(folder).unwrap() {
        std::fs::remove_dir_all(entry.unwrap().path()).unwrap();
    }
}

#[tokio::test]
async fn an_emptied_cache_and_lost_texts_come_back_for_whoever_asks() {
    let suite = Suite::of(&[Name::Processor, Name::Web]).start().await;
    let api = suite.api().await;
    let had = read_mixed(&suite, &api, 28).await;
    let images = suite.count("select count(*) from artifacts where mime like 'image/%'").await;
    let texts = suite.count("select count(distinct content_hash) from artifacts where mime not like 'image/%'").await;
    assert!(had.len() == 60 && images >= 50 && texts >= 29, "{images} images, {texts} texts");
    let jobs = suite.count("select max(id) from queue.jobs").await;
    let made = async |kind: &str| {
        let sql = format!("select count(*) from queue.jobs where id > {jobs} and kind = '{kind}'");
        sqlx::query_scalar::<_, i64>(sqlx::AssertSqlSafe(sql)).fetch_one(suite.pool()).await.unwrap()
    };

    // As the guide says it.
    empty(&suite.storage().join("cache"));
    let first = get_all(&api, &had).await;
    assert_eq!((made("image-optimize").await, made("text-extract").await), (images, 0), "each once, and no text");
    empty(&suite.storage().join("cache"));
    empty(&suite.storage().join("derived"));
    let second = get_all(&api, &had).await;
    assert_eq!(made("text-extract").await, texts, "each text once");
    for (id, got) in &first {
        for (name, bytes) in got.iter().filter(|(name, _)| name.contains('.')) {
            assert_eq!(&second[id][name], bytes, "{name} of {id}");
        }
    }
    let lost = "select count(*) from contents c where status = 'completed' and not exists
                (select from artifacts a where a.content_hash = c.hash and a.name = 'extracted-text.txt')";
    assert_eq!(suite.count(lost).await, 0);
}

#[tokio::test]
async fn a_backup_restored_without_what_was_derived_answers_everything_again() {
    const ALL: [Name; 4] = [Name::Processor, Name::Realtime, Name::Web, Name::Worker];
    let mut suite = Suite::start().await;
    let api = suite.api().await;
    let had = read_mixed(&suite, &api, 6).await;
    let before = get_all(&api, &had).await;
    let (done, said) = suite.backup_script("backup.sh", &[], 7).await;
    assert!(done, "{said}");
    for name in ALL {
        suite.stop(name).await;
    }
    suite.wipe().await;
    let (restored, said) = suite.backup_script("restore.sh", &[], 7).await;
    assert!(restored, "{said}");
    assert!(suite.storage().join("derived").exists(), "texts are in it");
    assert!(!suite.storage().join("cache").exists(), "images are not");
    std::fs::remove_dir_all(suite.storage().join("derived")).unwrap();
    suite.migrate().await;
    for name in ALL {
        suite.start_service(name).await;
    }
    let after = get_all(&api, &had).await;
    for (id, got) in &before {
        for (name, bytes) in got.iter().filter(|(name, _)| name.contains('.')) {
            assert_eq!(&after[id][name], bytes, "{name} of {id}");
        }
    }
}

async fn finished(api: &Api, id: &str) -> Value {
    let path = format!("/readings/{id}");
    eventually(&path, async || {
        let reading = api.get(&path).await;
        assert!(reading["done"].as_u64() <= reading["total"].as_u64(), "{reading}");
        (reading["state"] == "finished").then_some(reading)
    })
    .await
}

async fn ask(api: &Api, path: &str, body: Value) -> Value {
    let answer = api.request(Method::POST, path).json(&body).send().await.unwrap();
    let (status, text) = (answer.status(), answer.text().await.unwrap());
    assert_eq!(status, StatusCode::ACCEPTED, "{path}: {text}");
    serde_json::from_str(&text).unwrap()
}

#[tokio::test]
async fn scans_from_before_recognition_was_on_have_their_text_after_one_call_and_nobody_waits_for_it() {
    const SCANS: u32 = 20;
    // The stand-in reads a page of this width, in points, at once, and one of the other in a third of a second.
    const FINE: u32 = 72;
    const SLOW: u32 = 108;
    let recogniser = tempfile::tempdir().unwrap();
    std::fs::copy(binary("doctored-tesseract"), recogniser.path().join("tesseract")).unwrap();
    let path = recogniser.path().display().to_string();
    let mut suite = Suite::of(&[Name::Processor, Name::Web]).set(Name::Processor, "PATH", &path).start().await;
    let api = suite.api().await;
    let mut scans = vec![];
    for n in 0..SCANS {
        let widths: Vec<u32> = (0..8).map(|bit| if n >> bit & 1 == 1 { SLOW } else { FINE }).collect();
        let answer = api.upload(&format!("{n}.pdf"), &samples::scan(&widths)).await;
        scans.push(answer["file"]["id"].as_str().unwrap().to_owned());
    }
    for id in &scans {
        assert_eq!(api.file_settles(id).await["status"], "visual");
    }
    rest(&suite).await;
    suite.stop(Name::Processor).await;
    suite.set(Name::Processor, "ENABLE_OCR", "true");
    suite.start_service(Name::Processor).await;
    let body =
        json!({"email": "bob@example.org", "name": "Bob", "password": "a long enough password", "isAdmin": false});
    api.request(Method::POST, "/users").json(&body).send().await.unwrap().error_for_status().unwrap();
    let bob = suite.sign_in("bob@example.org", "a long enough password").await;

    let drive = format!("/drives/{}/read", api.drive);
    let begun = ask(&api, &drive, json!({"what": "without_text"})).await;
    assert_eq!(begun["enqueued"], SCANS);
    assert_eq!(ask(&api, &drive, json!({"what": "without_text"})).await["enqueued"], 0, "nothing is read twice");
    let id = begun["readingId"].as_str().unwrap();
    let progress = eventually("some are done", async || {
        let reading = api.get(&format!("/readings/{id}")).await;
        (reading["done"].as_u64() > Some(0)).then_some(reading)
    })
    .await;
    assert_eq!(progress["state"], "running", "{progress}");
    let letter = bob.upload("letter.txt", b"It is urgent.").await;
    assert_eq!(bob.file_settles(letter["file"]["id"].as_str().unwrap()).await["status"], "completed");
    let meanwhile = api.get(&format!("/readings/{id}")).await;
    assert_eq!(meanwhile["state"], "running", "another person's file waited for all of it: {meanwhile}");

    let reading = finished(&api, id).await;
    assert_eq!((&reading["done"], &reading["failed"]), (&json!(SCANS), &json!(0)), "{reading}");
    for id in &scans {
        assert_eq!(api.get(&format!("/files/{id}")).await["status"], "completed");
        let text = api.bytes(&format!("/files/{id}/text")).await;
        assert!(String::from_utf8_lossy(&text).starts_with("fine\n"), "{id}");
    }
    let read_twice = "select count(*) from (select from queue.jobs where kind = 'ocr-process' group by subject having count(*) > 1) more";
    assert_eq!(suite.count(read_twice).await, 0);
    // Cancelled, it leaves everything as it is.
    let begun = ask(&api, &drive, json!({"what": "all", "ocr": "force"})).await;
    let path = format!("/readings/{}/cancel", begun["readingId"].as_str().unwrap());
    let cancelled: Value = api.request(Method::POST, &path).send().await.unwrap().json().await.unwrap();
    assert_eq!(cancelled["state"], "cancelled", "{cancelled}");
    rest(&suite).await;
    for id in &scans {
        assert_eq!(api.file_settles(id).await["status"], "completed");
    }
}

/// An earlier build refused them, and their jobs were completed: nothing could run them again.
#[tokio::test]
async fn files_of_a_format_that_an_earlier_build_did_not_know_are_read_by_one_call() {
    let suite = Suite::of(&[Name::Processor, Name::Web]).start().await;
    let api = suite.api().await;
    let mut ids = vec![];
    for n in 0..5 {
        let answer = api.upload(&format!("{n}.toml"), format!("[table]\nnumber = {n}\n").as_bytes()).await;
        ids.push(answer["file"]["id"].as_str().unwrap().to_owned());
    }
    for id in &ids {
        api.file_settles(id).await;
    }
    rest(&suite).await;
    assert_eq!(api.get("/system").await["olderReaderFiles"], 0);
    // As that build left them.
    sqlx::query(
        r#"update contents set status = 'failed', format = null, reader_version = 1, facts = '{}',
               outcome = '{"outcome": "rejected", "reason": "unsupported", "detail": "Nothing here reads this format."}'"#,
    )
    .execute(suite.pool())
    .await
    .unwrap();
    sqlx::query("delete from artifacts").execute(suite.pool()).await.unwrap();
    empty(&suite.storage().join("derived"));
    assert_eq!(api.get("/system").await["olderReaderFiles"], 5);
    let one = ask(&api, &format!("/files/{}/read", ids[0]), json!({})).await;
    assert_eq!(one["enqueued"], 1);
    let all = ask(&api, "/read", json!({"what": "older_reader"})).await;
    for reading in [one, all].iter().filter_map(|begun| begun["readingId"].as_str()) {
        assert_eq!(finished(&api, reading).await["failed"], 0);
    }
    for (n, id) in ids.iter().enumerate() {
        assert_eq!(api.get(&format!("/files/{id}")).await["status"], "completed");
        let text = api.bytes(&format!("/files/{id}/text")).await;
        assert!(String::from_utf8_lossy(&text).contains(&format!("number = {n}")));
    }
    assert_eq!(api.get("/system").await["olderReaderFiles"], 0);
}
