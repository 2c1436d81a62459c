//! The pages with words that somebody looks for, and the files they are of.

use super::Scope;
use crate::contents::parse_hash;
use model::ContentHash;
use sqlx::PgConnection;
use uuid::Uuid;

/// What the words of pages are to be like.
#[derive(Debug, Clone, Copy)]
pub struct Words<'a> {
    /// A `tsquery`, as text.
    pub tsquery: &'a str,
    /// Patterns of `like` that the words match.
    pub phrases: &'a [String],
    /// And those they do not.
    pub excluded_phrases: &'a [String],
}

/// A page with the words.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundPage {
    /// Its content.
    pub hash: ContentHash,
    /// The language most of the text is in (BCP 47).
    pub language: Option<String>,
    /// The files that the person can see of it, the oldest first.
    pub file_ids: Vec<Uuid>,
    /// The page's number, counted from 1.
    pub page: u32,
    /// Where it, or this piece of it, begins in the text's file.
    pub start_byte: u64,
    /// How many bytes of the file it is.
    pub size_bytes: u64,
    /// Its words, as they were indexed; absent where there are more pages than are ranked.
    pub words: Option<String>,
    /// How many pages of the content have the words, as far as they were looked at.
    pub pages: u64,
}

/// Pages with the words: all of them, or some of each content, the newest first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FoundPages {
    /// Some hundred pages at most.
    pub pages: Vec<FoundPage>,
    /// All files whose pages were looked at.
    pub file_ids: Vec<Uuid>,
    /// No page with the words was left out.
    pub is_all: bool,
}

/// So many pages with the words are looked at, and ten times as many where too few of those are the person's.
const MOST_PAGES: [i64; 2] = [10_000, 100_000];
/// And a hundred times as many, by those who see more files than [`FEW_FILES`].
const MOST_PAGES_OF_MANY: i64 = 1_000_000;
/// Where the words have to be in order each page is read, so that fewer are looked at: a part of the numbers above.
const READ_SHARE: i64 = 5;
/// Those who see at most so many files have these looked through.
const FEW_FILES: i64 = 2_000;
/// Until so many pages with the words are found, which are frequent ones then.
const MOST_PAGES_OF_FEW: i64 = 400;
/// So many files are enough to show.
const ENOUGH_FILES: usize = 50;
/// Pages that are told of: first one of each content, then up to five, then all, the newest first.
const MOST_TOLD: i64 = 1_000;
/// Those of them whose words are told, to be ranked by.
const MOST_RANKED: i64 = 400;
/// Pages with one of several words that are looked at.
const MOST_SPREAD: i64 = 20_000;

