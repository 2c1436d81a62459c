//! Every way out we know of, tried from inside and refused.
#![expect(
    clippy::undocumented_unsafe_blocks,
    reason = "each is a system call that has to be refused, made from inside as an intruder would"
)]

use crate::calls::{answer, call, settings, without_landlock};
use sandbox::{LandlockState, Pool};
use std::fs::{File, OpenOptions};
use std::io::Error;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::process::Command;

pub const TESTS: &[crate::Test] = &[
    ("every_way_out_is_refused", every_way_out_is_refused),
    ("every_way_out_is_refused_without_landlock", every_way_out_is_refused_without_landlock),
    ("nothing_of_the_parent_comes_along", nothing_of_the_parent_comes_along),
    ("no_descriptor_reaches_the_parent", no_descriptor_reaches_the_parent),
    ("the_layers_are_known", the_layers_are_known),
];

/// The attempts, alphabetical.
const ATTEMPTS: [&str; 27] = [
    "chmod-input",
    "connect",
    "connect-unix",
    "create",
    "exec",
    "fork",
    "io-uring",
    "kill-parent",
    "listen",
    "map-executable",
    "memfd",
    "mount",
    "open",
    "open-environment",
    "open-other-upload",
    "open-parent-memory",
    "prctl-dumpable",
    "ptrace-parent",
    "raise-limit",
    "read-parent-memory",
    "reopen-input",
    "stat",
    "thread",
    "tgkill-parent",
    "udp",
    "unlink",
    "unshare",
];

fn every_way_out_is_refused() {
    refuses_every_way_out(&Pool::new(settings()));
}

/// Both walls refuse alone what they refuse together, or the one that is missing somewhere would be the only one.
fn every_way_out_is_refused_without_landlock() {
    without_landlock(|| {
        let pool = Pool::new(settings());
        refuses_every_way_out(&pool);
        assert_eq!(pool.layers().unwrap().landlock, LandlockState::None);
    });
}

fn refuses_every_way_out(pool: &Pool) {
    let other = tempfile::NamedTempFile::new().unwrap();
    for attempt in ATTEMPTS {
        let request = format!("try {attempt} {} {}", std::process::id(), other.path().display());
        let said = answer(pool, call(&request, b"mine"));
        assert!(said.starts_with("refused: "), "{attempt}: {said}");
    }
    assert!(other.path().exists());
}

fn nothing_of_the_parent_comes_along() {
    // A library that opens files without close-on-exec.
    let leaked = File::open("/proc/self/stat").unwrap();
    // SAFETY: clears a flag on a descriptor we own.
    unsafe { libc::fcntl(leaked.as_raw_fd(), libc::F_SETFD, 0) };
    let pool = Pool::new(settings());
    assert_eq!(answer(&pool, call("env", b"")), "0");
    // The standard three, the socket, input and output.
    assert_eq!(answer(&pool, call("descriptors", b"")), "0 1 2 3 4 5");
}

fn no_descriptor_reaches_the_parent() {
    let pool = Pool::new(settings());
    let said = answer(&pool, call("send-file", b""));
    assert!(said.starts_with("refused: "), "{said}");
}

fn the_layers_are_known() {
    let pool = Pool::new(settings());
    answer(&pool, call("pid", b""));
    let layers = pool.layers().unwrap();
    assert!(layers.seccomp && layers.limits, "{layers:?}");
    if std::fs::read_to_string("/sys/kernel/security/lsm").is_ok_and(|lsms| lsms.contains("landlock")) {
        assert_ne!(layers.landlock, LandlockState::None);
    }
}

