//! What is written down outside of the database, because it is to be compared with it: what clients were told, and when handlers
//! began. A line is one `write` to the end of a file, so processes can share it and a killed one leaves no half lines.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use queue::JobId;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::time::SystemTime;

/// Milliseconds since 1970: processes compare their times.
pub type Millis = i64;

/// The time.
pub fn now() -> Millis {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis() as Millis
}

/// A file of lines.
pub struct Log(File);

impl Log {
    pub fn acknowledged(folder: &Path) -> Self {
        Self::open(&folder.join(ACKNOWLEDGED))
    }

    pub fn begun(folder: &Path) -> Self {
        Self::open(&folder.join(BEGUN))
    }

    fn open(path: &Path) -> Self {
        Self(File::options().create(true).append(true).open(path).unwrap())
    }

    pub fn write(&self, line: &impl ToString) {
        (&self.0).write_all(format!("{}\n", line.to_string()).as_bytes()).unwrap();
    }
}

const ACKNOWLEDGED: &str = "acknowledged.log";
const BEGUN: &str = "begun.log";

/// A client was told that this job is in the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledged {
    pub id: JobId,
    pub kind: String,
    /// How the job has to end.
    pub status: String,
}

impl std::fmt::Display for Acknowledged {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {}", self.id, self.kind, self.status)
    }
}

/// A handler began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begun {
    pub id: JobId,
    pub attempt: i16,
    pub node: String,
    pub at: Millis,
}

impl std::fmt::Display for Begun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {} {}", self.id, self.attempt, self.node, self.at)
    }
}

/// What clients were told, in that order.
pub fn read_acknowledged(folder: &Path) -> Vec<Acknowledged> {
    read(&folder.join(ACKNOWLEDGED), |words| {
        let [id, kind, status] = words.try_into().ok()?;
        Some(Acknowledged { id: id.parse().ok()?, kind: kind.into(), status: status.into() })
    })
}

/// What handlers have begun, in that order.
pub fn read_begun(folder: &Path) -> Vec<Begun> {
    read(&folder.join(BEGUN), |words| {
        let [id, attempt, node, at] = words.try_into().ok()?;
        Some(Begun { id: id.parse().ok()?, attempt: attempt.parse().ok()?, node: node.into(), at: at.parse().ok()? })
    })
}

fn read<T>(path: &Path, parse: impl Fn(&[&str]) -> Option<T>) -> Vec<T> {
    // Nobody may have written yet.
    let text = fs::read_to_string(path).unwrap_or_default();
    let lines = text.lines().map(|line| {
        let words: Vec<&str> = line.split(' ').collect();
        parse(&words).unwrap_or_else(|| panic!("{} has the line {line:?}", path.display()))
    });
    lines.collect()
}
