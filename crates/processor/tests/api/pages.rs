//! What pages are seen by, made by a confined child for whoever asks and kept in the cache.

use crate::app::{Answer, TestApp, sample};
use model::{ContentHash, Facts, Outcome, PageSize, PageWords, Reason, Report};
use sqlx::PgPool;
use std::time::Duration;

/// A file that was read, as far as its pages are concerned.
async fn file(app: &TestApp, name: &str, pages: Option<u32>) -> ContentHash {
    let hash = app.upload(name.rsplit('/').next().unwrap(), &sample(name)).await;
    read(app, &hash, Report { facts: Facts { pages, ..Facts::default() }, ..Report::of(Outcome::Ok) }).await;
    hash
}

async fn read(app: &TestApp, hash: &ContentHash, report: Report) {
    db::contents::finish(&mut app.pool.acquire().await.unwrap(), hash, &report).await.unwrap();
}

#[track_caller]
fn is_jpeg(answer: &Answer) {
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "image/jpeg"), "{}", answer.text());
    assert!(answer.body.starts_with(b"\xff\xd8\xff"));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_page_is_made_kept_and_made_again_when_the_cache_is_gone(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = file(&app, "pdf/three-pages.pdf", Some(3)).await;
    let path = format!("/cache/{hash}/page-2-800.jpg");
    let made = app.get(&path).await;
    is_jpeg(&made);
    assert_eq!(app.get_with(&path, &[("if-none-match", made.header("etag"))]).await.status, 304);
    assert_eq!(app.get_with(&path, &[("range", "bytes=0-2")]).await.body, made.body[..3]);
    assert_eq!(app.count("select count(*) from artifacts where name = 'page-2-800.jpg' and width = 800").await, 1);
    let folder = app.dir.path().join("cache");
    let file = folder.join(hash.shard()).join(hash.as_str()).join("page-2-800.jpg");
    assert!(file.is_file(), "it is in the folder that may be deleted");

    std::fs::remove_dir_all(&folder).unwrap();
    app.state.context.store.remove_artifact(&hash, "page-2-800.jpg").await.unwrap();
    let again = app.get(&path).await;
    is_jpeg(&again);
    assert_eq!(again.body, made.body);
    // What lists artifacts does not list these: there may be thousands.
    let listed = app.get(&format!("/cache/{hash}/metadata")).await.ok();
    assert_eq!(listed["artifacts"].as_array().map(Vec::len), Some(0), "{listed}");
    // A clean-up takes it as any image.
    assert!(jobs::cleanup_cache(&app.state.context, Duration::ZERO, u64::MAX).await.unwrap().deleted > 0);
    assert_eq!(app.count("select count(*) from artifacts").await, 0);
    is_jpeg(&app.get(&path).await);
}

