//! Pictures of people: small, replaced as a whole.

use crate::durable::{make_folder, move_into_place};
use crate::temp::TempFile;
use crate::{Blob, Error, Store};
use std::io::{self, Write};

/// True for user ids that stay in their folder: PageSpace's cuids and our uuids.
pub fn valid_user(id: &str) -> bool {
    (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

/// True for the names avatars are given: `<letters, digits, dashes>.<extension>`.
pub fn valid_avatar_file(name: &str) -> bool {
    let word = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    name.len() <= 100 && name.split_once('.').is_some_and(|(stem, extension)| word(stem) && word(extension))
}

impl Store {
    /// Makes these bytes the user's avatar; earlier ones are removed once it is in place.
    pub async fn keep_avatar(&self, user: &str, filename: &str, bytes: Vec<u8>) -> Result<(), Error> {
        if !valid_user(user) || !valid_avatar_file(filename) {
            return Err(Error::BadName(format!("{user}/{filename}")));
        }
        let (tmp, folder, filename) = (self.tmp(), self.avatars().join(user), filename.to_owned());
        self.run(move || {
            let (temp, mut file) = TempFile::create(&tmp)?;
            file.write_all(&bytes)?;
            file.sync_all()?;
            make_folder(&folder)?;
            move_into_place(&folder, vec![(temp, &filename)])?;
            for entry in std::fs::read_dir(&folder)? {
                let entry = entry?;
                if entry.file_name() != filename.as_str() {
                    std::fs::remove_file(entry.path())?;
                }
            }
            Ok(())
        })
        .await
    }

    /// Opens an avatar for reading.
    pub async fn open_avatar(&self, user: &str, filename: &str) -> Result<Blob, Error> {
        if !valid_user(user) || !valid_avatar_file(filename) {
            return Err(Error::BadName(format!("{user}/{filename}")));
        }
        Blob::open(self, self.avatars().join(user).join(filename)).await
    }

    /// Removes the user's avatar. False when there was none.
    pub async fn remove_avatar(&self, user: &str) -> Result<bool, Error> {
        if !valid_user(user) {
            return Err(Error::BadName(user.into()));
        }
        let folder = self.avatars().join(user);
        self.run(move || match std::fs::remove_dir_all(folder) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error.into()),
        })
        .await
    }
}
