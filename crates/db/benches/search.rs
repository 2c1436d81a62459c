//! Searching a large library: what the index weighs, what writing it costs, and how long answers take.
//!
//! `make bench-search`. Fills a database of its own with `BENCH_FILES` (10,000) files of `BENCH_PAGES` (10) pages each, of words that
//! are as frequent as in prose, then asks each kind of question `BENCH_SEARCHES` (200) times with other words. `RESULTS` is the file
//! that the lines of JSON are appended to. Postgres has the settings of the product.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark that cannot go on stops")]

use db::search::{Names, Scope, Words};
use db::search_pages::NewPage;
use model::{ContentHash, PageSpan};
use search::{Language, Matcher, Query, index_pages};
use serde_json::{Value, json};
use sqlx::{PgPool, Row};
use std::fs::File;
use std::io::Write;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// Words of a page.
const WORDS: usize = 400;
/// Words that there are.
const VOCABULARY: usize = 200_000;
/// Files written in one transaction while the library is filled.
const BATCH: usize = 50;

fn main() {
    // `cargo test --all-targets` starts benchmarks too, and means something else.
    if !std::env::args().any(|arg| arg == "--bench") {
        return println!("this is a benchmark; run it with cargo bench");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(run());
}

async fn run() {
    let (files, pages) = (number("BENCH_FILES", 10_000), number("BENCH_PAGES", 10));
    let pool = PgPool::connect(&std::env::var("DATABASE_URL").unwrap()).await.unwrap();
    db::migrations::run(&pool).await.unwrap();
    let mut results = Results::open();
    let person = fill(&pool, files, pages, &mut results).await;
    sqlx::query("vacuum analyze").execute(&pool).await.unwrap();
    weigh(&pool, &mut results).await;
    let mut random = Random(7);
    for kind in ["one word", "frequent word", "three words", "phrase", "beginning", "rare word", "name", "nothing"] {
        ask(&pool, kind, person, &mut random, &mut results).await;
    }
}

/// A number that is the same in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// Between 0 and 1.
    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A word by its rank, the first ones the most frequent: each half as frequent as the one of half its rank (Zipf).
    fn rank(&mut self) -> usize {
        ((VOCABULARY as f64).powf(self.share()) - 1.0) as usize
    }
}

/// The word of a rank: syllables, the fewer the more frequent it is.
fn word(rank: usize) -> String {
    const SYLLABLES: [&str; 20] = [
        "ka", "lo", "mi", "ter", "an", "go", "sen", "ru", "pel", "dor", "vi", "stra", "ne", "bo", "ti", "ham", "eli",
        "su", "ro", "fa",
    ];
    let mut word = String::new();
    let mut left = rank + 1;
    while left > 0 {
        word.push_str(SYLLABLES[left % SYLLABLES.len()]);
        left /= SYLLABLES.len();
    }
    word
}

/// A page of words, in which a name that stands nowhere else is one.
fn page(random: &mut Random, own: &str) -> String {
    let mut text = String::new();
    // A text comes back to its own words: half of them are from a hundred.
    let own_words: Vec<usize> = (0..100).map(|_| random.rank()).collect();
    for at in 0..WORDS {
        let rank = match random.next() % 2 {
            0 => random.rank(),
            _ => own_words[random.next() as usize % own_words.len()],
        };
        text.push_str(&word(rank));
        text.push_str(if at % 12 == 11 { ".\n" } else { " " });
    }
    text.push_str(own);
    text
}

async fn fill(pool: &PgPool, files: usize, pages: usize, results: &mut Results) -> Uuid {
    let mut conn = pool.acquire().await.unwrap();
    let new = db::users::NewUser { email: "bench@example.org", name: "Bench", password_hash: "", is_admin: false };
    let person = db::users::insert(&mut conn, &new).await.unwrap().id;
    let drive = db::drives::insert(&mut conn, "bench", person).await.unwrap();
    drop(conn);
    let mut random = Random(42);
    let (mut cutting, mut writing, mut text_bytes) = (Duration::ZERO, Duration::ZERO, 0);
    for first in (0..files).step_by(BATCH) {
        let mut tx = db::begin(pool).await.unwrap();
        for file in first..files.min(first + BATCH) {
            let texts: Vec<String> =
                (0..pages).map(|page_number| page(&mut random, &format!("unique{file}x{page_number}"))).collect();
            let text = texts.join("\u{c}");
            text_bytes += text.len();
            let began = Instant::now();
            let pages = cut(&text, &texts);
            cutting += began.elapsed();
            let mut digest = [0; 32];
            digest[..8].copy_from_slice(&(file as u64).to_be_bytes());
            let hash = ContentHash::from_digest(digest);
            add_file(&mut tx, &hash, text.len(), drive, person, file).await;
            let began = Instant::now();
            db::search_pages::replace(&mut tx, &hash, &pages).await.unwrap();
            writing += began.elapsed();
        }
        let began = Instant::now();
        tx.commit().await.unwrap();
        writing += began.elapsed();
    }
    results.write(json!({
        "measure": "index", "files": files, "pages": files * pages, "text_bytes": text_bytes,
        "cut_ms_per_file": millis(cutting) / files as f64, "write_ms_per_file": millis(writing) / files as f64,
    }));
    person
}

