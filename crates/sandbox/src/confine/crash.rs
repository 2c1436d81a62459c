//! A last word before dying: whether memory was used up. A C library that uses what malloc refused it, or a stack that
//! cannot grow, dies of the same signals as a wild pointer, and only the process itself can still tell the difference.

use crate::protocol::MEMORY_USED_UP;
use crate::syscall::check;
use std::io;
use std::ptr::{addr_of_mut, null_mut};
use std::sync::atomic::{AtomicUsize, Ordering};

/// How much must still be there for a death to count as one with memory left.
static PROBE_BYTES: AtomicUsize = AtomicUsize::new(0);

/// The handler's own stack: the ordinary one may be what ran out.
static mut STACK: [u8; 32 << 10] = [0; 32 << 10];

/// Looks at memory on a crash, then lets the signal do what it does.
pub fn leave_last_word(memory_bytes: u64) -> io::Result<()> {
    PROBE_BYTES.store((memory_bytes / 16) as usize, Ordering::Relaxed);
    // SAFETY: the stack is used by nothing else; the handler makes only calls that are safe in one.
    unsafe {
        let stack = libc::stack_t { ss_sp: addr_of_mut!(STACK).cast(), ss_flags: 0, ss_size: 32 << 10 };
        check(libc::sigaltstack(&stack, null_mut()))?;
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = on_crash as *const () as usize;
        // Once: the second time the signal has its ordinary effect, and a fault comes again by itself on return.
        action.sa_flags = libc::SA_ONSTACK | libc::SA_RESETHAND;
        for signal in [libc::SIGABRT, libc::SIGBUS, libc::SIGSEGV] {
            check(libc::sigaction(signal, &action, null_mut()))?;
        }
    }
    Ok(())
}

extern "C" fn on_crash(_signal: i32) {
    let bytes = PROBE_BYTES.load(Ordering::Relaxed);
    // SAFETY: asks for memory at no fixed place, and writes from a static.
    unsafe {
        let probe = libc::mmap(
            null_mut(),
            bytes,
            libc::PROT_NONE,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE,
            -1,
            0,
        );
        if probe == libc::MAP_FAILED {
            libc::write(2, MEMORY_USED_UP.as_ptr().cast(), MEMORY_USED_UP.len());
        } else {
            libc::munmap(probe, bytes);
        }
    }
}
