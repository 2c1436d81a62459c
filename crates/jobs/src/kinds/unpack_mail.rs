//! `unpack-mail`: make files of what is attached to a mail, beside it, once for each file that is one.

use crate::add_file::{Stored, add_file};
use crate::context::Context;
use crate::engine_run::{EngineOutput, run_or_fail};
use crate::failure::{Failure, require_content};
use crate::mails::Payload;
use anyhow::Context as _;
use bytes::Bytes;
use db::attachments::Mail;
use db::drives::Role;
use db::files::NewFile;
use model::{ArtifactPart, ContentHash, Task, file_name};
use queue::{Done, Job};
use serde_json::json;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

/// Bytes of an attachment that are in memory at a time.
const CHUNK_BYTES: u64 = 1 << 20;

/// What an attachment is served as until it has been read: what the reader said it is, is that reader's word alone.
const UNREAD: &str = "application/octet-stream";

/// Runs one job. All files are added in the transaction that ends it, so that however often it is begun they are there once.
pub(super) async fn run(context: Context, job: Job, payload: Payload) -> Result<Done, Failure> {
    let mail = db::attachments::find_due(&mut *context.pool.acquire().await?, payload.file_id).await?;
    let Some(mail) = mail.filter(|mail| context.unpacks_mails && mail.content_hash == payload.content_hash) else {
        return Ok(Done::Result(json!({"attachments": 0})));
    };
    let content = require_content(&context, &mail.content_hash).await?;
    let read = run_or_fail(&context, &job, &content, Task::UnpackMail).await?;
    let attachments = keep_all(&context, &read).await.map_err(Failure::of)?;
    persist(&context, &job, &mail, &attachments).await.map_err(Failure::of)
}

/// An attachment whose bytes the store has.
struct Kept {
    name: String,
    hash: ContentHash,
    size_bytes: u64,
}

async fn keep_all(context: &Context, read: &EngineOutput) -> anyhow::Result<Vec<Kept>> {
    let mut kept = vec![];
    for (part, attachment) in read.report.artifacts.iter().zip(&read.report.facts.attachments) {
        let (hash, size_bytes) = keep(context, &read.file, part).await.context("keeping an attachment")?;
        kept.push(Kept { name: file_name::clean(&attachment.name), hash, size_bytes });
    }
    Ok(kept)
}

async fn keep(context: &Context, output: &Arc<File>, part: &ArtifactPart) -> anyhow::Result<(ContentHash, u64)> {
    let mut receiver = context.store.receiver(part.size_bytes).await?;
    let (mut offset, end) = (part.offset, part.offset + part.size_bytes);
    while offset < end {
        let (output, length) = (output.clone(), (end - offset).min(CHUNK_BYTES));
        let read = move || -> std::io::Result<Bytes> {
            let mut bytes = vec![0; length as usize];
            output.read_exact_at(&mut bytes, offset)?;
            Ok(bytes.into())
        };
        receiver.push(tokio::task::spawn_blocking(read).await??).await?;
        offset += length;
    }
    let received = receiver.finish().await?;
    let (hash, size_bytes) = (received.hash.clone(), received.size_bytes);
    received.keep().await?;
    Ok((hash, size_bytes))
}

/// The files, and the job's end, in one transaction. Nothing is added for somebody who may not add files any more, nor to a mail that
/// was moved, replaced or put into the trash meanwhile.
async fn persist(context: &Context, job: &Job, mail: &Mail, attachments: &[Kept]) -> anyhow::Result<Done> {
    let mut tx = db::begin(&context.pool).await?;
    let role = db::drives::hold_role(&mut tx, mail.owner_id, mail.drive_id).await?;
    let may_add = matches!(role, Some(Role::Editor | Role::Owner));
    let mut added = 0;
    if may_add && db::attachments::take(&mut tx, mail).await? {
        let (drive, owner) = (mail.drive_id.to_string(), mail.owner_id.to_string());
        for Kept { name, hash, size_bytes } in attachments {
            let stored = Stored { hash, size_bytes: *size_bytes, mime: UNREAD };
            let (drive, owner) = (Some(drive.as_str()), Some(owner.as_str()));
            let new = NewFile { content_hash: hash, name, drive, owner, page_id: None };
            let file = add_file(&mut tx, context, &stored, &new, Some(mail.owner_id)).await?.file;
            db::attachments::link(&mut tx, file.id, mail).await?;
            added += 1;
        }
    }
    job.finish_on(&mut tx, json!({"attachments": added})).await?;
    tx.commit().await?;
    context.announcer.announce();
    if added > 0 {
        context.queue.wake();
    }
    Ok(Done::FinishedInTransaction)
}