/// The statement over pages, by where its candidates come from and how their files are found.
macro_rules! pages {
    ($before:expr, $candidates:expr, $files:expr, $counted:literal) => {
        concat!(
            "with ",
            $before,
            "hits as materialized (
                 select search_id, piece, row_number() over (partition by search_id order by piece) as nth
                 from (",
            $candidates,
            ") candidates),
             found as materialized (select search_id, count(*) as pages from hits group by search_id),
             seen as materialized (
                 select search_id, max(pages) as pages, array_agg(file_id order by created_at, file_id) as file_ids from (",
            $files,
            ") files group by search_id),
             best as materialized (
                 select h.search_id, h.piece,
                     row_number() over (order by (h.nth > 1), (h.nth > 5), h.search_id desc, h.nth) as place
                 from hits h join seen using (search_id) order by place limit $12)
             select looked_at.hits, case when row_number() over () = 1 then looked_at.file_ids end as all_file_ids,
                 c.hash, c.facts ->> 'language' as language, seen.file_ids, p.page, p.start_byte, p.size_bytes,
                 case when best.place <= $13 then p.words end as words, seen.pages
             from (select (select count(*) from ",
            $counted,
            ") as hits,
                          (select array_agg(id) from (select unnest(s.file_ids) as id from seen s limit 1001) ids) as file_ids) looked_at
             left join (best join seen using (search_id) join contents c using (search_id)
                        cross join lateral (select * from search_pages p
                                            where p.search_id = best.search_id and p.piece = best.piece offset 0) p) on true"
        )
    };
}

/// Pages with all of the words.
macro_rules! with_all {
    ($of:literal) => {
        concat!(
            "select p.search_id, p.piece from search_pages p
             where search_vector(p.words) @@ ($8::text[])[1]::tsquery and p.words like all($9) and p.words not like all($10) ",
            $of,
            " limit $11"
        )
    };
}

/// The files of what was found that are the person's.
macro_rules! files_of_found {
    () => {
        concat!(
            "select c.search_id, f.id as file_id, f.created_at, found.pages
             from found join contents c using (search_id) join files f on f.content_hash = c.hash ",
            in_scope!()
        )
    };
}

/// Of those who see few files: their files, and the pages of these with the words.
const OF_FEW: &str = pages!(
    concat!(
        "visible as materialized (
             select c.search_id, f.id as file_id, f.created_at from files f join contents c on c.hash = f.content_hash ",
        in_scope!(),
        "), "
    ),
    with_all!("and p.search_id = any(array(select search_id from visible))"),
    "select v.search_id, v.file_id, v.created_at, found.pages from visible v join found using (search_id)",
    "hits"
);
/// Pages with the words, and which of these are the person's.
const OF_MANY: &str = pages!("", with_all!(""), files_of_found!(), "hits");
/// Pages with any of the words, of contents that have all of them on one page or another.
const SPREAD: &str = pages!(
    "spread as materialized (
         select p.search_id, p.piece, word.number from unnest($8::text[]) with ordinality word (tsquery, number)
         cross join lateral (select p.search_id, p.piece from search_pages p
                             where search_vector(p.words) @@ word.tsquery::tsquery and p.words like all($9)
                               and p.words not like all($10) limit $11) p), ",
    "select distinct search_id, piece from spread join (
         select search_id from spread group by search_id having count(distinct number) = cardinality($8::text[])) whole
     using (search_id)",
    files_of_found!(),
    "spread"
);

/// The pages with the words, in a transaction that was [prepared](super::prepare).
pub async fn pages(conn: &mut PgConnection, scope: &Scope<'_>, words: &Words<'_>) -> Result<FoundPages, sqlx::Error> {
    let is_read = !words.phrases.is_empty() || !words.excluded_phrases.is_empty();
    let share = if is_read { READ_SHARE } else { 1 };
    for most in MOST_PAGES {
        let found = look(conn, OF_MANY, scope, words, &[words.tsquery], most / share).await?;
        if found.is_all || found.file_ids.len() >= ENOUGH_FILES {
            return Ok(found);
        }
    }
    match count_files(conn, scope).await? <= FEW_FILES {
        true => look(conn, OF_FEW, scope, words, &[words.tsquery], MOST_PAGES_OF_FEW).await,
        false => look(conn, OF_MANY, scope, words, &[words.tsquery], MOST_PAGES_OF_MANY / share).await,
    }
}

/// Pages of files that have each of these words (a `tsquery` each, as text) on one page or another; in a transaction that was
/// [prepared](super::prepare).
pub async fn spread(conn: &mut PgConnection, scope: &Scope<'_>, tsqueries: &[&str]) -> Result<FoundPages, sqlx::Error> {
    let words = Words { tsquery: "", phrases: &[], excluded_phrases: &[] };
    look(conn, SPREAD, scope, &words, tsqueries, MOST_SPREAD).await
}

async fn look(
    conn: &mut PgConnection,
    statement: &'static str,
    scope: &Scope<'_>,
    words: &Words<'_>,
    tsqueries: &[&str],
    most: i64,
) -> Result<FoundPages, sqlx::Error> {
    let rows: Vec<PageRow> = bind_scope!(sqlx::query_as(statement), scope)
        .bind(tsqueries)
        .bind(words.phrases)
        .bind(words.excluded_phrases)
        .bind(most)
        .bind(MOST_TOLD)
        .bind(MOST_RANKED)
        .fetch_all(conn)
        .await?;
    let mut found = FoundPages { is_all: rows.first().is_some_and(|row| row.hits < most), ..FoundPages::default() };
    for mut row in rows {
        found.file_ids.extend(row.all_file_ids.take().unwrap_or_default());
        found.pages.extend(row.into_page()?);
    }
    Ok(found)
}

/// How many files there are to look through, if they are few.
async fn count_files(conn: &mut PgConnection, scope: &Scope<'_>) -> Result<i64, sqlx::Error> {
    bind_scope!(
        sqlx::query_scalar(concat!(
            "select count(*) from (select from files f join contents c on c.hash = f.content_hash ",
            in_scope!(),
            " limit $8) few"
        )),
        scope
    )
    .bind(FEW_FILES + 1)
    .fetch_one(conn)
    .await
}

/// What was looked at, and one page of it if there is any.
#[derive(sqlx::FromRow)]
struct PageRow {
    hits: i64,
    all_file_ids: Option<Vec<Uuid>>,
    hash: Option<String>,
    language: Option<String>,
    file_ids: Option<Vec<Uuid>>,
    page: Option<i32>,
    start_byte: Option<i32>,
    size_bytes: Option<i32>,
    words: Option<String>,
    pages: Option<i64>,
}

impl PageRow {
    fn into_page(self) -> Result<Option<FoundPage>, sqlx::Error> {
        let Some(hash) = self.hash else { return Ok(None) };
        Ok(Some(FoundPage {
            hash: parse_hash(hash)?,
            language: self.language,
            file_ids: self.file_ids.unwrap_or_default(),
            page: self.page.unwrap_or_default() as u32,
            start_byte: self.start_byte.unwrap_or_default() as u64,
            size_bytes: self.size_bytes.unwrap_or_default() as u64,
            words: self.words,
            pages: self.pages.unwrap_or_default() as u64,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::prepare;
    use crate::search_pages::{self, NewPage};
    use crate::{contents, drives, files, users};
    use model::ContentStatus;
    use sqlx::PgPool;

    /// A person with a drive, and in it a file for each list of pages.
    async fn library(conn: &mut PgConnection, name: &str, texts: &[&[&str]]) -> (Uuid, Vec<Uuid>) {
        let email = format!("{name}@x");
        let person = users::NewUser { email: &email, name, password_hash: "", is_admin: false };
        let person = users::insert(conn, &person).await.unwrap().id;
        let drive = drives::insert(conn, name, person).await.unwrap().to_string();
        let mut ids = vec![];
        for (number, pages) in texts.iter().enumerate() {
            let hash = ContentHash::from_digest([number as u8 + name.len() as u8 * 16; 32]);
            contents::upsert_pending(conn, &hash, 1, "text/plain", None).await.unwrap();
            contents::set_status(conn, &hash, ContentStatus::Completed).await.unwrap();
            let page = |(page, words): (u32, &&str)| NewPage {
                page,
                start_byte: 7,
                size_bytes: 5,
                words: format!(" {words} "),
            };
            let pages: Vec<NewPage> = (1..).zip(*pages).map(page).collect();
            search_pages::replace(conn, &hash, &pages).await.unwrap();
            let file =
                files::NewFile { content_hash: &hash, name: "f", drive: Some(&drive), owner: None, page_id: None };
            ids.push(files::insert(conn, &file).await.unwrap().id);
        }
        (person, ids)
    }

    fn all_of(user_id: Uuid) -> Scope<'static> {
        Scope { user_id, drive_id: None, kind: None, from: None, to: None, owner_id: None, language: None }
    }

    /// Large libraries are looked through in either way, and no test of the service is large enough.
    #[sqlx::test(migrations = "../../migrations")]
    async fn both_ways_to_look_find_the_same_and_only_what_is_the_persons(pool: PgPool) {
        let mut conn = crate::begin(&pool).await.unwrap();
        let texts: [&[&str]; 3] = [&["a b", "c", "a"], &["b a"], &["c"]];
        let (ann, files) = library(&mut conn, "ann", &texts).await;
        library(&mut conn, "others", &texts).await;
        prepare(&mut conn).await.unwrap();
        for statement in [OF_FEW, OF_MANY] {
            let words = Words { tsquery: "'a'", phrases: &[], excluded_phrases: &[] };
            let mut found = look(&mut conn, statement, &all_of(ann), &words, &[words.tsquery], 100).await.unwrap();
            found.file_ids.sort();
            let mut expected = files[..2].to_vec();
            expected.sort();
            assert_eq!((found.is_all, &found.file_ids), (true, &expected));
            let mut pages: Vec<_> = found.pages.iter().map(|page| (page.file_ids[0], page.page, page.pages)).collect();
            pages.sort();
            let mut expected = vec![(files[0], 1, 2), (files[0], 3, 2), (files[1], 1, 1)];
            expected.sort();
            assert_eq!(pages, expected);
            assert_eq!((found.pages[0].start_byte, found.pages[0].size_bytes), (7, 5));
            assert!(found.pages.iter().all(|page| page.words.as_deref().is_some_and(|words| words.contains(" a "))));

            let phrases = ["% a b %".to_owned()];
            let phrase = Words { tsquery: "'a' & 'b'", phrases: &phrases, excluded_phrases: &[] };
            let found = look(&mut conn, statement, &all_of(ann), &phrase, &[phrase.tsquery], 100).await.unwrap();
            assert_eq!((found.is_all, found.file_ids), (true, vec![files[0]]));
            let without = Words { tsquery: "'a'", phrases: &[], excluded_phrases: &phrases };
            let found = look(&mut conn, statement, &all_of(ann), &without, &[without.tsquery], 100).await.unwrap();
            assert_eq!(found.pages.len(), 2);
            let cut = look(&mut conn, statement, &all_of(ann), &words, &[words.tsquery], 1).await.unwrap();
            assert!(!cut.is_all && cut.pages.len() <= 1);
        }
        let found = spread(&mut conn, &all_of(ann), &["'a'", "'c'"]).await.unwrap();
        assert_eq!((found.is_all, found.file_ids, found.pages.len()), (true, vec![files[0]], 3));
        let found = spread(&mut conn, &all_of(ann), &["'b'", "'c'", "'d'"]).await.unwrap();
        assert_eq!((found.is_all, found.pages), (true, vec![]));
        assert_eq!(count_files(&mut conn, &all_of(ann)).await.unwrap(), 3);
    }
}