async fn add_file(
    conn: &mut sqlx::PgConnection,
    hash: &ContentHash,
    bytes: usize,
    drive: Uuid,
    person: Uuid,
    n: usize,
) {
    db::contents::upsert_pending(conn, hash, bytes as u64, "application/pdf", Some("pdf")).await.unwrap();
    db::contents::set_status(conn, hash, model::ContentStatus::Completed).await.unwrap();
    let new = db::files::NewFile {
        content_hash: hash,
        name: &format!("Report {} {n}.pdf", word(n)),
        drive: Some(&drive.to_string()),
        owner: Some(&person.to_string()),
        page_id: None,
    };
    db::files::insert(conn, &new).await.unwrap();
}

fn cut(text: &str, texts: &[String]) -> Vec<NewPage> {
    let mut start = 0;
    let mut spans = vec![];
    for (page, text) in (1..).zip(texts) {
        let end = start + text.chars().count() as u64;
        spans.push(PageSpan { page, start, end, confidence: None });
        start = end + 1;
    }
    let new = |page: search::IndexedPage| NewPage {
        page: page.page,
        start_byte: page.start_byte,
        size_bytes: page.size_bytes,
        words: page.words,
    };
    index_pages(text, &spans, Language::tagged("en")).into_iter().map(new).collect()
}

async fn weigh(pool: &PgPool, results: &mut Results) {
    let sql = "select pg_table_size('search_pages') as table_bytes, pg_indexes_size('search_pages') as index_bytes,
                   pg_relation_size('search_pages_words_idx') as words_bytes, (select sum(size_bytes)::bigint from contents) as text_bytes";
    let row = sqlx::query(sql).fetch_one(pool).await.unwrap();
    let bytes = |name: &str| row.get::<i64, _>(name);
    let all = bytes("table_bytes") + bytes("index_bytes");
    results.write(json!({
        "measure": "size", "text_bytes": bytes("text_bytes"), "table_bytes": bytes("table_bytes"),
        "words_index_bytes": bytes("words_bytes"), "all_bytes": all, "of_text": all as f64 / bytes("text_bytes") as f64,
    }));
}

/// A question of that kind.
fn question(kind: &str, random: &mut Random) -> String {
    let between = |random: &mut Random, low: usize, high: usize| word(low + random.next() as usize % (high - low));
    match kind {
        "one word" => between(random, 300, 5_000),
        "frequent word" => word(random.next() as usize % 20),
        "three words" => (0..3).map(|_| between(random, 20, 500)).collect::<Vec<_>>().join(" "),
        "phrase" => format!("\"{} {}\"", between(random, 10, 200), between(random, 10, 200)),
        "beginning" => format!("{}*", &between(random, 300, 5_000)[..4]),
        "rare word" => format!("unique{}x{}", random.next() % number("BENCH_FILES", 10_000) as u64, random.next() % 10),
        "name" => between(random, 500, 9_000),
        _ => format!("nowhere{}", random.next()),
    }
}

async fn ask(pool: &PgPool, kind: &str, person: Uuid, random: &mut Random, results: &mut Results) {
    let scope =
        Scope { user_id: person, drive_id: None, kind: None, from: None, to: None, owner_id: None, language: None };
    let searches = number("BENCH_SEARCHES", 200);
    let (mut times, mut ranking, mut found) = (vec![], Duration::ZERO, 0);
    for _ in 0..searches {
        let query = Query::parse(&question(kind, random)).unwrap();
        let began = Instant::now();
        let mut tx = db::begin(pool).await.unwrap();
        db::search::prepare(&mut tx).await.unwrap();
        let conditions = query.conditions(None);
        let words = Words {
            tsquery: &conditions.tsquery,
            phrases: &conditions.phrases,
            excluded_phrases: &conditions.excluded_phrases,
        };
        let pages = db::search::pages(&mut tx, &scope, &words).await.unwrap();
        let patterns = query.name_patterns();
        let names = Names { all: &patterns.all, none: patterns.none.as_deref() };
        let named = db::search::names(&mut tx, &scope, &names).await.unwrap();
        db::search::titles(&mut tx, &scope, &names).await.unwrap();
        tx.commit().await.unwrap();
        let began_ranking = Instant::now();
        let matcher = Matcher::new(&query, None);
        let scored = pages.pages.iter().filter_map(|page| matcher.score(page.words.as_deref()?)).count();
        ranking += began_ranking.elapsed();
        times.push(millis(began.elapsed()));
        found += (scored + named.len()).min(1);
    }
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    results.write(json!({
        "measure": "search", "kind": kind, "searches": searches, "p50_ms": at(0.5), "p95_ms": at(0.95), "max_ms": at(1.0),
        "ranking_ms": millis(ranking) / searches as f64, "with_results": found,
    }));
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn number(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().map_or(usual, |value| value.parse().unwrap())
}

/// Lines of JSON, on the screen and in a file.
struct Results(Option<File>);

impl Results {
    fn open() -> Self {
        Self(std::env::var("RESULTS").ok().map(|path| File::options().create(true).append(true).open(path).unwrap()))
    }

    fn write(&mut self, line: Value) {
        println!("{line}");
        if let Some(file) = &mut self.0 {
            writeln!(file, "{line}").unwrap();
        }
    }
}
