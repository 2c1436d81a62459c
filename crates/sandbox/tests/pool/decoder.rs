//! The child's function: a decoder that hangs, crashes, lies and tries to get out, as the request says.

use std::fs::File;
use std::hint::black_box;
use std::io::{Error, Read, Write};
use std::time::Duration;

/// Where a child's socket is; a decoder that has been taken over knows it too.
const SOCKET: i32 = 3;

/// Does what the request's first word says with the rest as its argument.
pub fn decode(request: &[u8], input: &mut File, output: &mut File, progress: &dyn Fn(&[u8])) -> Vec<u8> {
    let request = String::from_utf8_lossy(request).into_owned();
    let (what, rest) = request.split_once(' ').unwrap_or((&request, ""));
    match what {
        "abort" => std::process::abort(),
        "answer-twice" => {
            // The answer of job 1, whichever job it is, and then the ordinary one.
            raw_send(b"A\x01\0\0\0first");
            "second".into()
        }
        "busy" => loop {
            black_box(0);
        },
        "c-null" => c_null(),
        "chatter" => loop {
            progress(b"still here");
        },
        "close-socket" => {
            // SAFETY: a wrong thing to do, on purpose.
            unsafe { libc::close(SOCKET) };
            sleep_for_ever()
        }
        "copy" => {
            let mut bytes = vec![];
            input.read_to_end(&mut bytes).unwrap();
            output.write_all(&bytes).unwrap();
            format!("copied {}", bytes.len()).into()
        }
        "descriptors" => descriptors().into(),
        "env" => std::env::vars_os().count().to_string().into(),
        "exit" => std::process::exit(rest.parse().unwrap()),
        "forge" => {
            raw_send(b"F\x01\0\0\0broken\n2026-01-01T00:00:00Z  INFO all is well");
            sleep_for_ever()
        }
        "hang" => sleep_for_ever(),
        "kill-self" => {
            // SAFETY: a plain call without pointers; the allow-list lets a thread signal itself.
            unsafe { libc::syscall(libc::SYS_tgkill, libc::getpid(), libc::gettid(), libc::SIGKILL) };
            sleep_for_ever()
        }
        "noise" => {
            raw_send(b"\xff\xfe\x00 what is this");
            sleep_for_ever()
        }
        "oom" => {
            let mut kept = vec![];
            loop {
                kept.push(black_box(vec![1u8; 1 << 20]));
            }
        }
        "oom-once" => black_box(vec![1u8; 10 << 30]),
        "oversized" => vec![b'x'; sandbox::MAX_ANSWER + 1],
        "oversized-raw" => {
            let mut packet = b"A\x01\0\0\0".to_vec();
            packet.resize(100_000, b'x');
            raw_send(&packet);
            sleep_for_ever()
        }
        "panic" => panic!("a literal"),
        "panic-secret" => panic!("{}", "secret of the file"),
        "pid" => std::process::id().to_string().into(),
        "segv" => {
            // SAFETY: a wrong thing to do, on purpose.
            unsafe { std::ptr::write_volatile(8 as *mut u8, 1) };
            vec![]
        }
        "send-file" => send_file(output),
        "stack" => recurse(0).to_string().into(),
        "steps" => {
            for step in 0..3 {
                progress(format!("step {step}").as_bytes());
                std::thread::sleep(Duration::from_millis(60));
            }
            "done".into()
        }
        "try" => crate::escapes::attempt(rest, input).into(),
        "write" => {
            let block = vec![7; 1 << 20];
            let mut written = 0;
            loop {
                match output.write(&block) {
                    Ok(bytes) => written += bytes,
                    Err(error) => return format!("{written} {:?}", error.kind()).into(),
                }
            }
        }
        other => format!("unknown request {other}").into(),
    }
}

fn sleep_for_ever() -> ! {
    loop {
        std::thread::sleep(Duration::from_secs(3600));
    }
}

/// What a C decoder does that does not look at what malloc says.
fn c_null() -> ! {
    loop {
        // SAFETY: none. That is the point.
        unsafe {
            let block = libc::malloc(1 << 20).cast::<u8>();
            for page in 0..256 {
                std::ptr::write_volatile(block.add(page * 4096), 1);
            }
        }
    }
}

#[expect(unconditional_recursion, reason = "the stack has to run out")]
fn recurse(depth: u64) -> u64 {
    let frame = black_box([depth; 128]);
    recurse(depth + 1) + black_box(frame)[3]
}

fn raw_send(packet: &[u8]) {
    // SAFETY: the pointer and length are those of one slice.
    unsafe { libc::send(SOCKET, packet.as_ptr().cast(), packet.len(), libc::MSG_NOSIGNAL) };
}

/// Tries to send the parent a descriptor: a hundred of them would leave it without any.
fn send_file(file: &File) -> Vec<u8> {
    use std::os::fd::AsRawFd;
    let mut control = [0u64; 4];
    let mut byte = 0u8;
    let mut part = libc::iovec { iov_base: (&raw mut byte).cast(), iov_len: 1 };
    // SAFETY: everything the message points at outlives the call.
    let sent = unsafe {
        let mut message: libc::msghdr = std::mem::zeroed();
        message.msg_iov = &raw mut part;
        message.msg_iovlen = 1;
        message.msg_control = control.as_mut_ptr().cast();
        message.msg_controllen = libc::CMSG_SPACE(4) as _;
        let header = libc::CMSG_FIRSTHDR(&message);
        (*header).cmsg_level = libc::SOL_SOCKET;
        (*header).cmsg_type = libc::SCM_RIGHTS;
        (*header).cmsg_len = libc::CMSG_LEN(4) as _;
        libc::CMSG_DATA(header).cast::<i32>().write_unaligned(file.as_raw_fd());
        libc::sendmsg(SOCKET, &message, libc::MSG_NOSIGNAL)
    };
    if sent < 0 { format!("refused: {}", Error::last_os_error()).into() } else { "sent".into() }
}

/// The numbers of all open descriptors.
fn descriptors() -> String {
    // SAFETY: asking about a descriptor that is not open is an error and nothing else.
    let open = (0..64).filter(|descriptor| unsafe { libc::fcntl(*descriptor, libc::F_GETFD) } >= 0);
    open.map(|descriptor| descriptor.to_string()).collect::<Vec<_>>().join(" ")
}
