//! What text recognition read, page by page. A row is written as soon as its page is read, in a transaction of its own or
//! the caller's; whoever goes on with a document asks [`pages_done`] first and reads the others.

use model::{ContentHash, OcrEngine, OcrLanguages, PageWords, Recognised};
use sqlx::PgConnection;
use std::ops::RangeInclusive;

/// Whose results: one content, read by one engine, told to expect these languages. Results are kept once for each.
#[derive(Debug, Clone, Copy)]
pub struct Run<'a> {
    /// The content.
    pub hash: &'a ContentHash,
    /// Who reads.
    pub engine: OcrEngine,
    /// What it was told to expect.
    pub languages: &'a OcrLanguages,
}

/// One page as it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// 1-based number; a picture is page 1.
    pub page: u32,
    /// What stands there; lines end with `\n`, paragraphs with an empty line. Empty when nothing does.
    pub text: String,
    /// How sure the engine was of the words, 0 to 100.
    pub confidence: Option<f32>,
    /// Why the page could not be read, as a sentence for a person. It counts as done all the same: one page must not keep
    /// the others from being seen.
    pub failure: Option<String>,
}

/// Keeps a page, with the places of its words where they are known. False when it was kept already: the first reading stands.
pub async fn insert(
    conn: &mut PgConnection,
    run: Run<'_>,
    page: &Page,
    words: Option<&PageWords>,
) -> Result<bool, sqlx::Error> {
    let words = words.map(serde_json::to_string).transpose().map_err(|error| sqlx::Error::Encode(error.into()))?;
    let done = sqlx::query(
        "insert into ocr_pages (content_hash, engine, languages, page, text, confidence, failure, words)
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing",
    )
    .bind(run.hash.as_str())
    .bind(run.engine.name())
    .bind(run.languages.as_str())
    .bind(page.page as i32)
    // Postgres has no text with a zero byte.
    .bind(page.text.replace('\0', ""))
    .bind(page.confidence.map(|percent| percent.clamp(0.0, 100.0)))
    .bind(page.failure.as_deref())
    .bind(words)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The words of a content's pages in that range as JSON of [`PageWords`], the first `most` in order: of several readings of a page
/// the one that is in its text, whose engine and languages its facts name, else the last. Pages are left out of which no reading
/// knows where its words are.
pub async fn words(
    conn: &mut PgConnection,
    hash: &ContentHash,
    recognised: Option<&Recognised>,
    pages: RangeInclusive<u32>,
    most: u32,
) -> Result<Vec<(u32, String)>, sqlx::Error> {
    let number = |page: u32| i32::try_from(page).unwrap_or(i32::MAX);
    let rows: Vec<(i32, String)> = sqlx::query_as(
        "select distinct on (page) page, words from ocr_pages
         where content_hash = $1 and page between $4 and $5 and words is not null
         order by page, (engine = $2 and languages = $3) desc nulls last, created_at desc limit $6",
    )
    .bind(hash.as_str())
    .bind(recognised.map(|recognised| &recognised.engine))
    .bind(recognised.map(|recognised| &recognised.languages))
    .bind(number(*pages.start()))
    .bind(number(*pages.end()))
    .bind(i64::from(most))
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|(page, words)| (page as u32, words)).collect())
}

/// Numbers of the pages that are kept, in order.
pub async fn pages_done(conn: &mut PgConnection, run: Run<'_>) -> Result<Vec<u32>, sqlx::Error> {
    let pages: Vec<i32> = sqlx::query_scalar(
        "select page from ocr_pages where content_hash = $1 and engine = $2 and languages = $3 order by page",
    )
    .bind(run.hash.as_str())
    .bind(run.engine.name())
    .bind(run.languages.as_str())
    .fetch_all(conn)
    .await?;
    Ok(pages.into_iter().map(|page| page as u32).collect())
}

/// Every page that is kept, in order.
pub async fn list(conn: &mut PgConnection, run: Run<'_>) -> Result<Vec<Page>, sqlx::Error> {
    let rows: Vec<(i32, String, Option<f32>, Option<String>)> = sqlx::query_as(
        "select page, text, confidence, failure from ocr_pages
         where content_hash = $1 and engine = $2 and languages = $3 order by page",
    )
    .bind(run.hash.as_str())
    .bind(run.engine.name())
    .bind(run.languages.as_str())
    .fetch_all(conn)
    .await?;
    let page =
        |(page, text, confidence, failure): (i32, _, _, _)| Page { page: page as u32, text, confidence, failure };
    Ok(rows.into_iter().map(page).collect())
}

/// When a page of the content was last read, in microseconds since 1970; 0 when none was.
pub async fn last_reading(conn: &mut PgConnection, hash: &ContentHash) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "select coalesce((extract(epoch from max(created_at)) * 1000000)::bigint, 0) from ocr_pages where content_hash = $1",
    )
    .bind(hash.as_str())
    .fetch_one(conn)
    .await
}

/// Forgets every page, so that a new job reads all of them anew. Says how many.
pub async fn forget(conn: &mut PgConnection, hash: &ContentHash) -> Result<u64, sqlx::Error> {
    let done = sqlx::query("delete from ocr_pages where content_hash = $1").bind(hash.as_str()).execute(conn).await?;
    Ok(done.rows_affected())
}

