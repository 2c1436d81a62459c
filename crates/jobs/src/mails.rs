//! Which mails have files attached that are to be files of their own, and the jobs that make them.

use crate::context::Context;
use crate::kinds::new_job::content_job;
use crate::turns::person_limit;
use db::attachments::Mail;
use model::{ContentHash, JobKind};
use queue::{Limit, NewJob};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

/// What an `unpack-mail` job is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Payload {
    /// The mail.
    pub content_hash: ContentHash,
    /// Its file, beside which the others will be.
    pub file_id: Uuid,
}

/// Make files of what is attached to a mail. They take its owner's turn.
fn new_job(mail: &Mail, limit: Limit) -> NewJob {
    let payload = Payload { content_hash: mail.content_hash.clone(), file_id: mail.file_id };
    let key = format!("unpack:{}", mail.file_id);
    content_job(JobKind::UnpackMail, &mail.content_hash, key, &payload).limit(limit)
}

/// Puts in the jobs of a content's files, in the transaction in which it came to be known what is attached. False when there are none.
pub(crate) async fn follow_up(
    conn: &mut PgConnection,
    context: &Context,
    hash: &ContentHash,
) -> Result<bool, queue::Error> {
    if !context.unpacks_mails {
        return Ok(false);
    }
    let mails = db::attachments::list_due(conn, hash).await?;
    for mail in &mails {
        enqueue(conn, context, mail).await?;
    }
    Ok(!mails.is_empty())
}

/// The same for a new file of a content that was read before.
pub(crate) async fn follow_up_file(
    conn: &mut PgConnection,
    context: &Context,
    file_id: Uuid,
) -> Result<(), queue::Error> {
    if context.unpacks_mails
        && let Some(mail) = db::attachments::find_due(conn, file_id).await?
    {
        enqueue(conn, context, &mail).await?;
    }
    Ok(())
}

async fn enqueue(conn: &mut PgConnection, context: &Context, mail: &Mail) -> Result<(), queue::Error> {
    let limit = person_limit(JobKind::IngestFile, Some(&mail.owner_id.to_string()), context.ingest_slots);
    queue::enqueue(conn, &new_job(mail, limit)).await?;
    Ok(())
}
