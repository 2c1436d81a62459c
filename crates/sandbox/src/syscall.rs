//! The results of system calls.

use std::io;

/// A call's result; -1 means that `errno` says why it failed.
pub fn check(result: i32) -> io::Result<i32> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(result) }
}
