//! Files in pieces (tus 1.0.0): begun, gone on with after whatever ended a piece, and whole at last, when they take the one path of
//! every upload. What is known of each is in its row, its bytes are in the store; a process that dies takes neither along.

mod begin;
mod concatenate;
mod finish;
pub(crate) mod headers;
mod metadata;
mod open;
mod piece;
mod sweep;

pub(crate) use begin::{NewResumable, begin};
pub(crate) use concatenate::concatenate;
pub(crate) use finish::look;
pub(crate) use metadata::Metadata;
pub(crate) use open::{count_announced, end, find};
pub(crate) use piece::{Piece, receive};
pub(crate) use sweep::keep_swept;