/// Runs in the child: tries one way out and tells how it went.
pub fn attempt(request: &str, input: &File) -> String {
    let mut words = request.split(' ');
    let (what, parent, other) = (words.next().unwrap(), words.next().unwrap(), words.next().unwrap());
    let parent: i32 = parent.parse().unwrap();
    let result = match what {
        "chmod-input" => call_result(|| unsafe { libc::fchmod(input.as_raw_fd(), 0o777).into() }),
        "connect" => TcpStream::connect("127.0.0.1:5432").map(drop),
        "connect-unix" => UnixStream::connect("/run/postgresql/.s.PGSQL.5432").map(drop),
        "create" => File::create("/tmp/sandbox-escaped").map(drop),
        "exec" => Command::new("/bin/true").status().map(drop),
        "fork" => call_result(|| match unsafe { libc::fork() } {
            0 => unsafe { libc::_exit(0) },
            pid => pid.into(),
        }),
        "io-uring" => call_result(|| unsafe { libc::syscall(libc::SYS_io_uring_setup, 1, [0u64; 32].as_mut_ptr()) }),
        "kill-parent" => call_result(|| unsafe { libc::kill(parent, 0).into() }),
        "listen" => TcpListener::bind("127.0.0.1:0").map(drop),
        "map-executable" => call_result(|| unsafe {
            let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
            let mapped = libc::mmap(std::ptr::null_mut(), 4096, libc::PROT_READ | libc::PROT_EXEC, flags, -1, 0);
            if mapped == libc::MAP_FAILED { -1 } else { 0 }
        }),
        "memfd" => call_result(|| unsafe { libc::memfd_create(c"out".as_ptr(), 0).into() }),
        "mount" => call_result(|| unsafe {
            libc::mount(c"none".as_ptr(), c"/mnt".as_ptr(), c"tmpfs".as_ptr(), 0, std::ptr::null()).into()
        }),
        "open" => File::open("/etc/passwd").map(drop),
        "open-environment" => File::open("/proc/self/environ").map(drop),
        "open-other-upload" => File::open(other).map(drop),
        "open-parent-memory" => File::open(format!("/proc/{parent}/mem")).map(drop),
        "prctl-dumpable" => call_result(|| unsafe { libc::prctl(libc::PR_SET_DUMPABLE, 1).into() }),
        "ptrace-parent" => {
            let null = std::ptr::null_mut::<libc::c_void>();
            call_result(|| unsafe { libc::ptrace(libc::PTRACE_ATTACH, parent, null, null) })
        }
        "raise-limit" => call_result(|| unsafe {
            let most = libc::rlimit { rlim_cur: libc::RLIM_INFINITY, rlim_max: libc::RLIM_INFINITY };
            libc::setrlimit(libc::RLIMIT_AS, &most).into()
        }),
        "read-parent-memory" => call_result(|| unsafe {
            let mut byte = 0u8;
            let local = libc::iovec { iov_base: (&raw mut byte).cast(), iov_len: 1 };
            let remote = libc::iovec { iov_base: attempt as *mut _, iov_len: 1 };
            libc::process_vm_readv(parent, &local, 1, &remote, 1, 0) as i64
        }),
        "reopen-input" => OpenOptions::new().write(true).open(format!("/proc/self/fd/{}", input.as_raw_fd())).map(drop),
        "stat" => std::fs::metadata("/etc/passwd").map(drop),
        "thread" => std::thread::Builder::new().spawn(|| ()).map(drop),
        "tgkill-parent" => call_result(|| unsafe { libc::syscall(libc::SYS_tgkill, parent, parent, 0) }),
        "udp" => UdpSocket::bind("127.0.0.1:0").map(drop),
        "unlink" => std::fs::remove_file(other),
        "unshare" => call_result(|| unsafe { libc::unshare(libc::CLONE_NEWUSER).into() }),
        other => return format!("unknown attempt {other}"),
    };
    match result {
        // Not "no such file" and not "refused": the call itself has to be denied.
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => format!("refused: {error}"),
        Err(error) => format!("failed otherwise: {error}"),
        Ok(()) => "succeeded".into(),
    }
}

fn call_result(call: impl FnOnce() -> i64) -> Result<(), Error> {
    if call() < 0 { Err(Error::last_os_error()) } else { Ok(()) }
}
