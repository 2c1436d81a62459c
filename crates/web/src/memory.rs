//! Gives large buffers back to the system. By default glibc keeps what the largest one so far took, once per thread that
//! ever had one: thirty sign-ins, of which no more than two run at once, left 350 MB behind.

/// From this size on a buffer has pages of its own, which go back when it is freed. A password's hash takes 19 MiB.
#[cfg(target_env = "gnu")]
const OWN_PAGES_FROM_BYTES: libc::c_int = 1 << 20;

/// Call before the first large buffer. Other C libraries do so by themselves.
pub fn give_back() {
    #[cfg(target_env = "gnu")]
    // SAFETY: mallopt takes two numbers and changes only the allocator's own settings.
    let set = unsafe { libc::mallopt(libc::M_MMAP_THRESHOLD, OWN_PAGES_FROM_BYTES) };
    #[cfg(target_env = "gnu")]
    if set == 0 {
        tracing::warn!("the allocator kept its settings; memory may not go back after a burst of sign-ins");
    }
}
