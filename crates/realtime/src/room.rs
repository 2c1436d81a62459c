//! Rooms: what a client can listen to. There is none for everybody.

use db::room_rights::Wanted;
use std::fmt;
use uuid::Uuid;

/// Longest id of a PageSpace page.
const PAGE_ID: usize = 64;

/// One room. Its text is its name on the wire.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Room {
    /// `drive:<id>`: what happens to the files of a drive.
    Drive(Uuid),
    /// `file:<id>`: what happens to one file.
    File(Uuid),
    /// `notifications:<id>`: what a person is notified of.
    Notifications(Uuid),
    /// A page of PageSpace, by its bare id.
    Page(String),
    /// `user:<id>`: what concerns one person.
    User(Uuid),
}

impl Room {
    /// The room of that name; `None` for what cannot be one.
    pub fn parse(name: &str) -> Option<Self> {
        let Some((kind, id)) = name.split_once(':') else { return Self::page(name) };
        let id = Uuid::try_parse(id).ok()?;
        match kind {
            "drive" => Some(Self::Drive(id)),
            "file" => Some(Self::File(id)),
            "notifications" => Some(Self::Notifications(id)),
            "user" => Some(Self::User(id)),
            _ => None,
        }
    }

    /// The room of a PageSpace page.
    pub fn page(id: &str) -> Option<Self> {
        let is_id =
            (1..=PAGE_ID).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
        is_id.then(|| Self::Page(id.to_owned()))
    }

    /// The rooms a person is in without asking.
    pub fn own(user_id: Uuid) -> [Self; 2] {
        [Self::Notifications(user_id), Self::User(user_id)]
    }
}

impl fmt::Display for Room {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Drive(id) => write!(f, "drive:{id}"),
            Self::File(id) => write!(f, "file:{id}"),
            Self::Notifications(id) => write!(f, "notifications:{id}"),
            Self::Page(id) => f.write_str(id),
            Self::User(id) => write!(f, "user:{id}"),
        }
    }
}

/// What the database has to be asked about before somebody may be in these rooms.
pub fn wanted(rooms: &[Room]) -> Wanted {
    let mut wanted = Wanted::default();
    for room in rooms {
        match room {
            Room::Drive(id) => wanted.drives.push(*id),
            Room::File(id) => wanted.files.push(*id),
            Room::Page(id) => wanted.pages.push(id.clone()),
            Room::Notifications(_) | Room::User(_) => {}
        }
    }
    wanted
}

/// True when the person may be in the room, given what the database allows.
pub fn may_enter(room: &Room, user_id: Uuid, allowed: &Wanted) -> bool {
    match room {
        Room::Drive(id) => allowed.drives.contains(id),
        Room::File(id) => allowed.files.contains(id),
        Room::Page(id) => allowed.pages.contains(id),
        Room::Notifications(id) | Room::User(id) => *id == user_id,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rooms_name_names_it() {
        for name in
            ["drive:6f2d8ab0-0e4f-4a0a-9b56-111111111111", "user:6f2d8ab0-0e4f-4a0a-9b56-111111111111", "tz4a98xxat96"]
        {
            assert_eq!(Room::parse(name).unwrap().to_string(), name);
        }
    }

    #[test]
    fn strange_names_are_no_rooms() {
        for name in ["", "*", "drive:*", "drive:1", "global:6f2d8ab0-0e4f-4a0a-9b56-111111111111", "a b", "dm:1"] {
            assert_eq!(Room::parse(name), None, "{name}");
        }
    }
}
