//! Drives.

use super::client::{Client, read_item};
use crate::error::Error;
use serde::Deserialize;
use serde_json::Value;

/// A drive as its member sees it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Drive {
    /// Its id.
    pub id: String,
    /// Its name; several may have the same.
    pub name: String,
    /// `owner`, `editor` or `viewer`.
    pub role: String,
    /// Its files, those in the trash left out.
    pub file_count: u64,
}

impl Drive {
    /// Whether its member may add files.
    pub fn is_writable(&self) -> bool {
        self.role != "viewer"
    }
}

/// All drives, by name: as the API has them, and read.
pub fn all_drives(client: &Client) -> Result<Vec<(Value, Drive)>, Error> {
    let drives = client.array("/drives")?.into_iter().map(|value| {
        let drive = read_item(&value, "a drive")?;
        Ok((value, drive))
    });
    drives.collect()
}

/// The drive of that id or name.
pub fn find_drive(client: &Client, named: &str) -> Result<Drive, Error> {
    let drives = all_drives(client)?.into_iter().map(|(_, drive)| drive).collect();
    choose(drives, named)
}

fn choose(drives: Vec<Drive>, named: &str) -> Result<Drive, Error> {
    if let Some(drive) = drives.iter().find(|drive| drive.id == named) {
        return Ok(drive.clone());
    }
    let mut called: Vec<Drive> = drives.into_iter().filter(|drive| drive.name == named).collect();
    match called.len() {
        1 => Ok(called.remove(0)),
        0 => Err(Error::Usage(format!("you have no drive {named}; `pagespace ls` lists them"))),
        _ => {
            let ids: Vec<&str> = called.iter().map(|drive| drive.id.as_str()).collect();
            Err(Error::Usage(format!("several drives are called {named}; say which by its id: {}", ids.join(", "))))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drive(id: &str, name: &str) -> Drive {
        Drive { id: id.into(), name: name.into(), role: "owner".into(), file_count: 0 }
    }

    #[test]
    fn a_drive_is_named_by_its_id_or_by_a_name_that_one_has() {
        let drives = || vec![drive("1", "Home"), drive("2", "Work"), drive("3", "Work"), drive("4", "1")];
        assert_eq!(choose(drives(), "Home").unwrap().id, "1");
        assert_eq!(choose(drives(), "1").unwrap().id, "1");
        for named in ["Work", "Elsewhere"] {
            assert_eq!(choose(drives(), named).unwrap_err().exit_code(), 2);
        }
    }
}
