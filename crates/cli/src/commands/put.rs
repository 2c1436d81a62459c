//! Sending files and folders.

use crate::account::{Account, folder};
use crate::api::{Client, Drive, File, all_drives, find_drive};
use crate::arguments::Put;
use crate::error::Error;
use crate::output::{Output, note};
use crate::upload::{Destination, Journal, Patience, Progress, Sent, Source, collect, send_all};
use indicatif::{HumanBytes, HumanDuration};
use serde_json::{Value, json};
use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::{Duration, Instant};

/// How often it is looked whether a file has been read: at first, and at last.
const LOOK: [Duration; 2] = [Duration::from_millis(100), Duration::from_secs(2)];

/// What has been done so far.
struct Tally {
    began: Instant,
    all: usize,
    sent: usize,
    sent_bytes: u64,
    before: usize,
    failed: usize,
    /// Why it was no use to go on.
    end: Option<Error>,
}

/// Sends what is not there yet.
pub fn run(put: &Put, output: &mut Output) -> Result<(), Error> {
    let mut tally = Tally { began: Instant::now(), all: 0, sent: 0, sent_bytes: 0, before: 0, failed: 0, end: None };
    let client = Client::new(Account::current()?, put.parallel)?;
    let drive = choose_drive(&client, put.drive.as_deref())?;
    let found = collect(&put.paths);
    found.failed.iter().for_each(|error| note(&error.to_string()));
    if found.left_out > 0 {
        note(&format!("{} links and devices are left out", found.left_out));
    }
    let sources = &found.sources[..];
    (tally.all, tally.failed) = (sources.len() + found.failed.len(), found.failed.len());
    let journal = Journal::open(&folder("XDG_STATE_HOME", ".local/state")?, &client.account.url, &drive.id)?;
    let progress = Progress::new(!output.is_json());
    let ended = AtomicBool::new(false);
    let to = Destination { client: &client, drive_id: &drive.id, journal: &journal, progress: &progress, ended };
    let mut arrived: Vec<(&Source, Sent)> = Vec::new();
    let result = send_all(&to, sources, put.parallel, |index, sent| {
        let source = &sources[index];
        match sent {
            Ok(sent) => {
                tally.count(source, &sent);
                if !put.wait {
                    heard(tell(output, source, &sent, None));
                }
                arrived.push((source, sent));
                progress.count(arrived.len(), sources.len());
            }
            Err(error) => {
                heard(fail(output, &progress, source, &error));
                tally.fail(error);
            }
        }
    });
    progress.end();
    result?;
    if put.wait {
        for (source, sent) in &arrived {
            if tally.end.is_some() {
                // It arrived all the same; how it is read nobody can be asked any more.
                heard(tell(output, source, sent, None));
                continue;
            }
            match until_read(&client, sent.id()) {
                Ok(file) => {
                    heard(tell(output, source, sent, Some(&file)));
                    tally.failed += usize::from(!is_read(source, &file));
                }
                Err(error) => {
                    heard(fail(output, &progress, source, &error));
                    tally.fail(error);
                }
            }
        }
    }
    if let ([(source, sent)], false) = (&arrived[..], output.is_json()) {
        heard(output.line(format!("{}  {}", sent.id(), source.name())));
    }
    tally.end(output)
}

/// The drive that was named, or the only one that can be meant.
fn choose_drive(client: &Client, named: Option<&str>) -> Result<Drive, Error> {
    if let Some(named) = named {
        let drive = find_drive(client, named)?;
        return match drive.is_writable() {
            true => Ok(drive),
            false => Err(Error::Usage(format!("you may only look into the drive {}", drive.name))),
        };
    }
    let mut drives: Vec<Drive> = all_drives(client)?.into_iter().map(|(_, drive)| drive).collect();
    drives.retain(Drive::is_writable);
    match drives.len() {
        1 => Ok(drives.remove(0)),
        0 => Err(Error::Usage("there is no drive that you may add files to".into())),
        _ => {
            let names: Vec<&str> = drives.iter().map(|drive| drive.name.as_str()).collect();
            Err(Error::Usage(format!("say with --drive which one is meant: {}", names.join(", "))))
        }
    }
}

/// Says what became of a file, where programs listen.
fn tell(output: &mut Output, source: &Source, sent: &Sent, file: Option<&File>) -> Result<(), Error> {
    if !output.is_json() {
        return Ok(());
    }
    let state = match sent {
        Sent::Before(_) => "there",
        Sent::Now(_) => "sent",
    };
    let mut line = json!({"path": source.path.to_string_lossy(), "state": state, "fileId": sent.id()});
    if let Some(file) = file {
        line["status"] = Value::from(file.status.as_str());
    }
    output.json(&line)?;
    output.flush()
}

fn fail(output: &mut Output, progress: &Progress, source: &Source, error: &Error) -> Result<(), Error> {
    if output.is_json() {
        let error = json!({"code": error.code(), "detail": error.to_string()});
        output.json(&json!({"path": source.path.to_string_lossy(), "state": "failed", "error": error}))?;
        return output.flush();
    }
    // What concerns all of them is said once, at the end.
    if !error.concerns_all() {
        progress.note(&format!("{} was not sent: {error}", source.path.display()));
    }
    Ok(())
}

/// Whether something could be made of a file that has been read. If not, it is said why.
fn is_read(source: &Source, file: &File) -> bool {
    let is_read = file.status != "failed";
    if !is_read {
        let why = file.outcome.as_ref().map_or("", |outcome| &outcome.sentence);
        note(&format!("{} could not be read: {why}", source.path.display()));
    }
    is_read
}

/// Whoever reads this may go: what was begun goes on, and how it ended is in the exit code.
fn heard(_said: Result<(), Error>) {}

/// The file once its reading has ended.
fn until_read(client: &Client, id: &str) -> Result<File, Error> {
    let never = AtomicBool::new(false);
    let (mut patience, mut pause) = (Patience::new(&never), LOOK[0]);
    loop {
        match client.get::<Value>(&format!("/files/{id}")) {
            Ok(value) => {
                let file = File::of(&value)?;
                if file.has_been_read() {
                    return Ok(file);
                }
                patience.renew();
                thread::sleep(pause);
                pause = (pause * 2).min(LOOK[1]);
            }
            Err(error) => patience.wait(error)?,
        }
    }
}

impl Tally {
    fn count(&mut self, source: &Source, sent: &Sent) {
        match sent {
            Sent::Now(_) => {
                self.sent += 1;
                self.sent_bytes += source.size_bytes;
            }
            Sent::Before(_) => self.before += 1,
        }
    }

    fn fail(&mut self, error: Error) {
        self.failed += 1;
        if error.concerns_all() {
            self.end.get_or_insert(error);
        }
    }

    /// The sum of it, and how the program ends.
    fn end(self, output: &mut Output) -> Result<(), Error> {
        if !output.is_json() {
            let (bytes, took) = (HumanBytes(self.sent_bytes), HumanDuration(self.began.elapsed()));
            heard(output.line(format!("{} sent ({bytes} in {took}), {} there already", self.sent, self.before)));
        }
        match self.end {
            Some(error) => Err(error),
            None if self.failed > 0 => {
                let sentence = format!("{} of {} files were not sent, or could not be read", self.failed, self.all);
                Err(Error::Incomplete(sentence))
            }
            None => Ok(()),
        }
    }
}