/// Forgets the pages that could not be read, and those that an earlier release read here without keeping where their words are,
/// so that a new job tries them again. Says how many.
pub async fn forget_failures(conn: &mut PgConnection, hash: &ContentHash) -> Result<u64, sqlx::Error> {
    let done = sqlx::query(
        "delete from ocr_pages where content_hash = $1
         and (failure is not null or (words is null and text <> '' and engine <> 'external'))",
    )
    .bind(hash.as_str())
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::PgPool;

    fn read(page: u32, text: &str) -> Page {
        Page { page, text: text.into(), confidence: Some(91.5), failure: None }
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn a_page_is_kept_once_for_each_engine_and_its_languages(pool: PgPool) {
        let mut conn = pool.acquire().await.unwrap();
        let hash = ContentHash::from_digest([3; 32]);
        crate::contents::upsert_pending(&mut conn, &hash, 10, "application/pdf", None).await.unwrap();
        let (english, german) = (OcrLanguages::default(), "deu".parse().unwrap());
        let run = Run { hash: &hash, engine: OcrEngine::Tesseract, languages: &english };
        assert!(insert(&mut conn, run, &read(2, "two"), None).await.unwrap());
        assert!(insert(&mut conn, run, &read(1, "o\0ne"), None).await.unwrap());
        assert!(!insert(&mut conn, run, &read(2, "again"), None).await.unwrap());
        assert_eq!(list(&mut conn, run).await.unwrap(), [read(1, "one"), read(2, "two")]);

        let others = [Run { languages: &german, ..run }, Run { engine: OcrEngine::External, ..run }];
        for other in others {
            assert_eq!(pages_done(&mut conn, other).await.unwrap(), [0; 0]);
            assert!(insert(&mut conn, other, &read(2, "zwei"), None).await.unwrap());
        }
        assert_eq!(pages_done(&mut conn, run).await.unwrap(), [1, 2]);
    }

    fn placed(page: u32, engine: &str) -> PageWords {
        let (width, height, width_points, height_points) = (1654, 2339, 595.0, 842.0);
        let engine = engine.into();
        PageWords { page, width_points, height_points, width, height, engine, confidence: 91.5, words: vec![] }
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn the_words_of_a_page_are_those_of_the_reading_in_its_text(pool: PgPool) {
        let mut conn = pool.acquire().await.unwrap();
        let hash = ContentHash::from_digest([5; 32]);
        crate::contents::upsert_pending(&mut conn, &hash, 10, "application/pdf", None).await.unwrap();
        let languages = OcrLanguages::default();
        for engine in [OcrEngine::Accurate, OcrEngine::Tesseract, OcrEngine::External] {
            let run = Run { hash: &hash, engine, languages: &languages };
            let words = placed(1, engine.name());
            let words = Some(&words).filter(|_| engine != OcrEngine::External);
            insert(&mut conn, run, &read(1, "one"), words).await.unwrap();
        }
        let recognised = |engine: &str| {
            let (engine, languages) = (engine.into(), "eng".into());
            Recognised { engine, languages, pages: 1, confidence: None }
        };
        for (engine, expected) in [("accurate", "accurate"), ("tesseract", "tesseract"), ("external", "tesseract")] {
            let found = words(&mut conn, &hash, Some(&recognised(engine)), 1..=1, 1).await.unwrap();
            let [(1, found)] = &found[..] else { panic!("{found:?}") };
            assert_eq!(serde_json::from_str::<PageWords>(found).unwrap(), placed(1, expected));
        }
        assert_eq!(words(&mut conn, &hash, None, 2..=2, 1).await.unwrap(), []);
        let all = words(&mut conn, &hash, Some(&recognised("accurate")), 1..=u32::MAX, 10).await.unwrap();
        let [(1, found)] = &all[..] else { panic!("{all:?}") };
        assert_eq!(serde_json::from_str::<PageWords>(found).unwrap(), placed(1, "accurate"));
        assert_eq!(words(&mut conn, &hash, None, 2..=u32::MAX, 10).await.unwrap(), []);
        assert!(last_reading(&mut conn, &hash).await.unwrap() > 0);
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn what_could_not_be_read_can_be_tried_again(pool: PgPool) {
        let mut conn = pool.acquire().await.unwrap();
        let hash = ContentHash::from_digest([4; 32]);
        crate::contents::upsert_pending(&mut conn, &hash, 10, "application/pdf", None).await.unwrap();
        let languages = OcrLanguages::default();
        let run = Run { hash: &hash, engine: OcrEngine::Tesseract, languages: &languages };
        let failed = Page { text: String::new(), confidence: None, failure: Some("It hung.".into()), ..read(2, "") };
        insert(&mut conn, run, &read(1, "one"), Some(&placed(1, "tesseract"))).await.unwrap();
        insert(&mut conn, run, &read(3, "from before words had places"), None).await.unwrap();
        insert(&mut conn, run, &failed, None).await.unwrap();
        assert_eq!(list(&mut conn, run).await.unwrap()[1], failed);
        assert_eq!(pages_done(&mut conn, run).await.unwrap(), [1, 2, 3]);
        assert_eq!(forget_failures(&mut conn, &hash).await.unwrap(), 2);
        assert_eq!(pages_done(&mut conn, run).await.unwrap(), [1]);
    }
}
