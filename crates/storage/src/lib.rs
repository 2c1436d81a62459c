//! Content-addressed blobs and artifacts in a local folder.
//!
//! ```text
//! blobs/<aa>/<sha256>                  what people uploaded; never changed, never overwritten
//! derived/<aa>/<sha256>/<artifact>     what was read in it: no clean-up takes that
//! cache/<aa>/<sha256>/<artifact>       images made of it, which may be deleted at any moment
//! avatars/<user>/<file>
//! tmp/<uuid>                           being written; swept when left behind
//! uploads/<uuid>                       what has come of an upload in pieces, which may go on tomorrow
//! trash/<day>/{blobs,derived,cache}/…  what a sweep took, in the same folders, until it is emptied
//! id                                   the id that its database has too
//! ```
//!
//! Everything lies on one volume, so that a finished file moves into place by a rename. What is acknowledged is durable:
//! file and folder are synced first. Nothing here holds more of a file in memory than a batch, but for small
//! artifacts that were read lately.
#![forbid(unsafe_code)]

mod artifacts;
mod avatars;
mod blob;
mod durable;
mod error;
mod identity;
mod misplaced;
mod partial;
mod receive;
mod recent;
mod rehash;
mod store;
mod sweep;
mod temp;
mod trash;
mod writing;

pub use artifacts::{ArtifactRange, valid_artifact_name};
pub use avatars::{valid_avatar_file, valid_user};
pub use blob::Blob;
pub use error::Error;
pub use identity::Identity;
pub use partial::{Partial, PartialWriter, StoredPartial, Syncing, Written};
pub use receive::{HEAD_BYTES, Received, Receiver};
pub use recent::RecentArtifact;
pub use store::{Space, Store};
pub use sweep::{StoredArtifact, StoredBlob};
pub use writing::{CHECKSUM_ALGORITHMS, Checksum, Digest};
