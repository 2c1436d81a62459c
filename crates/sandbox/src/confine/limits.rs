//! Resource limits.

use crate::protocol::ChildSettings;
use std::io;

/// Descriptors a child may have: the standard three, the socket, a job's two, and a few copies of them.
const DESCRIPTORS: u64 = 16;
/// Stack of the only thread. Engines bound their own recursion well below it.
const STACK_BYTES: u64 = 8 << 20;

/// Sets every limit, soft and hard, so that none can be raised again.
pub fn apply(settings: &ChildSettings) -> io::Result<()> {
    one_arena();
    let memory = mapped_bytes()? + settings.memory_bytes;
    let limits = [
        (libc::RLIMIT_AS, memory),
        (libc::RLIMIT_CORE, 0),
        (libc::RLIMIT_CPU, settings.cpu_seconds),
        (libc::RLIMIT_FSIZE, settings.output_bytes),
        (libc::RLIMIT_MEMLOCK, 0),
        (libc::RLIMIT_NOFILE, DESCRIPTORS),
        (libc::RLIMIT_NPROC, 0),
        (libc::RLIMIT_STACK, STACK_BYTES),
    ];
    set(&limits)?;
    // To let others go first is always allowed, and what it returns is no error but our new value.
    // SAFETY: a plain call without pointers.
    unsafe { libc::nice(settings.nice) };
    // A write past the limit is then an error, EFBIG, which the handler can report.
    // SAFETY: ignoring a signal installs no code.
    unsafe { libc::signal(libc::SIGXFSZ, libc::SIG_IGN) };
    Ok(())
}

/// The same for a program that is about to take our place: it writes no file, and needs a few descriptors to load.
pub fn apply_to_program(memory_bytes: u64, cpu_seconds: u64) -> io::Result<()> {
    set(&[
        (libc::RLIMIT_AS, memory_bytes),
        (libc::RLIMIT_CORE, 0),
        (libc::RLIMIT_CPU, cpu_seconds),
        (libc::RLIMIT_FSIZE, 0),
        (libc::RLIMIT_MEMLOCK, 0),
        (libc::RLIMIT_NOFILE, 4 * DESCRIPTORS),
        (libc::RLIMIT_NPROC, 0),
        (libc::RLIMIT_STACK, STACK_BYTES),
    ])
}

fn set(limits: &[(Resource, u64)]) -> io::Result<()> {
    for &(resource, most) in limits {
        // The container may allow less already; asking for more would be refused.
        let allowed = current(resource)?.rlim_max;
        // The processor clock first warns with SIGXCPU, which ends us in a way the parent can tell from a kill.
        let soft = most.min(allowed);
        let hard = if resource == libc::RLIMIT_CPU { (most + 5).min(allowed) } else { soft };
        // SAFETY: the pointer is to a local that outlives the call.
        if unsafe { libc::setrlimit(resource, &libc::rlimit { rlim_cur: soft, rlim_max: hard }) } != 0 {
            return Err(io::Error::last_os_error());
        }
    }
    Ok(())
}

fn current(resource: Resource) -> io::Result<libc::rlimit> {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the pointer is to a local that outlives the call.
    if unsafe { libc::getrlimit(resource, &mut limit) } != 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(limit)
}

#[cfg(target_env = "gnu")]
type Resource = libc::__rlimit_resource_t;
#[cfg(not(target_env = "gnu"))]
type Resource = libc::c_int;

/// What the program itself has mapped: its code, libraries and models do not count against the job.
fn mapped_bytes() -> io::Result<u64> {
    let statm = std::fs::read_to_string("/proc/self/statm")?;
    let pages: u64 = statm.split(' ').next().and_then(|field| field.parse().ok()).ok_or(io::ErrorKind::InvalidData)?;
    // SAFETY: a plain call without pointers.
    Ok(pages * unsafe { libc::sysconf(libc::_SC_PAGESIZE) } as u64)
}

/// glibc maps 64 MiB of address space for every arena; one thread needs one.
fn one_arena() {
    #[cfg(target_env = "gnu")]
    // SAFETY: a plain call without pointers.
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, 1);
    }
}
