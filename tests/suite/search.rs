//! Searching through the whole suite: what stands on a page of a file is found there, by those who may see it and as long as they may.

use reqwest::Method;
use serde_json::{Value, json};
use system_tests::{Api, Name, Suite, eventually, samples};

/// A word or a phrase of each language as it is searched for, the page it stands on, and what is marked there.
const PLANTED: [(&str, &str, usize, &str); 11] = [
    ("\"quarterly harvest report\"", "The quarterly harvest report was late.", 1, "quarterly harvest report"),
    ("Müllabfuhrgebühren", "Die Müllabfuhrgebühren steigen im März.", 2, "Müllabfuhrgebühren"),
    ("mullabfuhrgebuhren", "Die Müllabfuhrgebühren steigen im März.", 2, "Müllabfuhrgebühren"),
    ("Muellabfuhrgebuehren", "Die Müllabfuhrgebühren steigen im März.", 2, "Müllabfuhrgebühren"),
    ("\"التقرير السنوي\"", "وصل التَّقْرِيرُ السَّنَوِيُّ اليوم.", 3, "التَّقْرِيرُ السَّنَوِيُّ"),
    ("年度报告", "这是公司的年度报告。", 4, "年度报告"),
    ("会議の議事録", "先週の会議の議事録です。", 5, "会議の議事録"),
    ("議", "先週の会議の議事録です。", 5, "議"),
    ("연간보고서", "회사의 연간보고서를 보냅니다.", 6, "연간보고서"),
    ("годовой отчёт", "Мы получили годовой отчет вчера.", 7, "годовой"),
    ("quart*", "The quarterly harvest report was late.", 1, "quarterly"),
];

/// A table document with a sheet, which is a page, for each of the texts.
fn sheets(texts: &[&str]) -> Vec<u8> {
    let sheet = |(number, text): (usize, &&str)| {
        let cell = format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>");
        format!("<table:table table:name=\"S{number}\"><table:table-row>{cell}</table:table-row></table:table>")
    };
    let sheets: String = texts.iter().enumerate().map(sheet).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<office:document \
         xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" \
         xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" office:version=\"1.3\" \
         office:mimetype=\"application/vnd.oasis.opendocument.spreadsheet\"><office:styles/><office:body>\
         <office:spreadsheet>{sheets}</office:spreadsheet></office:body></office:document>"
    )
    .into_bytes()
}

/// The texts of the planted phrases, by page.
fn planted_texts() -> Vec<&'static str> {
    let mut texts: Vec<(usize, &str)> = PLANTED.iter().map(|(_, text, page, _)| (*page, *text)).collect();
    texts.sort_unstable();
    texts.dedup();
    texts.into_iter().map(|(_, text)| text).collect()
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

async fn search(api: &Api, query: &str) -> Value {
    api.get(&format!("/search?q={}", encoded(query))).await
}

/// The ids of the files that are found.
async fn found(api: &Api, query: &str) -> Vec<String> {
    let answer = search(api, query).await;
    let items = answer["items"].as_array().unwrap();
    items.iter().map(|item| item["file"]["id"].as_str().unwrap().to_owned()).collect()
}

/// Uploads a file, and its id once it has been read.
async fn read(api: &Api, name: &str, bytes: &[u8]) -> String {
    let uploaded = api.upload(name, bytes).await;
    let id = uploaded["file"]["id"].as_str().unwrap().to_owned();
    assert_eq!(api.file_settles(&id).await["status"], "completed");
    id
}

