//! The child's side: confine, say so, then answer requests until the socket closes.

use crate::confine::{self, SOCKET};
use crate::protocol::{
    CHILD_ARGUMENT, ChildSettings, MAX_ANSWER, MAX_PACKET, MAX_PROGRESS, PROGRAM_ARGUMENT, Tag, decode, encode,
};
use crate::{program, socket};
use std::fs::File;
use std::io::Seek;
use std::os::fd::BorrowedFd;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::sync::Mutex;

/// True when this process was started to be a child. Ask first thing in `main`, before any thread exists.
pub fn child_requested() -> bool {
    is_first_argument(CHILD_ARGUMENT) || is_first_argument(PROGRAM_ARGUMENT)
}

fn is_first_argument(word: &str) -> bool {
    std::env::args_os().nth(1).is_some_and(|argument| argument == word)
}

/// Confines the process and serves requests with `handler(request, input, output, progress)`. Whatever needs a file or
/// a thread must be done before this call. A panic of the handler ends the child and is reported as our own fault. Where a
/// program is to be run instead, the process becomes that program and the handler is never called.
pub fn child_main(handler: impl Fn(&[u8], &mut File, &mut File, &dyn Fn(&[u8])) -> Vec<u8>) -> ! {
    if is_first_argument(PROGRAM_ARGUMENT) {
        program::main();
    }
    std::panic::set_hook(Box::new(remember_panic));
    let code = match start() {
        Ok(()) => serve(handler),
        Err(error) => {
            // Confinement may have failed before or after the socket was moved; the wrong one of the two is closed or
            // leads nowhere.
            for descriptor in [0, SOCKET] {
                let _ = socket::send(at(descriptor), &encode(Tag::Fault, 0, error.to_string().as_bytes()));
            }
            1
        }
    };
    // SAFETY: nothing of ours needs exit handlers, and a library's may want what is now denied.
    unsafe { libc::_exit(code) }
}

fn start() -> std::io::Result<()> {
    let settings = std::env::args().nth(2).unwrap_or_default();
    let settings: ChildSettings = serde_json::from_str(&settings)?;
    let layers = confine::enter(&settings)?;
    socket::send(at(SOCKET), &encode(Tag::Ready, 0, &serde_json::to_vec(&layers)?))
}

fn serve(handler: impl Fn(&[u8], &mut File, &mut File, &dyn Fn(&[u8])) -> Vec<u8>) -> i32 {
    let mut buffer = vec![0; MAX_PACKET];
    loop {
        let (length, files) = match socket::receive_files(at(SOCKET), &mut buffer) {
            Ok((0, _)) | Err(_) => return 0,
            Ok(received) => received,
        };
        let (Some((Tag::Request, job, request)), Ok([input, output])) =
            (decode(&buffer[..length]), <[_; 2]>::try_from(files))
        else {
            return 1;
        };
        // A crash from here on is the request's; before, it was the child's own and another child gets the request.
        if socket::send(at(SOCKET), &encode(Tag::Begun, job, b"")).is_err() {
            return 1;
        }
        let (mut input, mut output) = (File::from(input), File::from(output));
        // The offset is shared with whoever used the descriptor before. What cannot seek is at its beginning.
        let _ = input.rewind();
        let progress = |note: &[u8]| {
            if note.len() <= MAX_PROGRESS {
                let _ = socket::send(at(SOCKET), &encode(Tag::Progress, job, note));
            }
        };
        let answer = catch_unwind(AssertUnwindSafe(|| handler(request, &mut input, &mut output, &progress)));
        let packet = match answer {
            Ok(answer) if answer.len() <= MAX_ANSWER => encode(Tag::Answer, job, &answer),
            Ok(answer) => encode(Tag::Fault, job, format!("an answer of {} bytes", answer.len()).as_bytes()),
            Err(_) => encode(Tag::Fault, job, last_panic().as_bytes()),
        };
        if socket::send(at(SOCKET), &packet).is_err() {
            return 1;
        }
    }
}

static PANIC: Mutex<String> = Mutex::new(String::new());

/// Keeps where it happened, and the message if it is a literal: a formatted one may quote the file.
fn remember_panic(info: &PanicHookInfo<'_>) {
    let place = info.location().map(ToString::to_string).unwrap_or_default();
    let message = info.payload().downcast_ref::<&str>().unwrap_or(&"");
    if let Ok(mut panic) = PANIC.lock() {
        *panic = format!("panic at {place}: {message}");
    }
}

fn last_panic() -> String {
    PANIC.lock().map(|panic| panic.clone()).unwrap_or_default()
}

fn at(descriptor: i32) -> BorrowedFd<'static> {
    // SAFETY: the descriptor stays open as long as the process; if it is not open the kernel says so.
    unsafe { BorrowedFd::borrow_raw(descriptor) }
}
