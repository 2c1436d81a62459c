//! Searching: whose files are found, by what, and what else may be asked for.

use crate::test_app::{Client, TestApp, hash};
use axum::http::StatusCode;
use db::search_pages::NewPage;
use model::{Outcome, PageSpan, Report};
use search::{Language, index_pages};
use serde_json::{Value, json};
use sqlx::PgPool;
use uuid::Uuid;

/// A file whose pages have these texts, as if it had been read.
async fn add(app: &TestApp, client: &Client, drive: Uuid, name: &str, pages: &[&str]) -> Uuid {
    let text = pages.join("\u{c}");
    let bytes = format!("{name}{text}");
    let id = client.new_file(drive, name, bytes.as_bytes()).await;
    let hash = hash(bytes.as_bytes());
    let mut start = 0;
    let span = |(page, text): (u32, &&str)| {
        let end = start + text.chars().count() as u64;
        let span = PageSpan { page, start, end, confidence: None };
        start = end + 1;
        span
    };
    let spans: Vec<PageSpan> = (1..).zip(pages).map(span).collect();
    let pages = index_pages(&text, &spans, Language::tagged("en")).into_iter();
    let pages: Vec<NewPage> = pages
        .map(|page| NewPage {
            page: page.page,
            start_byte: page.start_byte,
            size_bytes: page.size_bytes,
            words: page.words,
        })
        .collect();
    let mut report = Report::of(Outcome::Ok);
    report.facts.language = Some("en".into());
    report.facts.title = Some(format!("On {name}"));
    report.format = Some("txt".into());
    let mut tx = db::begin(&app.pool).await.unwrap();
    db::contents::finish(&mut tx, &hash, &report).await.unwrap();
    db::contents::set_status(&mut tx, &hash, model::ContentStatus::Completed).await.unwrap();
    db::search_pages::replace(&mut tx, &hash, &pages).await.unwrap();
    tx.commit().await.unwrap();
    id
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

async fn search(client: &Client, query: &str, more: &str) -> Value {
    client.get(&format!("/api/v1/search?q={}{more}", encoded(query))).await.expect(StatusCode::OK).json()
}

async fn found(client: &Client, query: &str, more: &str) -> Vec<Uuid> {
    let answer = search(client, query, more).await;
    let id = |item: &Value| item["file"]["id"].as_str().unwrap().parse().unwrap();
    let ids: Vec<Uuid> = answer["items"].as_array().unwrap().iter().map(id).collect();
    assert_eq!(answer["total"]["count"], ids.len(), "{answer}");
    ids
}

#[sqlx::test(migrations = "../../migrations")]
async fn files_are_found_in_all_drives_of_a_person_and_no_others(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (ann, bob) = (app.person("ann").await, app.person("bob").await);
    let (hers, shared) = (ann.new_drive("hers").await, ann.new_drive("shared").await);
    let secret = add(&app, &ann, hers, "one.txt", &["the walnut is here"]).await;
    let common = add(&app, &ann, shared, "two.txt", &["nothing", "a walnut, too"]).await;
    // The same bytes in a drive of his: a content is kept once, and each has their own file of it.
    let his_drive = bob.new_drive("his").await;
    let his = bob.new_file(his_drive, "mine.txt", b"two.txtnothing\x0ca walnut, too").await;
    assert!(found(&bob, "walnut", "").await == [his] && found(&app.person("eve").await, "walnut", "").await.is_empty());

    let mut both = found(&ann, "walnuts", "").await;
    both.sort();
    let mut expected = vec![secret, common];
    expected.sort();
    assert_eq!(both, expected);
    assert_eq!(found(&ann, "walnut", &format!("&drive={shared}")).await, [common]);
    assert!(found(&bob, "walnut", &format!("&drive={shared}")).await.is_empty(), "a drive he is not in");

    ann.share(shared, "bob@example.org", "viewer").await;
    assert_eq!(found(&bob, "walnut", &format!("&drive={shared}")).await, [common]);
    ann.delete(&format!("/api/v1/drives/{shared}/members/{}", bob.id)).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(found(&bob, "walnut", "").await, [his], "a right taken away is gone from the next answer");
    ann.patch(&format!("/api/v1/files/{common}"), json!({"trashed": true})).await.expect(StatusCode::OK);
    assert_eq!(found(&ann, "walnut", "").await, [secret]);
    ann.delete(&format!("/api/v1/files/{secret}")).await.expect(StatusCode::NO_CONTENT);
    assert!(found(&ann, "walnut", "").await.is_empty());
    app.stranger().get("/api/v1/search?q=walnut").await.expect_problem(StatusCode::UNAUTHORIZED, "unauthenticated");
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_answer_has_the_pages_the_lines_and_where_they_were_found(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let ann = app.person("ann").await;
    let drive = ann.new_drive("d").await;
    let many = "plum ".repeat(40);
    let pages = ["no fruit", "one plum", &many, "a plum and a pear", "plums"];
    let text = add(&app, &ann, drive, "fruit.txt", &pages).await;
    let named = add(&app, &ann, drive, "Plüm-2023.txt", &["nothing of it"]).await;

    let answer = search(&ann, "plum", "").await;
    assert_eq!(answer["total"], json!({"count": 2, "isExact": true}));
    assert_eq!((&answer["isIncomplete"], &answer["nextCursor"]), (&json!(false), &Value::Null));
    let [first, second] = &answer["items"].as_array().unwrap()[..] else { panic!("{answer}") };
    assert_eq!(
        (&first["file"]["id"], &first["foundIn"]),
        (&json!(named), &json!(["name", "meta"])),
        "a name comes first"
    );
    assert_eq!(first["name"], json!([{"text": "Plüm", "isMarked": true}, {"text": "-2023.txt", "isMarked": false}]));
    assert_eq!((&second["file"]["id"], &second["foundIn"]), (&json!(text), &json!(["text"])));
    assert_eq!(second["pageCount"], 4);
    let shown: Vec<&Value> = second["pages"].as_array().unwrap().iter().map(|page| &page["page"]).collect();
    assert_eq!((shown.len(), shown[0]), (3, &json!(3)), "the page with the most of it is the first");
    // The stand-in for the file store says which bytes it was asked for.
    let asked = app.processor.asked_for_snippets();
    assert_eq!((asked.query.as_str(), asked.places.len()), ("plum", 3));
    let place = &asked.places[0];
    assert_eq!((place.start_byte, place.size_bytes, place.language.as_deref()), (18, 200, Some("en")));
    assert_eq!(second["pages"][0]["snippet"], json!([{"text": "at 18", "isMarked": true}]));

    let only = async |query: &str, places: &str| found(&ann, query, &format!("&in={places}")).await;
    assert_eq!(only("plum", "name").await, [named]);
    assert_eq!(only("plum", "text").await, [text]);
    assert_eq!(only("on fruit", "meta").await, [text], "its title");
    assert_eq!(only("lum", "name").await, [named], "a part of a name");
    assert!(only("plum -2023", "name").await.is_empty());
    assert_eq!(only("pear OR apple", "text").await, [text]);
    assert_eq!(only("fruit pear", "text").await, [text], "one word on the first page, one on the fourth");
    assert!(
        only("fruit pear apple", "text").await.is_empty() && only("\"fruit\" \"pear plum\"", "text").await.is_empty()
    );
}

#[sqlx::test(migrations = "../../migrations")]
async fn files_are_found_by_what_they_are_too(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let ann = app.person("ann").await;
    let drive = ann.new_drive("d").await;
    let old = add(&app, &ann, drive, "old.txt", &["quartz"]).await;
    let new = add(&app, &ann, drive, "new.txt", &["quartz"]).await;
    sqlx::query("update files set created_at = '2020-01-01' where id = $1").bind(old).execute(&pool).await.unwrap();
    sqlx::query(
        "update contents set format = 'pdf', facts = facts || '{\"language\": \"de\"}'
         where hash = (select content_hash from files where id = $1)",
    )
    .bind(new)
    .execute(&pool)
    .await
    .unwrap();
    let filters = [
        ("&type=pdf", vec![new]),
        ("&type=txt", vec![old]),
        ("&type=image", vec![]),
        ("&language=de", vec![new]),
        ("&from=2020-01-02T00:00:00Z", vec![new]),
        ("&to=2020-01-02T00:00:00Z", vec![old]),
        ("&from=2019-01-01T00:00:00%2B02:00&to=2020-01-02T00:00:00Z", vec![old]),
        (&format!("&owner={}&type=pdf", ann.id), vec![new]),
        (&format!("&owner={}", Uuid::from_u128(7)), vec![]),
    ];
    for (filter, expected) in filters {
        assert_eq!(found(&ann, "quartz", filter).await, expected, "{filter}");
    }
    let wrong = [
        ("&drive=7", "invalid-id"),
        ("&owner=me", "invalid-id"),
        ("&from=yesterday", "invalid-time"),
        ("&in=text,everything", "invalid-place"),
        ("&cursor=AAAA", "invalid-cursor"),
    ];
    for (filter, code) in wrong {
        let answer = ann.get(&format!("/api/v1/search?q=quartz{filter}")).await;
        answer.expect_problem(StatusCode::UNPROCESSABLE_ENTITY, code);
    }
    ann.get("/api/v1/search").await.expect(StatusCode::BAD_REQUEST);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_slip_of_the_fingers_is_answered_with_what_was_meant_if_that_may_be_known(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (ann, bob) = (app.person("ann").await, app.person("bob").await);
    let drive = ann.new_drive("d").await;
    add(&app, &ann, drive, "a.txt", &["the invoice total", "another invoice"]).await;
    let meant = async |client: &Client, query: &str| search(client, query, "").await["didYouMean"].clone();
    assert_eq!(meant(&ann, "invoce").await, "invoice");
    assert_eq!(meant(&ann, "Invioce totl").await, "invoice total");
    assert_eq!(meant(&ann, "totla OR totla*").await, "total");
    for query in ["invoice", "\"invoce\"", "-x invoce", "qqqqqq"] {
        assert_eq!(meant(&ann, query).await, Value::Null, "{query}");
    }
    assert_eq!(meant(&bob, "invoce").await, Value::Null, "nobody is told what others have");
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_is_found_comes_in_pages(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let ann = app.person("ann").await;
    let drive = ann.new_drive("d").await;
    let mut all = vec![];
    for n in 0..7 {
        all.push(add(&app, &ann, drive, &format!("{n}.txt"), &[&"opal ".repeat(1 + n % 3)]).await);
    }
    let (mut seen, mut cursor) = (vec![], String::new());
    loop {
        let answer = search(&ann, "opal", &format!("&limit=3{cursor}")).await;
        assert_eq!(answer["total"], json!({"count": 7, "isExact": true}));
        let items = answer["items"].as_array().unwrap();
        assert!(items.len() <= 3);
        let ranks = items.iter().map(|item| item["rank"].as_f64().unwrap());
        seen.extend(
            items.iter().zip(ranks).map(|(item, rank)| (item["file"]["id"].as_str().unwrap().to_owned(), rank)),
        );
        match answer["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert!(seen.is_sorted_by(|(_, one), (_, other)| one >= other), "{seen:?}");
    let mut ids: Vec<Uuid> = seen.iter().map(|(id, _)| id.parse().unwrap()).collect();
    ids.sort();
    all.sort();
    assert_eq!(ids, all, "each once");
}

#[sqlx::test(migrations = "../../migrations")]
async fn nothing_that_is_typed_breaks_a_search(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let ann = app.person("ann").await;
    let drive = ann.new_drive("d").await;
    add(&app, &ann, drive, "a.txt", &["it's 100% o'clock, a\\b | c & (d) :*"]).await;
    let long = "word ".repeat(2_000);
    let refused = [
        ("", "no-words"),
        ("\"", "no-words"),
        ("\"\"", "no-words"),
        ("& | ! ( ) :* <-> \\ ' % _", "no-words"),
        ("OR OR OR", "no-words"),
        ("\0", "no-words"),
        ("\u{202e}\u{200f}", "no-words"),
        ("-nothing -else", "only-excluded-words"),
        (long.as_str(), "search-too-long"),
        (&"a ".repeat(100), "too-many-words"),
    ];
    for (query, code) in refused {
        let answer = ann.get(&format!("/api/v1/search?q={}", encoded(query))).await;
        answer.expect_problem(StatusCode::UNPROCESSABLE_ENTITY, code);
    }
    let taken = [
        "\"never ends",
        "it's",
        "o'clock' & ''",
        "a\\b",
        "100%",
        "a:* | b",
        "'); drop table files; --",
        "a\0b",
        "((((",
        "\u{202e}clock\u{202c}",
        "[a-z]+ (.*)+ \\",
        "$1 $2 {} {0}",
        "a OR -b OR \"c d\"",
        "☃ a",
        "\u{1f600} a \u{10ffff}",
        "a* ab* abc*",
        "\"a* b\" -\"c d\"",
    ];
    for query in taken {
        let answer = ann.get(&format!("/api/v1/search?q={}", encoded(query))).await;
        let is_typed = answer.status == StatusCode::OK || answer.status == StatusCode::UNPROCESSABLE_ENTITY;
        assert!(is_typed, "{query}: {} {}", answer.status, String::from_utf8_lossy(&answer.body));
    }
    assert_eq!(found(&ann, "o'clock", "").await.len(), 1);
    for parameter in ["type", "language"] {
        let answer = ann.get(&format!("/api/v1/search?q=a&{parameter}=%00")).await;
        answer.expect(StatusCode::BAD_REQUEST);
    }
    // No character of it is one.
    ann.get("/api/v1/search?q=%ff%fe").await.expect(StatusCode::UNPROCESSABLE_ENTITY);
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_index_is_the_administrators(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (admin, ann) = (app.admin().await, app.person("ann").await);
    let drive = ann.new_drive("d").await;
    add(&app, &ann, drive, "a.txt", &["amber"]).await;
    ann.get("/api/v1/search/index").await.expect(StatusCode::FORBIDDEN);
    ann.post("/api/v1/search/index", json!({})).await.expect(StatusCode::FORBIDDEN);
    assert_eq!(admin.get("/api/v1/search/index").await.json(), json!({"indexed": 1, "waiting": 0}));
    let renewed = admin.post("/api/v1/search/index", json!({})).await.expect(StatusCode::ACCEPTED);
    assert_eq!(renewed.json(), json!({"indexed": 0, "waiting": 1}));
    let answer = search(&ann, "amber", "").await;
    assert_eq!((&answer["total"]["count"], &answer["isIncomplete"]), (&json!(1), &json!(true)));
}
