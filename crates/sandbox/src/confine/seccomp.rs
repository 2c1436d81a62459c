//! The allow-list of system calls. Whatever is not on it answers EPERM: libraries that try something finer fall back,
//! and nothing reaches the kernel.

use super::SOCKET;
use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule,
};
use std::collections::BTreeMap;

/// Calls allowed whatever their arguments: memory, the descriptors at hand, time, and ending. Alphabetical.
///
/// Not here on purpose: everything that takes a path, `stat` by path too, since it tells what exists; everything that
/// makes a descriptor out of nothing; everything about other processes.
const ALLOWED: [libc::c_long; 33] = [
    libc::SYS_brk,
    libc::SYS_clock_getres,
    libc::SYS_clock_gettime,
    libc::SYS_clock_nanosleep,
    libc::SYS_close,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_fstat,
    libc::SYS_ftruncate,
    libc::SYS_futex,
    libc::SYS_getpid,
    libc::SYS_getrandom,
    libc::SYS_gettid,
    libc::SYS_gettimeofday,
    libc::SYS_lseek,
    libc::SYS_madvise,
    libc::SYS_mremap,
    libc::SYS_munmap,
    libc::SYS_nanosleep,
    libc::SYS_pread64,
    libc::SYS_preadv,
    libc::SYS_pwrite64,
    libc::SYS_pwritev,
    libc::SYS_read,
    libc::SYS_readv,
    libc::SYS_restart_syscall,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sched_getaffinity,
    libc::SYS_sched_yield,
    libc::SYS_sigaltstack,
    libc::SYS_writev,
];

/// Installs the filter in this thread, the only one.
pub fn apply() -> Result<(), seccompiler::Error> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = ALLOWED.into_iter().map(|call| (call, vec![])).collect();
    rules.insert(libc::SYS_write, vec![]);
    rules.extend(conditional()?);
    let refuse = SeccompAction::Errno(libc::EPERM as u32);
    let arch = std::env::consts::ARCH.try_into()?;
    let program: BpfProgram = SeccompFilter::new(rules, refuse, SeccompAction::Allow, arch)?.try_into()?;
    seccompiler::apply_filter(&program)
}

/// Calls allowed only with harmless arguments.
fn conditional() -> Result<Vec<(i64, Vec<SeccompRule>)>, BackendError> {
    let not_executable = || only(vec![is_clear(2, libc::PROT_EXEC as u64)?]);
    // SAFETY: a plain call without pointers.
    let own_pid = unsafe { libc::getpid() } as u64;
    let fcntl = [libc::F_DUPFD_CLOEXEC, libc::F_GETFD, libc::F_GETFL];
    Ok(vec![
        (
            libc::SYS_fcntl,
            fcntl.into_iter().map(|command| only(vec![is(1, command as u64)?])).collect::<Result<_, _>>()?,
        ),
        (libc::SYS_mmap, vec![not_executable()?]),
        (libc::SYS_mprotect, vec![not_executable()?]),
        // Asking for a limit, not setting one, and only our own.
        (libc::SYS_prlimit64, vec![only(vec![is(0, 0)?, is_null(2)?])?]),
        (libc::SYS_recvmsg, vec![only(vec![is(0, SOCKET as u64)?])?]),
        // No address: the socket has its one other end. No control data either, which is sendmsg's.
        (libc::SYS_sendto, vec![only(vec![is(0, SOCKET as u64)?, is_null(4)?])?]),
        // abort() signals its own thread.
        (libc::SYS_tgkill, vec![only(vec![is(0, own_pid)?])?]),
    ])
}

fn only(conditions: Vec<SeccompCondition>) -> Result<SeccompRule, BackendError> {
    SeccompRule::new(conditions)
}

fn is(argument: u8, value: u64) -> Result<SeccompCondition, BackendError> {
    SeccompCondition::new(argument, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, value)
}

fn is_null(argument: u8) -> Result<SeccompCondition, BackendError> {
    SeccompCondition::new(argument, SeccompCmpArgLen::Qword, SeccompCmpOp::Eq, 0)
}

fn is_clear(argument: u8, bits: u64) -> Result<SeccompCondition, BackendError> {
    SeccompCondition::new(argument, SeccompCmpArgLen::Qword, SeccompCmpOp::MaskedEq(bits), 0)
}
