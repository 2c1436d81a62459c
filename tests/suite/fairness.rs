//! One hostile account and an honest one: whatever the first begins, the second's single photo is read soon.

use futures_util::StreamExt;
use futures_util::stream;
use reqwest::multipart::{Form, Part};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use system_tests::{Api, Name, Suite, eventually, samples};

const PASSWORD: &str = "a long enough password";
const DRIVES: usize = 10;
const FILES_OF_A_DRIVE: usize = 20;
/// Jobs of one person in the line: four for each of the processor's two slots, and those that run.
const IN_LINE: i64 = 8 + 2;
/// Presets of which nothing is made by itself.
const PRESETS: [&str; 2] = ["preview", "ai-vision"];

async fn person(admin: &Api, suite: &Suite, name: &str) -> Api {
    let email = format!("{name}@example.org");
    let body = json!({"email": email, "name": name, "password": PASSWORD, "isAdmin": false});
    admin.request(Method::POST, "/users").json(&body).send().await.unwrap().error_for_status().unwrap();
    suite.sign_in(&email, PASSWORD).await
}

/// Statuses with their codes, counted.
type Answers = BTreeMap<(u16, String), usize>;

async fn note(answers: &mut Answers, request: reqwest::RequestBuilder) -> Value {
    let answer = request.send().await.unwrap();
    let status = answer.status();
    let body: Value = answer.json().await.unwrap_or_default();
    *answers.entry((status.as_u16(), body["code"].as_str().unwrap_or_default().to_owned())).or_default() += 1;
    body
}

/// Drives, and files in each: distinct pictures, which make the readers work.
async fn uploads(hostile: &Api) -> (Vec<String>, Answers) {
    let (mut answers, mut files) = (Answers::new(), vec![]);
    let drive = |n: usize| hostile.request(Method::POST, "/drives").json(&json!({"name": format!("drive {n}")}));
    let mut drives = vec![];
    for n in 0..DRIVES {
        drives.push(note(&mut answers, drive(n)).await["id"].as_str().unwrap().to_owned());
    }
    let sent = stream::iter(0..DRIVES * FILES_OF_A_DRIVE).map(|n| {
        let part = Part::bytes(samples::png(400, 300, n as u32)).file_name(format!("{n}.png"));
        let path = format!("/drives/{}/files", drives[n % DRIVES]);
        let request = hostile.request(Method::POST, &path).multipart(Form::new().part("file", part));
        async move {
            let mut answers = Answers::new();
            (note(&mut answers, request).await, answers)
        }
    });
    let mut sent = sent.buffer_unordered(8);
    while let Some((body, answer)) = sent.next().await {
        files.extend(body["file"]["id"].as_str().map(str::to_owned));
        answer.into_iter().for_each(|(answer, count)| *answers.entry(answer).or_default() += count);
    }
    (files, answers)
}

/// How many of a kind's jobs that were there when this one came were begun before it.
async fn begun_before(suite: &Suite, kind: &str, job: i64) -> i64 {
    sqlx::query_scalar(
        "select count(*) from queue.finished, (select created_at, started_at from queue.finished where id = $2) honest
         where kind = $1 and finished.finished_at > honest.created_at and finished.started_at < honest.started_at",
    )
    .bind(kind)
    .bind(job)
    .fetch_one(suite.pool())
    .await
    .unwrap()
}

/// While a kind is paused its line grows as it does when the readers are slow.
async fn pause(admin: &Api, is_paused: bool) {
    for kind in ["ingest-file", "image-optimize"] {
        let path = format!("/queue/{kind}/{}", if is_paused { "pause" } else { "resume" });
        admin.request(Method::POST, &path).send().await.unwrap().error_for_status().unwrap();
    }
}

/// The job that makes it.
async fn ask_for_image(person: &Api, file: &str, preset: &str) -> i64 {
    let request = person.request(Method::POST, &format!("/files/{file}/artifacts")).json(&json!({"preset": preset}));
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
    number(&answer.json::<Value>().await.unwrap()["jobId"])
}

fn number(body: &Value) -> i64 {
    body.as_str().unwrap().parse().unwrap()
}

