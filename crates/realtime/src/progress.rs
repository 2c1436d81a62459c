//! Progress on its way to clients: for each content the newest wins, at most four times a second.

use crate::publish::Publisher;
use db::events::ProgressNote;
use model::{ContentHash, Event, EventKind, Progress};
use sqlx::PgPool;
use std::collections::HashMap;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::Instant;

/// Time between two notes about one content.
const APART: Duration = Duration::from_millis(250);

/// What is known of one content: when the next note may go, and the newest that waits for it.
struct Pace {
    free_at: Instant,
    waiting: Option<Progress>,
}

/// Gives out progress until nobody sends any more.
pub async fn run(pool: PgPool, publisher: Publisher, mut notes: mpsc::Receiver<ProgressNote>) {
    let mut paces: HashMap<ContentHash, Pace> = HashMap::new();
    let mut tick = tokio::time::interval(APART / 5);
    loop {
        tokio::select! {
            note = notes.recv() => match note {
                Some(note) => take(&pool, &publisher, &mut paces, note).await,
                None => return,
            },
            _ = tick.tick(), if !paces.is_empty() => flush(&pool, &publisher, &mut paces).await,
        }
    }
}

async fn take(pool: &PgPool, publisher: &Publisher, paces: &mut HashMap<ContentHash, Pace>, note: ProgressNote) {
    let now = Instant::now();
    let pace = paces.entry(note.content_hash.clone()).or_insert(Pace { free_at: now, waiting: None });
    if pace.free_at > now {
        pace.waiting = Some(note.progress);
        return;
    }
    pace.free_at = now + APART;
    publish(pool, publisher, &note.content_hash, &note.progress).await;
}

async fn flush(pool: &PgPool, publisher: &Publisher, paces: &mut HashMap<ContentHash, Pace>) {
    let now = Instant::now();
    let mut due = vec![];
    paces.retain(|hash, pace| {
        if pace.free_at > now {
            return true;
        }
        match pace.waiting.take() {
            Some(progress) => {
                pace.free_at = now + APART;
                due.push((hash.clone(), progress));
                true
            }
            None => false,
        }
    });
    for (hash, progress) in due {
        publish(pool, publisher, &hash, &progress).await;
    }
}

/// Tells whoever looks at a file of this content. Progress that cannot be told is no loss.
async fn publish(pool: &PgPool, publisher: &Publisher, hash: &ContentHash, progress: &Progress) {
    let files = match pool.acquire().await {
        Ok(mut conn) => db::files::list_by_content(&mut conn, hash).await.unwrap_or_default(),
        Err(_) => return,
    };
    let data = serde_json::to_value(progress).unwrap_or_default();
    let events: Vec<Event> = files
        .into_iter()
        .map(|file| Event {
            id: 0,
            kind: EventKind::FileProgress,
            drive_id: file.drive_id.map(|id| id.to_string()),
            file_id: Some(file.id.to_string()),
            data: data.clone(),
        })
        .collect();
    publisher.events(&events, None).await;
}
