//! What is attached to a mail becomes files beside it.

use reqwest::Method;
use serde_json::{Value, json};
use system_tests::{Api, Name, Suite, eventually};

/// A mail with these attachments: their names and their bytes, which are text.
fn mail(subject: &str, attachments: &[(&str, &str)]) -> String {
    let head = format!(
        "From: ann@example.org\r\nTo: bob@example.org\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=\"{subject}\"\r\n\r\n--{subject}\r\nContent-Type: text/plain\r\n\r\nSee below.\r\n"
    );
    let parts = attachments.iter().map(|(name, text)| {
        format!(
            "--{subject}\r\nContent-Type: application/octet-stream; name=\"{name}\"\r\n\
             Content-Disposition: attachment; filename=\"{name}\"\r\n\r\n{text}\r\n"
        )
    });
    format!("{head}{}--{subject}--\r\n", parts.collect::<String>())
}

async fn attachments(api: &Api, id: &str, count: usize) -> Vec<Value> {
    let path = format!("/files/{id}/attachments");
    eventually(&path, async || {
        let found = api.get(&path).await.as_array().unwrap().clone();
        (found.len() == count).then_some(found)
    })
    .await
}

fn names(files: &[Value]) -> Vec<&str> {
    files.iter().map(|file| file["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn attachments_become_files_beside_their_mail_and_stay_when_it_goes() {
    let suite = Suite::of(&[Name::Processor, Name::Web]).start().await;
    let api = suite.api().await;
    let bytes =
        mail("plan", &[("plan.txt", "The plan itself."), ("list.csv", "a,b\r\n1,2"), ("what.bin", "\u{1}\u{2}")]);
    let sent = api.upload("plan.eml", bytes.as_bytes()).await;
    let id = sent["file"]["id"].as_str().unwrap();
    let found = attachments(&api, id, 2).await;
    assert_eq!(names(&found), ["list.csv", "plan.txt"], "what cannot be read stays in the mail");
    for file in &found {
        assert_eq!((&file["attachmentOf"], &file["driveId"]), (&sent["file"]["id"], &sent["file"]["driveId"]));
        assert_eq!(api.file_settles(file["id"].as_str().unwrap()).await["status"], "completed");
    }
    let plan = found[1]["id"].as_str().unwrap();
    assert_eq!(api.bytes(&format!("/files/{plan}/text?format=plain")).await, b"The plan itself.");
    assert_eq!(api.get(&format!("/files/{id}")).await["attachmentOf"], Value::Null);

    // The same mail once more is another file, and so is what is attached to it.
    let again = api.upload("again.eml", bytes.as_bytes()).await;
    let others = attachments(&api, again["file"]["id"].as_str().unwrap(), 2).await;
    assert_ne!(others[0]["id"], found[0]["id"]);
    assert_eq!(suite.count("select count(*) from files").await, 6);

    assert_eq!(api.request(Method::DELETE, &format!("/files/{id}")).send().await.unwrap().status(), 204);
    assert_eq!(api.get(&format!("/files/{plan}")).await["attachmentOf"], Value::Null, "it stays, and its mail is gone");
}

#[tokio::test]
async fn attachments_are_there_once_however_often_the_processor_dies() {
    const MAILS: i64 = 20;
    let mut suite = Suite::of(&[Name::Processor, Name::Web]).start().await;
    let api = suite.api().await;
    for n in 0..MAILS {
        let [one, two, three] = [1, 2, 3].map(|part| format!("Part {part} of mail {n}."));
        let bytes = mail(&format!("m{n}"), &[("1.txt", &one), ("2.txt", &two), ("3.txt", &three)]);
        api.upload(&format!("{n}.eml"), bytes.as_bytes()).await;
    }
    for unpacked in [1, 8, 14] {
        eventually("some mails are unpacked", async || {
            (suite.count("select count(*) from files where unpacked_at is not null").await >= unpacked).then_some(())
        })
        .await;
        suite.kill(Name::Processor).await;
        suite.start_service(Name::Processor).await;
    }
    eventually("all are read", async || {
        let unpacked = suite.count("select count(*) from files where unpacked_at is not null").await;
        let read = suite.count("select count(*) from contents where status = 'completed'").await;
        (unpacked == MAILS && read == 4 * MAILS).then_some(())
    })
    .await;
    assert_eq!(suite.count("select count(*) from files where attachment_of is not null").await, 3 * MAILS);
    assert_eq!(
        suite.count("select count(distinct (attachment_of, name)) from files where attachment_of is not null").await,
        60
    );
    assert_eq!(suite.count("select count(*) from files").await, 4 * MAILS);
}

#[tokio::test]
async fn mails_inside_of_mails_are_unpacked_three_deep() {
    let suite = Suite::of(&[Name::Processor, Name::Web]).start().await;
    let api = suite.api().await;
    let mut inner = mail("d5", &[("deepest.txt", "too deep")]);
    for depth in (1..5).rev() {
        inner = mail(&format!("d{depth}"), &[(&format!("{depth}.eml"), &inner)]);
    }
    api.upload("top.eml", inner.as_bytes()).await;
    eventually("three are unpacked", async || {
        (suite.count("select count(*) from files where unpacked_at is not null").await == 3).then_some(())
    })
    .await;
    eventually("all are read", async || {
        (suite.count("select count(*) from contents where status = 'completed'").await == 4).then_some(())
    })
    .await;
    assert_eq!(suite.count("select count(*) from files").await, 4);
    assert_eq!(suite.count("select max(attachment_depth)::bigint from files").await, 3);
    assert_eq!(suite.count("select count(*) from queue.jobs where kind = 'unpack-mail'").await, 3);
}

#[tokio::test]
async fn mails_stay_as_they_are_where_that_is_set_and_are_unpacked_when_they_are_read_again() {
    let mut suite =
        Suite::of(&[Name::Processor, Name::Web]).set(Name::Processor, "UNPACK_MAILS", "false").start().await;
    let api = suite.api().await;
    let sent = api.upload("plan.eml", mail("plan", &[("plan.txt", "The plan itself.")]).as_bytes()).await;
    let id = sent["file"]["id"].as_str().unwrap();
    assert_eq!(api.file_settles(id).await["facts"]["attachments"][0]["name"], "plan.txt");
    assert_eq!(suite.count("select count(*) from queue.jobs where kind = 'unpack-mail'").await, 0);
    assert_eq!(api.get(&format!("/files/{id}/attachments")).await, json!([]));

    suite.stop(Name::Processor).await;
    suite.set(Name::Processor, "UNPACK_MAILS", "true");
    suite.start_service(Name::Processor).await;
    let asked = api.request(Method::POST, &format!("/files/{id}/read")).json(&json!({})).send().await.unwrap();
    assert_eq!(asked.status(), 202);
    assert_eq!(names(&attachments(&api, id, 1).await), ["plan.txt"]);
}
