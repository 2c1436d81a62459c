//! Every way a decoder fails, each with its own outcome, after which the pool works as before.

use crate::calls::{answer, block_on, call, run, settings};
use sandbox::{Ended, Pool, PoolSettings};
use std::time::{Duration, Instant};

pub const TESTS: &[crate::Test] = &[
    ("a_busy_child_runs_out_of_processor_time", a_busy_child_runs_out_of_processor_time),
    ("a_chattering_child_meets_the_wall_clock", a_chattering_child_meets_the_wall_clock),
    ("a_crash_names_its_signal", a_crash_names_its_signal),
    ("a_fault_is_ours", a_fault_is_ours),
    ("a_hanging_child_times_out", a_hanging_child_times_out),
    ("a_panic_does_not_quote_the_file", a_panic_does_not_quote_the_file),
    ("a_program_that_is_no_child_is_none_that_was_started", a_program_that_is_no_child_is_none_that_was_started),
    ("a_second_answer_reaches_nobody", a_second_answer_reaches_nobody),
    ("an_early_exit_is_a_crash_without_signal", an_early_exit_is_a_crash_without_signal),
    ("l18_a_fault_is_one_line", l18_a_fault_is_one_line),
    ("memory_is_its_own_outcome", memory_is_its_own_outcome),
    ("output_is_bounded", output_is_bounded),
];

fn hasty() -> PoolSettings {
    PoolSettings { stall: Duration::from_millis(300), wall: Duration::from_millis(900), ..settings() }
}

/// The request ends as expected, and the next one finds a pool in order.
fn check(settings: PoolSettings, cases: &[(&str, Ended)]) {
    let pool = Pool::new(settings);
    for (request, expected) in cases {
        assert_eq!(run(&pool, request), *expected, "{request}");
        assert_eq!(answer(&pool, call("copy", b"abc")), "copied 3", "after {request}");
    }
}

fn a_hanging_child_times_out() {
    let began = Instant::now();
    check(hasty(), &[("hang", Ended::Timeout), ("busy", Ended::Timeout)]);
    assert!(began.elapsed() < Duration::from_secs(3));
}

fn a_chattering_child_meets_the_wall_clock() {
    let began = Instant::now();
    check(hasty(), &[("chatter", Ended::Timeout)]);
    assert!(began.elapsed() >= Duration::from_millis(900));
}

fn a_busy_child_runs_out_of_processor_time() {
    check(PoolSettings { cpu: Duration::from_secs(1), ..settings() }, &[("busy", Ended::Timeout)]);
}

fn memory_is_its_own_outcome() {
    // Piece by piece, at one go, a C library that does not look, and the kernel's own killing.
    let cases = ["oom", "oom-once", "c-null", "kill-self"].map(|request| (request, Ended::Memory));
    check(settings(), &cases);
}

fn a_crash_names_its_signal() {
    let crashed = |signal| Ended::Crashed { signal };
    let cases =
        [("segv", crashed(libc::SIGSEGV)), ("abort", crashed(libc::SIGABRT)), ("stack", crashed(libc::SIGSEGV))];
    check(settings(), &cases);
}

fn an_early_exit_is_a_crash_without_signal() {
    check(settings(), &[("exit 0", Ended::Crashed { signal: 0 }), ("exit 3", Ended::Crashed { signal: 0 })]);
}

fn a_fault_is_ours() {
    let pool = Pool::new(settings());
    let cases = [
        ("panic", "a literal"),
        ("noise", "broke the protocol"),
        ("oversized", "an answer of 65537 bytes"),
        ("oversized-raw", "sent 100000 bytes"),
        ("close-socket", "closed its socket"),
    ];
    for (request, part) in cases {
        let Ended::Internal { detail } = run(&pool, request) else { panic!("{request} is not internal") };
        assert!(detail.contains(part), "{request}: {detail}");
        assert_eq!(answer(&pool, call("copy", b"abc")), "copied 3", "after {request}");
    }
}

/// L18: a child that was taken over wrote lines into the log that passed for the service's own.
fn l18_a_fault_is_one_line() {
    let Ended::Internal { detail } = run(&Pool::new(settings()), "forge") else { panic!("no fault") };
    assert_eq!(detail, "broken 2026-01-01T00:00:00Z  INFO all is well");
}

fn a_second_answer_reaches_nobody() {
    let pool = Pool::new(settings());
    for _ in 0..20 {
        // Whether the second is already there when the first is read is chance; that it is nobody's answer is not.
        let twice = block_on(pool.run(call("answer-twice", b"")));
        assert!(twice == Ended::Answer(b"first".into()) || matches!(twice, Ended::Internal { .. }), "{twice:?}");
        let next = block_on(pool.run(call("copy", b"")));
        assert!(next == Ended::Answer(b"copied 0".into()) || matches!(next, Ended::Internal { .. }), "{next:?}");
    }
}

fn a_panic_does_not_quote_the_file() {
    let pool = Pool::new(settings());
    let Ended::Internal { detail } = run(&pool, "panic-secret") else { panic!("not internal") };
    assert!(detail.contains("decoder.rs") && !detail.contains("secret"), "{detail}");
}

fn output_is_bounded() {
    let pool = Pool::new(settings());
    let asked = call("write", b"");
    let output = asked.output.try_clone().unwrap();
    assert_eq!(answer(&pool, asked), format!("{} FileTooLarge", 4 << 20));
    assert_eq!(output.metadata().unwrap().len(), 4 << 20);
}

fn a_program_that_is_no_child_is_none_that_was_started() {
    let pool = Pool::new(PoolSettings { program: "/bin/true".into(), ..settings() });
    assert!(matches!(block_on(pool.run(call("copy", b""))), Ended::NotStarted { .. }));
    let pool = Pool::new(PoolSettings { program: "/nowhere".into(), ..settings() });
    assert!(matches!(block_on(pool.run(call("copy", b""))), Ended::NotStarted { .. }));
    assert_eq!(pool.layers(), None);
}
