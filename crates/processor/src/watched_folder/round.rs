//! One look at the watched folder: what has settled is taken, and moved away.

use super::folder::{Folder, blocking};
use super::set_aside::{move_done, move_failed};
use super::settling::Settling;
use super::take::{Taking, take};
use crate::AppState;
use crate::error::Error;
use anyhow::Context as _;
use db::watched_files::WatchedFile;
use std::collections::HashSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// How long a file waits that something else than itself kept from being taken.
const PAUSE: Duration = Duration::from_secs(30);

/// The watched folder, and what is known of the files in it from one look to the next.
#[derive(Debug)]
pub struct WatchedFolder {
    path: PathBuf,
    settling: Settling,
    /// What was wrong at the last look, so that it is said once.
    complaints: HashSet<String>,
}

impl WatchedFolder {
    /// The folder of that path.
    pub fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), settling: Settling::default(), complaints: HashSet::new() }
    }

    /// Looks at every drive's folder in it. What goes wrong is said once in the log, and tried again at the next look.
    pub async fn round(&mut self, state: &AppState, now: Instant) {
        let mut found = HashSet::new();
        if let Err(error) = self.look(state, now, &mut found).await {
            found.insert(format!("the watched folder cannot be looked at: {error:#}"));
        }
        for complaint in found.difference(&self.complaints) {
            tracing::warn!("{complaint}");
        }
        self.complaints = found;
    }

    async fn look(&mut self, state: &AppState, now: Instant, complaints: &mut HashSet<String>) -> anyhow::Result<()> {
        let path = self.path.clone();
        let root = blocking(move || Folder::open(&path)).await.context("IMPORT_DIR")?;
        if !root.hold() {
            // Another processor watches it.
            return Ok(());
        }
        let of_root = root.clone();
        let names = blocking(move || of_root.names()).await.context("IMPORT_DIR")?;
        let mut others = 0;
        for name in names {
            let Some(drive_id) = drive_of(&name) else {
                others += 1;
                continue;
            };
            if state.shutdown.has_begun() {
                return Ok(());
            }
            let of_root = root.clone();
            let folder = match blocking(move || of_root.folder(&name)).await {
                Ok(folder) => folder,
                Err(error) => {
                    complaints.insert(format!("the watched folder of the drive {drive_id} cannot be opened: {error}"));
                    continue;
                }
            };
            if let Err(error) = self.look_at_drive(state, drive_id, &folder, now).await {
                complaints.insert(format!("the watched folder of the drive {drive_id}: {error:#}"));
            }
        }
        if others > 0 {
            complaints.insert(format!("{others} names in the watched folder are no drive's id; they are left alone"));
        }
        Ok(())
    }

    async fn look_at_drive(
        &mut self,
        state: &AppState,
        drive_id: Uuid,
        folder: &Folder,
        now: Instant,
    ) -> anyhow::Result<()> {
        let listed = folder.clone();
        let mut found = blocking(move || listed.files(drive_id)).await?;
        if !found.is_empty() {
            move_taken(state, drive_id, folder, &mut found).await?;
        }
        let settled = self.settling.settled(drive_id, found, now);
        if settled.is_empty() {
            return Ok(());
        }
        let owner = db::drives::first_owner(&mut *state.db().await?, drive_id).await?;
        let owner = owner.context("there is no such drive, or nobody who owns it may sign in")?;
        for file in settled {
            match take(state, folder, &file, owner).await {
                Ok(Taking::Kept) => leave(state, folder, &file).await?,
                Ok(Taking::Changed) => self.settling.put_off(&file, now),
                Ok(Taking::Refused(sentence)) => {
                    metrics::counter!("watched_files_total", "outcome" => "failed").increment(1);
                    let folder = folder.clone();
                    blocking(move || move_failed(&folder, &file, &sentence)).await.context("failed/")?;
                }
                Ok(Taking::Stopped) => return Ok(()),
                Err(error) => {
                    self.settling.put_off(&file, now + PAUSE);
                    // Of one file alone, as far as is known; everything else keeps the others from being taken, too.
                    if !matches!(error, Error::Internal) {
                        return Err(anyhow::anyhow!("files wait: {error}"));
                    }
                }
            }
        }
        Ok(())
    }
}

fn drive_of(name: &OsString) -> Option<Uuid> {
    // As it is written everywhere else: there are other ways to write an id, and two folders would be those of one drive.
    let name = name.to_str()?;
    name.parse::<Uuid>().ok().filter(|id| id.to_string() == name)
}

/// Moves away what was taken before and is still there: a crash, or a full disk, came between. It is no longer among what was found.
async fn move_taken(
    state: &AppState,
    drive_id: Uuid,
    folder: &Folder,
    found: &mut Vec<WatchedFile>,
) -> anyhow::Result<()> {
    let taken = db::watched_files::list(&mut *state.db().await?, drive_id).await?;
    found.retain(|file| !taken.contains(file));
    for file in taken {
        leave(state, folder, &file).await?;
    }
    Ok(())
}

/// A file that was taken leaves its place, and then what is known of it is forgotten.
async fn leave(state: &AppState, folder: &Folder, file: &WatchedFile) -> anyhow::Result<()> {
    let (folder, moved) = (folder.clone(), file.clone());
    blocking(move || move_done(&folder, &moved)).await.context("done/")?;
    db::watched_files::delete(&mut *state.db().await?, file.drive_id, &file.name).await?;
    metrics::counter!("watched_files_total", "outcome" => "done").increment(1);
    Ok(())
}