/// H5: turns went by drive, images had none, and exports took the readers.
#[tokio::test]
async fn h5_one_hostile_account_does_not_keep_an_honest_ones_photo_waiting() {
    let suite = Suite::of(&[Name::Processor, Name::Web]).set(Name::Web, "DRIVES_PER_PERSON", "15").start().await;
    let admin = suite.api().await;
    let (hostile, honest) = (person(&admin, &suite, "mallory").await, person(&admin, &suite, "ann").await);
    let text = "# A heading\n\nWords of a text that is long enough to be exported.\n\n".repeat(2000);
    let text = hostile.upload("a.md", text.as_bytes()).await["file"]["id"].as_str().unwrap().to_owned();
    hostile.file_settles(&text).await;

    pause(&admin, true).await;
    let (files, uploaded) = uploads(&hostile).await;
    assert_eq!(files.len(), DRIVES * FILES_OF_A_DRIVE, "{uploaded:?}");
    let wanted = files.iter().flat_map(|file| PRESETS.map(|preset| (file, preset)));
    let asked = stream::iter(wanted).map(|(file, preset)| ask_for_image(&hostile, file, preset));
    let asked: Vec<i64> = asked.buffer_unordered(8).collect().await;
    assert_eq!(asked.len(), files.len() * PRESETS.len());

    let photo = honest.upload("photo.png", &samples::png(640, 480, 1_000_000)).await;
    let (file, job) = (photo["file"]["id"].as_str().unwrap(), number(&photo["jobIds"][0]));
    let image = ask_for_image(&honest, file, PRESETS[0]).await;
    pause(&admin, false).await;

    let exports = stream::iter(0..60).map(|_| {
        let request = hostile.request(Method::GET, &format!("/files/{text}/export?format=docx"));
        async move { request.send().await.unwrap().status() }
    });
    let exports = exports.buffer_unordered(20).collect::<Vec<_>>();
    let honest = async {
        assert_eq!(honest.file_settles(file).await["status"], "visual");
        let path = format!("/jobs/{image}");
        eventually("the image is made", async || (honest.get(&path).await["status"] == "completed").then_some(()))
            .await;
    };
    let ((), exports) = tokio::join!(honest, exports);

    let before = begun_before(&suite, "ingest-file", job).await;
    assert!(before <= IN_LINE, "{before} files were begun before the honest one's photo");
    let before = begun_before(&suite, "image-optimize", image).await;
    assert!(before <= IN_LINE, "{before} images were begun before the honest one's");

    let (made, refused): (Vec<StatusCode>, Vec<StatusCode>) = exports.iter().partition(|status| status.is_success());
    assert!(!made.is_empty(), "none was exported: {refused:?}");
    assert!(refused.contains(&StatusCode::TOO_MANY_REQUESTS), "twenty at once are more than one person may have");
    let mut drives = Answers::new();
    for n in 0..6 {
        note(&mut drives, hostile.request(Method::POST, "/drives").json(&json!({"name": format!("more {n}")}))).await;
    }
    // Ten were made above, and one with the account.
    assert_eq!(drives.get(&(429, "too-many-drives".into())), Some(&2), "{drives:?}");
}

/// The readers were all at the large files that were there before.
#[tokio::test]
async fn a_small_file_is_read_beside_all_the_large_ones_that_one_person_may_have_in_the_line() {
    let suite = Suite::of(&[Name::Processor, Name::Web]).start().await;
    let admin = suite.api().await;
    let (many, one) = (person(&admin, &suite, "mallory").await, person(&admin, &suite, "ann").await);
    pause(&admin, true).await;
    let mut large = vec![];
    for n in 0..12 {
        let body = many.upload(&format!("{n}.png"), &samples::png(2400, 1800, n)).await;
        large.push(number(&body["jobIds"][0]));
    }
    let small = one.upload("small.png", &samples::png(200, 150, 1_000_000)).await;
    let file = small["file"]["id"].as_str().unwrap();
    pause(&admin, false).await;

    assert_eq!(one.file_settles(file).await["status"], "visual");
    let before: i64 = sqlx::query_scalar(
        "select count(*) from queue.finished, (select finished_at from queue.finished where id = $2) small
         where id = any ($1) and finished.finished_at < small.finished_at",
    )
    .bind(&large)
    .bind(number(&small["jobIds"][0]))
    .fetch_one(suite.pool())
    .await
    .unwrap();
    // Each takes longer than the small one, whichever machine this is.
    assert_eq!(before, 0, "large files were read before the small one");
}
