//! Jobs as people see them: those over contents of files they can see, and of these what was done since they had them. What was
//! done before was done for others, who are told to nobody.

use queue::{Error, Filter, JobId, JobRecord, Visibility};
use sqlx::PgConnection;
use uuid::Uuid;

/// Whose files are more than these has many of the newest jobs, so that looking at jobs one by one soon fills a page. Else the jobs
/// are found by the files, however many jobs others have.
const MANY_FILES: i64 = 2_000;

/// A job that is about one file (`fileId`) is for those who see that one.
macro_rules! and_its_file {
    ($condition:literal) => {
        concat!(
            $condition,
            " and (jobs.payload ->> 'fileId' is null or exists (
                select from files f join drive_members m on m.drive_id = f.drive_id
                where m.user_id = $1 and f.id = (jobs.payload ->> 'fileId')::uuid))"
        )
    };
}

/// The rest is asked only of jobs over contents in files of the viewer's, found by the index on what jobs are about.
const BY_FILES: &str = and_its_file!(
    "jobs.subject in (
        select f.content_hash from drive_members m join files f on f.drive_id = m.drive_id where m.user_id = $1
    ) and (jobs.finished_at is null or jobs.finished_at >= (
        select min(f.created_at) from files f join drive_members m on m.drive_id = f.drive_id
        where m.user_id = $1 and f.content_hash = jobs.subject
    ))"
);

/// The same, asked of one job after the other.
const BY_JOBS: &str = and_its_file!(
    "coalesce((
        select jobs.finished_at is null or jobs.finished_at >= min(f.created_at)
        from files f join drive_members m on m.drive_id = f.drive_id
        where m.user_id = $1 and f.content_hash = jobs.subject having count(*) > 0
    ), false)"
);

/// The newest jobs that match and that the person sees, older than `cursor`, at most `limit`.
pub async fn list(
    conn: &mut PgConnection,
    user_id: Uuid,
    filter: &Filter,
    cursor: Option<JobId>,
    limit: i64,
) -> Result<Vec<JobRecord>, Error> {
    let condition = if has_many_files(conn, user_id).await? { BY_JOBS } else { BY_FILES };
    queue::list_visible(conn, filter, cursor, limit, Visibility { condition, viewer: user_id }).await
}

/// The job of that number, if the person sees it.
pub async fn find(conn: &mut PgConnection, user_id: Uuid, id: JobId) -> Result<Option<JobRecord>, Error> {
    queue::find_visible(conn, id, Visibility { condition: BY_JOBS, viewer: user_id }).await
}

async fn has_many_files(conn: &mut PgConnection, user_id: Uuid) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "select count(*) > $2 from (
             select from drive_members m join files f on f.drive_id = m.drive_id where m.user_id = $1 limit $2 + 1
         ) found",
    )
    .bind(user_id)
    .bind(MANY_FILES)
    .fetch_one(conn)
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::{self, NewFile};
    use crate::users::{self, NewUser};
    use crate::{contents, drives};
    use model::ContentHash;
    use queue::NewJob;
    use serde_json::json;
    use sqlx::PgPool;

    /// L3, M2: both ways to ask see the same.
    #[sqlx::test(migrations = "../../migrations")]
    async fn l3_people_see_jobs_over_contents_of_their_files_since_they_had_them(pool: PgPool) {
        let mut conn = pool.acquire().await.unwrap();
        let mut people = vec![];
        for name in ["a", "b"] {
            let new = NewUser { email: name, name, password_hash: "", is_admin: false };
            let user = users::insert(&mut conn, &new).await.unwrap().id;
            people.push((user, drives::insert(&mut conn, "d", user).await.unwrap()));
        }
        let [(ann, anns), (bob, bobs)] = people[..] else { panic!("two people") };
        let [shared, secret] = [1, 2].map(|byte| ContentHash::from_digest([byte; 32]));
        let mut file_of = async |drive: Uuid, content_hash: &ContentHash| {
            contents::upsert_pending(&mut conn, content_hash, 1, "image/png", None).await.unwrap();
            let drive = drive.to_string();
            let file = NewFile { content_hash, name: "a", drive: Some(&drive), owner: None, page_id: None };
            files::insert(&mut conn, &file).await.unwrap().id
        };
        file_of(anns, &secret).await;
        file_of(anns, &shared).await;
        let bobs_file = file_of(bobs, &shared).await;
        let mut conn = pool.acquire().await.unwrap();
        let mut job = async |hash: &ContentHash, payload| {
            let job = NewJob::new("k", payload).subject(hash.as_str());
            queue::enqueue(&mut conn, &job).await.unwrap().id
        };
        let old = job(&shared, json!({})).await;
        let hidden = job(&secret, json!({})).await;
        let running = job(&shared, json!({})).await;
        let bobs_own = job(&shared, json!({"fileId": bobs_file})).await;
        let mut conn = pool.acquire().await.unwrap();
        queue::cancel(&mut conn, old).await.unwrap();
        let before_bobs =
            "update files set created_at = case when id = $1 then now() + interval '1 h' else created_at end";
        sqlx::query(before_bobs).bind(bobs_file).execute(&mut *conn).await.unwrap();
        for (who, expected) in [(ann, vec![running, hidden, old]), (bob, vec![bobs_own, running])] {
            for condition in [BY_FILES, BY_JOBS] {
                let (filter, seen) = (Filter::default(), Visibility { condition, viewer: who });
                let listed = queue::list_visible(&mut conn, &filter, None, 9, seen).await.unwrap();
                assert_eq!(listed.iter().map(|job| job.id).collect::<Vec<_>>(), expected);
            }
            for id in [old, hidden, running, bobs_own] {
                assert_eq!(find(&mut conn, who, id).await.unwrap().is_some(), expected.contains(&id));
            }
            assert_eq!(list(&mut conn, who, &Filter::default(), None, 9).await.unwrap().len(), expected.len());
        }
    }
}
