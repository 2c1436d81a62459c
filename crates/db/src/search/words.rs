//! Which words are on anybody's pages, for whoever typed another one.

use super::Scope;
use sqlx::PgConnection;

/// Pages of one word that are counted to tell how frequent it is.
const MOST_COUNTED: i64 = 200;

/// Those of these words that are on pages the person can see, each as it stands; the most frequent first, as far as that is counted.
/// To be called in a transaction that was [prepared](super::prepare).
pub async fn frequent_words(
    conn: &mut PgConnection,
    scope: &Scope<'_>,
    words: &[String],
) -> Result<Vec<String>, sqlx::Error> {
    bind_scope!(
        sqlx::query_scalar(concat!(
            "with hits as materialized (
                 select word, p.search_id from unnest($8::text[]) word
                 cross join lateral (select p.search_id from search_pages p
                                     where search_vector(p.words) @@ ('''' || word || '''')::tsquery limit $9) p)
             select word from hits join contents c using (search_id) join files f on f.content_hash = c.hash ",
            in_scope!(),
            " group by word order by count(*) desc, word"
        )),
        scope
    )
    .bind(words)
    .bind(MOST_COUNTED)
    .fetch_all(conn)
    .await
}