/// Of a picture, of a scan of several pages, and the sizes of all of them.
#[sqlx::test(migrations = "../../migrations")]
async fn pictures_have_pages_too(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let picture = file(&app, "image/corners.png", None).await;
    is_jpeg(&app.get(&format!("/cache/{picture}/page-1-320.jpg")).await);
    app.get(&format!("/cache/{picture}/page-2-320.jpg")).await.refused(404, "no_such_page");
    app.get(&format!("/cache/{picture}/page-1-words.json")).await.refused(404, "artifact_not_found");
    let answer = app.get(&format!("/cache/{picture}/page-sizes.json")).await;
    let sizes: Vec<PageSize> = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!((sizes.len(), sizes[0].page, answer.header("cache-control")), (1, 1, "public, no-cache"));
    let document = file(&app, "pdf/three-pages.pdf", Some(3)).await;
    let sizes = app.get(&format!("/cache/{document}/page-sizes.json")).await.json();
    assert_eq!((sizes.as_array().map(Vec::len), &sizes[2]["heightPoints"]), (Some(3), &792.0.into()), "{sizes}");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_documents_own_words_are_answered_where_none_were_recognised(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = file(&app, "pdf/three-pages.pdf", Some(3)).await;
    let path = format!("/cache/{hash}/pages/1/words");
    let answer = app.get(&path).await;
    let words: PageWords = serde_json::from_slice(&answer.body).unwrap_or_else(|_| panic!("{}", answer.text()));
    assert_eq!((words.engine.as_str(), words.words[0].text.as_str()), ("reader", "Heading"));
    assert_eq!(app.get_with(&path, &[("if-none-match", answer.header("etag"))]).await.status, 304);
    assert_eq!(app.count("select count(*) from artifacts where name = 'page-1-words.json'").await, 1);
    // A page whose text says nothing has no words to be marked.
    let facts = Facts { pages: Some(3), pages_without_text: vec![2], ..Facts::default() };
    read(&app, &hash, Report { facts, ..Report::of(Outcome::Ok) }).await;
    app.get(&format!("/cache/{hash}/pages/2/words")).await.refused(404, "artifact_not_found");
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_cannot_be_shown_says_why(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let waiting = app.upload("waiting.pdf", &sample("pdf/scan.pdf")).await;
    let answer = app.get(&format!("/cache/{waiting}/page-1-320.jpg")).await;
    answer.refused(503, "not_yet");
    assert_eq!(answer.header("retry-after"), "5");

    let hash = file(&app, "pdf/three-pages.pdf", Some(3)).await;
    for page in ["4", "4294967295"] {
        app.get(&format!("/cache/{hash}/page-{page}-320.jpg")).await.refused(404, "no_such_page");
    }
    // No name of ours, and so nothing that a stranger could have made.
    for name in ["page-0-320.jpg", "page-1-321.jpg", "page-01-320.jpg", "page-1-320.png"] {
        app.get(&format!("/cache/{hash}/{name}")).await.refused(404, "artifact_not_found");
    }
    let unknown = "0".repeat(64);
    app.get(&format!("/cache/{unknown}/page-1-320.jpg")).await.refused(404, "content_not_found");
    let text = file(&app, "text/hello.txt", None).await;
    app.get(&format!("/cache/{text}/page-1-320.jpg")).await.refused(422, "unsupported");

    // What reading it found out is told, and no child is asked.
    let locked = app.upload("locked.pdf", &sample("pdf/encrypted-secret.pdf")).await;
    let detail = "The PDF is protected with a password.".to_owned();
    read(&app, &locked, Report::of(Outcome::Rejected { reason: Reason::Encrypted, detail })).await;
    let refused = app.get(&format!("/cache/{locked}/page-1-320.jpg")).await.refused(422, "encrypted");
    assert_eq!(refused["message"], "The PDF is protected with a password.");
    // What it did not find out, a child does.
    let broken = app.upload("broken.pdf", b"%PDF-1.7\nno document").await;
    app.finish(&broken, Outcome::Ok).await;
    app.get(&format!("/cache/{broken}/page-1-320.jpg")).await.refused(422, "malformed");
    assert_eq!(app.count("select count(*) from artifacts").await, 0);
}

/// A page that draws one thing ten million times. Its reader is ended, and for a while nobody begins another with it.
#[sqlx::test(migrations = "../../migrations")]
async fn a_page_that_never_ends_is_ended_and_not_tried_again_at_once(pool: PgPool) {
    let app = TestApp::with(pool, |config| config.sandbox.stall = Duration::from_millis(1)).await;
    let hash = app.upload("hostile.pdf", &slow_page()).await;
    app.finish(&hash, Outcome::Ok).await;
    let path = |width: u32| format!("/cache/{hash}/page-1-{width}.jpg");
    let refused = app.get(&path(2400)).await.refused(422, "timeout");
    assert_eq!(refused["message"], "It took too long to read and was stopped.");
    // Whoever looked for its bytes now would not find them.
    std::fs::remove_dir_all(app.dir.path().join("blobs")).unwrap();
    app.get(&path(800)).await.refused(422, "timeout");
}

/// Some seconds of drawing in some kilobytes: forms that draw forms.
fn slow_page() -> Vec<u8> {
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources << /XObject << /F 5 0 R >> >> >>"
            .to_owned(),
    ];
    let stream = |entries: &str, content: &str| {
        format!("<< {entries} /Length {} >>\nstream\n{content}\nendstream", content.len())
    };
    objects.push(stream("", &"/F Do ".repeat(10)));
    for depth in 5..10 {
        let inner = depth + 1;
        let entries =
            format!("/Type /XObject /Subtype /Form /BBox [0 0 600 800] /Resources << /XObject << /F {inner} 0 R >> >>");
        objects.push(stream(&entries, &"/F Do ".repeat(10)));
    }
    objects.push(stream("/Type /XObject /Subtype /Form /BBox [0 0 600 800]", "0 0 m 600 800 l 600 0 l f"));
    let (mut pdf, mut places) = ("%PDF-1.7\n".to_owned(), String::new());
    for (number, object) in (1..).zip(&objects) {
        places.push_str(&format!("{:010} 00000 n \n", pdf.len()));
        pdf.push_str(&format!("{number} 0 obj\n{object}\nendobj\n"));
    }
    let (size, start) = (objects.len() + 1, pdf.len());
    pdf.push_str(&format!("xref\n0 {size}\n0000000000 65535 f \n{places}"));
    pdf.push_str(&format!("trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"));
    pdf.into_bytes()
}

#[sqlx::test(migrations = "../../migrations")]
async fn many_who_ask_for_a_page_get_the_same(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = file(&app, "pdf/three-pages.pdf", Some(3)).await;
    let path = format!("/cache/{hash}/page-3-1200.jpg");
    let asked = futures_util::future::join_all((0..8).map(|_| app.get(&path))).await;
    asked.iter().for_each(is_jpeg);
    assert!(asked.iter().all(|answer| answer.body == asked[0].body));
    assert_eq!(app.count("select count(*) from artifacts").await, 1);
}
