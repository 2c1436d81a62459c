//! Descriptors: the socket, nowhere to print to, and what the parent sends later.

use crate::syscall::check;
use std::io;

/// Where the socket is in a confined child.
pub const SOCKET: i32 = 3;

/// Moves the socket from standard input out of reach of code that reads standard input, and closes whatever else came
/// along: a C library of the parent may have opened something that programs inherit.
pub fn keep_only_socket() -> io::Result<()> {
    // SAFETY: nothing else in this process uses descriptors yet, as it runs first thing in main.
    unsafe {
        check(libc::dup2(0, SOCKET))?;
        // Standard output leads nowhere; now input does too.
        check(libc::dup2(1, 0))?;
        // A reader that complains at length must not wait for somebody to listen.
        let flags = check(libc::fcntl(2, libc::F_GETFL))?;
        check(libc::fcntl(2, libc::F_SETFL, flags | libc::O_NONBLOCK))?;
    }
    close_from(SOCKET + 1);
    Ok(())
}

/// Closes every descriptor from this number on.
pub fn close_from(first: i32) {
    // SAFETY: closing what is not open does nothing; nothing else in this process uses descriptors yet.
    if unsafe { libc::syscall(libc::SYS_close_range, first, u32::MAX, 0) } != 0 {
        close_one_by_one(first);
    }
}

/// For kernels and container profiles without close_range.
fn close_one_by_one(first: i32) {
    // SAFETY: sysconf takes no pointer; closing what is not open does nothing.
    unsafe {
        let most = libc::sysconf(libc::_SC_OPEN_MAX).clamp(256, 1 << 16) as i32;
        for descriptor in first..most {
            libc::close(descriptor);
        }
    }
}