fn marked(page: &Value) -> Vec<&str> {
    let parts = page["snippet"].as_array().unwrap().iter();
    parts.filter(|part| part["isMarked"] == true).map(|part| part["text"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn phrases_of_many_languages_are_found_on_their_pages() {
    let suite = Suite::of(&[Name::Processor, Name::Web]).start().await;
    let api = suite.api().await;
    let id = read(&api, "planted.fods", &sheets(&planted_texts())).await;
    read(&api, "other.txt", b"Nothing of this is looked for.").await;
    for (query, _, page, mark) in PLANTED {
        let answer = search(&api, query).await;
        assert_eq!(answer["total"], json!({"count": 1, "isExact": true}), "{query}: {answer}");
        let item = &answer["items"][0];
        assert_eq!((&item["file"]["id"], &item["foundIn"]), (&json!(id), &json!(["text"])), "{query}");
        assert_eq!(item["pages"][0]["page"], json!(page), "{query}: {item}");
        assert!(marked(&item["pages"][0]).contains(&mark), "{query}: {item}");
    }
    for nothing in ["\"harvest quarterly\"", "harvest -report", "告报"] {
        assert!(found(&api, nothing).await.is_empty(), "{nothing}");
    }
    assert_eq!(found(&api, "nowhere OR harvest").await, [id]);
}

#[tokio::test]
async fn words_are_found_in_their_other_forms_in_the_language_of_their_text() {
    let suite = Suite::of(&[Name::Processor, Name::Web]).start().await;
    let api = suite.api().await;
    let english = "The invoices of this year were paid before the end of the summer, and nobody in the office remembers why \
                   the last one of them had been running around for such a long time without being read by anybody.";
    let german = "Die Häuser in dieser Straße wurden im vergangenen Jahr gebaut, und niemand weiß mehr genau, warum die \
                  Rechnungen dafür erst so spät bezahlt worden sind, obwohl das Geld doch schon lange vorhanden war.";
    let (english, german) =
        (read(&api, "en.txt", english.as_bytes()).await, read(&api, "de.txt", german.as_bytes()).await);
    assert_eq!(found(&api, "invoice run").await, [english.as_str()]);
    assert_eq!(found(&api, "haus rechnung").await, [german.as_str()]);
    assert!(found(&api, "\"invoice\"").await.is_empty(), "in quotes a word is as it stands");
    let of_language = api.get("/search?q=invoice&language=de").await;
    assert_eq!(of_language["total"]["count"], 0);
}

#[tokio::test]
async fn what_is_trashed_deleted_or_read_anew_is_gone_from_the_next_answer() {
    let suite = Suite::of(&[Name::Processor, Name::Web]).start().await;
    let api = suite.api().await;
    let id = read(&api, "letter.txt", b"The saffron lighthouse is closed.").await;
    assert_eq!(found(&api, "saffron").await, [id.as_str()]);
    let trash = async |trashed: bool| {
        let change = api.request(Method::PATCH, &format!("/files/{id}")).json(&json!({"trashed": trashed}));
        change.send().await.unwrap().error_for_status().unwrap();
    };
    trash(true).await;
    assert!(found(&api, "saffron").await.is_empty() && found(&api, "letter").await.is_empty());
    trash(false).await;
    assert_eq!(found(&api, "saffron").await, [id.as_str()]);

    // The bytes on the disk are others by now, say, and the file is read again.
    let file = api.get(&format!("/files/{id}")).await;
    let hash = file["contentHash"].as_str().unwrap();
    std::fs::write(suite.storage().join("blobs").join(&hash[..2]).join(hash), "The cobalt lighthouse is open.")
        .unwrap();
    let again = api.request(Method::POST, &format!("/files/{id}/read")).json(&json!({})).send().await.unwrap();
    again.error_for_status().unwrap();
    eventually("the new text is found", async || (found(&api, "cobalt").await == [id.as_str()]).then_some(())).await;
    assert!(found(&api, "saffron").await.is_empty());

    api.request(Method::DELETE, &format!("/files/{id}")).send().await.unwrap().error_for_status().unwrap();
    assert!(found(&api, "cobalt").await.is_empty());
}

/// A library of a release that could not search, and one whose index somebody wants anew.
#[tokio::test]
async fn texts_that_are_older_than_the_index_are_found_by_and_by() {
    let mut suite = Suite::of(&[Name::Processor, Name::Web]).start().await;
    let api = suite.api().await;
    let id = read(&api, "old.txt", b"An heirloom of earlier days.").await;
    suite.stop(Name::Processor).await;
    sqlx::raw_sql("truncate search_pages; update contents set search_version = 0").execute(suite.pool()).await.unwrap();
    let answer = search(&api, "heirloom").await;
    assert_eq!((&answer["total"]["count"], &answer["isIncomplete"]), (&json!(0), &json!(true)), "{answer}");
    assert_eq!(api.get("/search/index").await, json!({"indexed": 0, "waiting": 1}));
    suite.start_service(Name::Processor).await;
    eventually("the old text is found", async || (found(&api, "heirloom").await == [id.as_str()]).then_some(())).await;
    assert_eq!(api.get("/search/index").await, json!({"indexed": 1, "waiting": 0}));

    let renewed = api.request(Method::POST, "/search/index").send().await.unwrap();
    assert_eq!(renewed.status(), 202);
    assert_eq!(found(&api, "heirloom").await, [id], "it is found meanwhile");
    eventually("it is indexed again", async || (api.get("/search/index").await["waiting"] == 0).then_some(())).await;
}

/// With the real Tesseract: `make test` installs it.
#[tokio::test]
async fn recognised_text_is_found_too() {
    let services = [Name::Processor, Name::Web];
    let suite = Suite::of(&services).set(Name::Processor, "ENABLE_OCR", "true").start().await;
    let api = suite.api().await;
    let uploaded = api.upload("side.png", &samples::sample("image/text-on-its-side.png")).await;
    let id = uploaded["file"]["id"].as_str().unwrap();
    eventually("its text is found", async || (found(&api, "\"laid on its side\"").await == [id]).then_some(())).await;
}
