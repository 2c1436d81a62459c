//! What parent and child both know: the arguments a child is started with, the packets on the socket between them, and what a child
//! says before it dies.
//!
//! A packet is one SEQPACKET message: a tag, the number of the job it belongs to, and a body. A packet about another job than the
//! one under way is a fault.

use serde::{Deserialize, Serialize};

/// Longest request, in bytes.
pub const MAX_REQUEST: usize = 64 << 10;
/// Longest answer, in bytes.
pub const MAX_ANSWER: usize = 64 << 10;
/// Longest progress note, in bytes; a longer one is not sent.
pub const MAX_PROGRESS: usize = 1 << 10;

/// Bytes before the body.
pub const HEAD: usize = 5;
/// Longest packet.
pub const MAX_PACKET: usize = HEAD + 64 * 1024;

/// The argument that makes the program a child.
pub const CHILD_ARGUMENT: &str = "--sandbox-child";

/// What the parent tells a child at its start, as JSON in the second argument.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ChildSettings {
    pub parent: i32,
    pub memory_bytes: u64,
    pub cpu_seconds: u64,
    pub output_bytes: u64,
    pub nice: i32,
}

/// The argument that makes our own program become another.
pub const PROGRAM_ARGUMENT: &str = "--sandbox-program";

/// What a child writes to standard error when it dies because its memory is used up.
pub const MEMORY_USED_UP: &str = "sandbox: memory used up";

/// Which walls stand around a child. `/health` shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Layers {
    /// The allow-list of system calls. A child without it does not work.
    pub seccomp: bool,
    /// Files, network and signals denied once more by the kernel's access rules; best effort.
    pub landlock: LandlockState,
    /// Memory, time, output, descriptors and processes are bounded. A child without it does not work.
    pub limits: bool,
    /// The kernel kills a child first when memory runs out; best effort.
    pub killed_first: bool,
}

/// How much of Landlock this kernel has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LandlockState {
    /// All that we ask for.
    Full,
    /// An older kernel's part of it.
    Partial,
    /// None; the allow-list of system calls stands alone.
    None,
}

/// What a packet is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tag {
    /// Parent to child: a request, with the two descriptors.
    Request,
    /// The child is confined and waits; the body is its `Layers` as JSON.
    Ready,
    /// The child has the request and begins.
    Begun,
    /// The child is still at work; the body is the handler's.
    Progress,
    /// The handler's answer.
    Answer,
    /// The child cannot go on; the body says why.
    Fault,
}

const TAGS: [(Tag, u8); 6] = [
    (Tag::Request, b'R'),
    (Tag::Ready, b'H'),
    (Tag::Begun, b'B'),
    (Tag::Progress, b'P'),
    (Tag::Answer, b'A'),
    (Tag::Fault, b'F'),
];

/// A packet in one buffer.
pub fn encode(tag: Tag, job: u32, body: &[u8]) -> Vec<u8> {
    let (_, letter) = TAGS.into_iter().find(|(known, _)| *known == tag).expect("TAGS has every tag");
    let mut packet = Vec::with_capacity(HEAD + body.len());
    packet.push(letter);
    packet.extend_from_slice(&job.to_le_bytes());
    packet.extend_from_slice(body);
    packet
}

/// The packet's parts; `None` for what is no packet of ours.
pub fn decode(packet: &[u8]) -> Option<(Tag, u32, &[u8])> {
    let (head, body) = packet.split_first_chunk::<HEAD>()?;
    let (tag, _) = TAGS.into_iter().find(|(_, letter)| *letter == head[0])?;
    Some((tag, u32::from_le_bytes([head[1], head[2], head[3], head[4]]), body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packet_survives_the_way() {
        let packet = encode(Tag::Answer, 7, b"yes");
        assert_eq!(decode(&packet), Some((Tag::Answer, 7, &b"yes"[..])));
    }

    #[test]
    fn noise_is_no_packet() {
        assert_eq!(decode(b""), None);
        assert_eq!(decode(b"A\0\0\0"), None);
        assert_eq!(decode(b"\xff\0\0\0\0hello"), None);
    }
}
