//! What text recognition read, page by page. A row is written as soon as its page is read, in a transaction of its own or
//! the caller's; whoever goes on with a document asks [`pages_done`] first and reads the others.

use model::{ContentHash, OcrEngine, OcrLanguages};
use sqlx::PgConnection;

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

/// Keeps a page. False when it was kept already: the first reading stands.
pub async fn insert(conn: &mut PgConnection, run: Run<'_>, page: &Page) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "insert into ocr_pages (content_hash, engine, languages, page, text, confidence, failure)
         values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing",
    )
    .bind(run.hash.as_str())
    .bind(run.engine.name())
    .bind(run.languages.as_str())
    .bind(page.page as i32)
    // Postgres has no text with a zero byte.
    .bind(page.text.replace('\0', ""))
    .bind(page.confidence.map(|percent| percent.clamp(0.0, 100.0)))
    .bind(page.failure.as_deref())
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
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

/// Forgets every page, so that a new job reads all of them anew. Says how many.
pub async fn forget(conn: &mut PgConnection, hash: &ContentHash) -> Result<u64, sqlx::Error> {
    let done = sqlx::query("delete from ocr_pages where content_hash = $1").bind(hash.as_str()).execute(conn).await?;
    Ok(done.rows_affected())
}

/// Forgets the pages that could not be read, so that a new job tries them again. Says how many.
pub async fn forget_failures(conn: &mut PgConnection, hash: &ContentHash) -> Result<u64, sqlx::Error> {
    let done = sqlx::query("delete from ocr_pages where content_hash = $1 and failure is not null")
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
        assert!(insert(&mut conn, run, &read(2, "two")).await.unwrap());
        assert!(insert(&mut conn, run, &read(1, "o\0ne")).await.unwrap());
        assert!(!insert(&mut conn, run, &read(2, "again")).await.unwrap());
        assert_eq!(list(&mut conn, run).await.unwrap(), [read(1, "one"), read(2, "two")]);

        let others = [Run { languages: &german, ..run }, Run { engine: OcrEngine::External, ..run }];
        for other in others {
            assert_eq!(pages_done(&mut conn, other).await.unwrap(), [0; 0]);
            assert!(insert(&mut conn, other, &read(2, "zwei")).await.unwrap());
        }
        assert_eq!(pages_done(&mut conn, run).await.unwrap(), [1, 2]);
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn what_could_not_be_read_can_be_tried_again(pool: PgPool) {
        let mut conn = pool.acquire().await.unwrap();
        let hash = ContentHash::from_digest([4; 32]);
        crate::contents::upsert_pending(&mut conn, &hash, 10, "application/pdf", None).await.unwrap();
        let languages = OcrLanguages::default();
        let run = Run { hash: &hash, engine: OcrEngine::Tesseract, languages: &languages };
        let failed = Page { text: String::new(), confidence: None, failure: Some("It hung.".into()), ..read(2, "") };
        insert(&mut conn, run, &read(1, "one")).await.unwrap();
        insert(&mut conn, run, &failed).await.unwrap();
        assert_eq!(list(&mut conn, run).await.unwrap()[1], failed);
        assert_eq!(pages_done(&mut conn, run).await.unwrap(), [1, 2]);
        assert_eq!(forget_failures(&mut conn, &hash).await.unwrap(), 1);
        assert_eq!(pages_done(&mut conn, run).await.unwrap(), [1]);
    }
}
