//! Programs of the machine, confined: what they may do, what they may not, and that they end.

use crate::calls::{block_on, settings, without_landlock};
use sandbox::{Ended, Exited, Pool, Program, linked_files};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

pub const TESTS: &[crate::Test] = &[
    ("a_program_given_up_is_killed", a_program_given_up_is_killed),
    ("a_program_has_its_input_and_says_its_output", a_program_has_its_input_and_says_its_output),
    ("a_program_keeps_its_bounds", a_program_keeps_its_bounds),
    ("a_program_reaches_nothing", a_program_reaches_nothing),
    ("a_program_that_is_not_there_says_so", a_program_that_is_not_there_says_so),
    ("m9_without_a_file_wall_no_program_runs", m9_without_a_file_wall_no_program_runs),
];

fn program(path: &str, arguments: &[&str]) -> Program {
    Program {
        path: path.into(),
        arguments: arguments.iter().map(|&argument| argument.into()).collect(),
        environment: vec![],
        readable: linked_files(Path::new(path)).unwrap_or_default(),
        memory_bytes: 64 << 20,
        wall: Duration::from_secs(10),
        output_bytes: 1 << 20,
    }
}

fn input(bytes: &[u8]) -> File {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    File::open(file.path()).unwrap()
}

fn run(program: Program, bytes: &[u8]) -> Exited {
    block_on(Pool::new(settings()).run_program(program, input(bytes)))
}

fn a_program_has_its_input_and_says_its_output() {
    assert_eq!(run(program("/bin/cat", &[]), b"some bytes").ended, Ended::Answer(b"some bytes".into()));
    let mut named = program("/usr/bin/env", &[]);
    named.environment = vec![("ONLY".into(), "this".into())];
    assert_eq!(run(named, b"").ended, Ended::Answer(b"ONLY=this\n".into()));
    let failed = run(program("/bin/cat", &["--no-such-option"]), b"");
    assert_eq!(failed.ended, Ended::Crashed { signal: 0 });
    assert!(failed.stderr.contains("no-such-option"), "{failed:?}");
}

fn a_program_reaches_nothing() {
    let pool = Pool::new(settings());
    let others = tempfile::NamedTempFile::new().unwrap();
    let folder = others.path().parent().unwrap().to_owned();
    let refused = |what: &str, program: Program| {
        let exited = block_on(pool.run_program(program, input(b"mine")));
        assert!(!matches!(exited.ended, Ended::Answer(_)), "{what}: {exited:?}");
        let why = ["not permitted", "ermission denied", "annot fork", "File too large", "File size limit"];
        assert!(why.iter().any(|why| exited.stderr.contains(why)), "{what}: {exited:?}");
    };
    refused("another process", program("/bin/sh", &["-c", "/bin/cat /dev/null; exit 7"]));
    refused("the network", program("/bin/bash", &["-c", "exec 3<>/dev/tcp/127.0.0.1/9 || exit 7"]));
    refused("a signal", program("/bin/sh", &["-c", &format!("kill -0 {} || exit 7", std::process::id())]));
    let path = others.path().to_str().unwrap();
    refused("somebody's file", program("/bin/cat", &[path]));
    refused("a new file", program("/bin/sh", &["-c", &format!(": > {path}.new || exit 7")]));
    let mut allowed = program("/bin/cat", &[path]);
    allowed.readable.push(folder);
    let exited = block_on(pool.run_program(allowed, input(b"")));
    assert_eq!(exited.ended, Ended::Answer(vec![]), "{exited:?}");
}

/// M9: on a kernel without Landlock a recogniser that was taken over could read every secret and everybody's files.
fn m9_without_a_file_wall_no_program_runs() {
    let exited = without_landlock(|| run(program("/bin/cat", &[]), b"mine"));
    assert_eq!(exited.ended, Ended::Crashed { signal: 0 }, "{exited:?}");
    assert!(exited.stderr.contains("no Landlock"), "{exited:?}");
}

fn a_program_keeps_its_bounds() {
    let endless = |path: &str, arguments: &[&str]| {
        let mut program = program(path, arguments);
        program.readable.push(PathBuf::from("/dev/zero"));
        program
    };
    let wrote = run(endless("/bin/cat", &["/dev/zero"]), b"");
    assert!(matches!(&wrote.ended, Ended::Internal { detail } if detail.contains("wrote more")), "{wrote:?}");
    let grew = run(endless("/bin/dd", &["if=/dev/zero", "bs=1G", "count=1"]), b"");
    assert_eq!(grew.ended, Ended::Memory, "{grew:?}");
    let began = Instant::now();
    let slow = Program { wall: Duration::from_millis(300), ..program("/bin/sleep", &["60"]) };
    assert_eq!(run(slow, b"").ended, Ended::Timeout);
    let busy = Program { wall: Duration::from_millis(300), ..program("/bin/sh", &["-c", "while :; do :; done"]) };
    assert_eq!(run(busy, b"").ended, Ended::Timeout);
    assert!(began.elapsed() < Duration::from_secs(20));
}

fn a_program_given_up_is_killed() {
    let pool = Pool::new(settings());
    let began = Instant::now();
    let slow = Program { wall: Duration::from_secs(300), ..program("/bin/sleep", &["300"]) };
    block_on(async {
        let given_up = tokio::time::timeout(Duration::from_millis(200), pool.run_program(slow, input(b""))).await;
        assert!(given_up.is_err(), "{given_up:?}");
    });
    // The runtime's end waits for the thread that waits for the program.
    assert!(began.elapsed() < Duration::from_secs(60));
}

fn a_program_that_is_not_there_says_so() {
    let exited = run(program("/no/such/program", &[]), b"");
    assert_eq!(exited.ended, Ended::Crashed { signal: 0 });
    assert!(exited.stderr.starts_with("sandbox: "), "{exited:?}");
}
