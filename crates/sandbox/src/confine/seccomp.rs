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
    install(rules)
}

fn install(rules: BTreeMap<i64, Vec<SeccompRule>>) -> Result<(), seccompiler::Error> {
    let refuse = SeccompAction::Errno(libc::EPERM as u32);
    let arch = std::env::consts::ARCH.try_into()?;
    let program: BpfProgram = SeccompFilter::new(rules, refuse, SeccompAction::Allow, arch)?.try_into()?;
    seccompiler::apply_filter(&program)
}

/// What a program needs beside [`ALLOWED`] to be loaded, to look for its files and to read them. Which files it may open is
/// Landlock's business; processes, threads, sockets and signals to others stay impossible.
const ALLOWED_TO_PROGRAMS: &[libc::c_long] = &[
    libc::SYS_dup,
    libc::SYS_dup3,
    libc::SYS_execve,
    libc::SYS_faccessat,
    libc::SYS_faccessat2,
    libc::SYS_fcntl,
    libc::SYS_getcwd,
    libc::SYS_getdents64,
    libc::SYS_getegid,
    libc::SYS_geteuid,
    libc::SYS_getgid,
    libc::SYS_getppid,
    libc::SYS_getrusage,
    libc::SYS_getuid,
    libc::SYS_mmap,
    libc::SYS_mprotect,
    libc::SYS_newfstatat,
    libc::SYS_openat,
    libc::SYS_ppoll,
    libc::SYS_readlinkat,
    libc::SYS_rseq,
    libc::SYS_set_robust_list,
    libc::SYS_set_tid_address,
    libc::SYS_statx,
    libc::SYS_sysinfo,
    libc::SYS_uname,
    libc::SYS_write,
];

/// The same by their older names, which newer architectures never had.
#[cfg(target_arch = "x86_64")]
const OLDER_NAMES: &[libc::c_long] = &[
    libc::SYS_access,
    libc::SYS_arch_prctl,
    libc::SYS_dup2,
    libc::SYS_lstat,
    libc::SYS_open,
    libc::SYS_poll,
    libc::SYS_readlink,
    libc::SYS_stat,
    libc::SYS_time,
];
#[cfg(not(target_arch = "x86_64"))]
const OLDER_NAMES: &[libc::c_long] = &[];

/// Installs the filter of a program that is about to take our place.
pub fn apply_to_program() -> Result<(), seccompiler::Error> {
    let calls = [&ALLOWED[..], ALLOWED_TO_PROGRAMS, OLDER_NAMES].concat();
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = calls.into_iter().map(|call| (call, vec![])).collect();
    // SAFETY: a plain call without pointers.
    let own_pid = unsafe { libc::getpid() } as u64;
    rules.insert(libc::SYS_prlimit64, vec![only(vec![is(0, 0)?, is_null(2)?])?]);
    rules.insert(libc::SYS_tgkill, vec![only(vec![is(0, own_pid)?])?]);
    install(rules)
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
