//! How a child gets a file that was just written here.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;

/// The file once more, open for reading alone and at its beginning: whoever gets it cannot change it, and its place in the file is its
/// own, which copies of one descriptor share.
pub(crate) fn read_only(file: &File) -> io::Result<File> {
    File::open(format!("/proc/self/fd/{}", file.as_raw_fd()))
}
