//! The pool at its ordinary work: answers, progress, turns, giving up, and nothing left behind.

use crate::calls::{answer, block_on, call, run, settings};
use sandbox::{Call, Ended, Load, Pool, PoolSettings};
use std::collections::HashSet;
use std::io::{Read, Seek};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

pub const TESTS: &[crate::Test] = &[
    ("a_call_given_up_kills_its_child", a_call_given_up_kills_its_child),
    ("a_child_killed_while_idle_is_replaced", a_child_killed_while_idle_is_replaced),
    ("a_heavy_job_runs_alone", a_heavy_job_runs_alone),
    ("h5_calls_that_leave_the_last_child_leave_it", h5_calls_that_leave_the_last_child_leave_it),
    ("a_writable_input_is_refused", a_writable_input_is_refused),
    ("an_idle_child_is_small", an_idle_child_is_small),
    ("bytes_go_in_and_out", bytes_go_in_and_out),
    ("jobs_run_side_by_side", jobs_run_side_by_side),
    ("m6_no_two_calls_share_a_child", m6_no_two_calls_share_a_child),
    ("nothing_is_left_behind", nothing_is_left_behind),
    ("progress_is_heard", progress_is_heard),
];

fn bytes_go_in_and_out() {
    let pool = Pool::new(settings());
    let asked = call("copy", b"some bytes");
    let mut output = asked.output.try_clone().unwrap();
    assert_eq!(answer(&pool, asked), "copied 10");
    let mut bytes = vec![];
    output.rewind().unwrap();
    output.read_to_end(&mut bytes).unwrap();
    assert_eq!(bytes, b"some bytes");
}

fn progress_is_heard() {
    let pool = Pool::new(settings());
    let notes = Arc::new(Mutex::new(vec![]));
    let heard = notes.clone();
    let on_progress = move |note: &[u8]| heard.lock().unwrap().push(String::from_utf8_lossy(note).into_owned());
    assert_eq!(answer(&pool, Call { on_progress: Some(Box::new(on_progress)), ..call("steps", b"") }), "done");
    assert_eq!(*notes.lock().unwrap(), ["step 0", "step 1", "step 2"]);
}

/// M6: a child that one person's file took over read the next people's, and could still write to the output of its first.
fn m6_no_two_calls_share_a_child() {
    let pool = Pool::new(settings());
    let pids: HashSet<i32> = (0..5)
        .map(|_| {
            let pid = answer(&pool, call("pid", b"")).parse().unwrap();
            // SAFETY: a plain call without pointers. It is dead and reaped before its answer is heard.
            assert_eq!(unsafe { libc::kill(pid, 0) }, -1, "{pid} lives on");
            pid
        })
        .collect();
    assert_eq!(pids.len(), 5, "{pids:?}");
}

fn a_writable_input_is_refused() {
    let pool = Pool::new(settings());
    let mut asked = call("copy", b"");
    asked.input = tempfile::tempfile().unwrap();
    assert!(matches!(block_on(pool.run(asked)), Ended::Internal { .. }));
}

fn jobs_run_side_by_side() {
    let pool = Pool::new(PoolSettings { children: 2, ..settings() });
    block_on(async {
        let (hung, copied) = (pool.run(call("hang", b"")), pool.run(call("copy", b"abc")));
        tokio::select! {
            biased;
            ended = hung => panic!("the hanging job ended first: {ended:?}"),
            ended = copied => assert_eq!(ended, Ended::Answer(b"copied 3".into())),
        }
    });
}

/// H5: exports and images took every reader there was, in one line with new files, so that nobody's file was read meanwhile.
fn h5_calls_that_leave_the_last_child_leave_it() {
    let pool = Pool::new(PoolSettings { children: 2, ..settings() });
    let patient = || Call { may_take_last: false, ..call("hang", b"") };
    block_on(async {
        let hung = async { tokio::join!(pool.run(patient()), pool.run(patient()), pool.run(patient())) };
        let copied = async {
            // Once one of them has a child the others have had their chance to take the second.
            while pool.load().running == 0 {
                tokio::task::yield_now().await;
            }
            assert_eq!(pool.run(call("copy", b"abc")).await, Ended::Answer(b"copied 3".into()));
            assert_eq!(pool.load().running, 1, "one of three has a child");
        };
        tokio::select! {
            biased;
            ended = hung => panic!("the hanging calls ended first: {ended:?}"),
            () = copied => {}
        }
    });
    let alone = Pool::new(settings());
    assert_eq!(answer(&alone, Call { may_take_last: false, ..call("copy", b"abc") }), "copied 3", "there is only one");
}

fn a_heavy_job_runs_alone() {
    let pool = Pool::new(PoolSettings { children: 2, ..settings() });
    block_on(async {
        let heavy = || Call { memory_hint_bytes: 1 << 40, ..call("steps", b"") };
        let began = Instant::now();
        let (one, two) = tokio::join!(pool.run(heavy()), pool.run(heavy()));
        assert!(matches!((one, two), (Ended::Answer(_), Ended::Answer(_))));
        // Each takes 180 ms; two at once would take little more than that.
        assert!(began.elapsed() >= Duration::from_millis(360), "{:?}", began.elapsed());
    });
}

fn a_call_given_up_kills_its_child() {
    let pool = Pool::new(PoolSettings { stall: Duration::from_secs(60), wall: Duration::from_secs(60), ..settings() });
    block_on(async {
        for _ in 0..3 {
            let hung = pool.run(call("hang", b""));
            assert!(tokio::time::timeout(Duration::from_millis(50), hung).await.is_err());
        }
        // One child: this only runs because the others are dead.
        let next = tokio::time::timeout(Duration::from_secs(5), pool.run(call("copy", b"abc"))).await.unwrap();
        assert_eq!(next, Ended::Answer(b"copied 3".into()));
    });
}

fn a_child_killed_while_idle_is_replaced() {
    let pool = Pool::new(settings());
    let pid = idle_child(&pool);
    // SAFETY: the child is not reaped before the pool looks, so the number is still its own.
    unsafe { libc::kill(pid, libc::SIGKILL) };
    assert_eq!(answer(&pool, call("copy", b"abc")), "copied 3");
}

fn nothing_is_left_behind() {
    // The first runtime of a process makes sockets for signals, which stay.
    block_on(async {});
    let before = descriptors();
    let pool = Pool::new(PoolSettings { stall: Duration::from_millis(100), ..settings() });
    for _ in 0..5 {
        for request in ["copy", "panic", "segv", "exit 1", "hang", "noise"] {
            run(&pool, request);
        }
        answer(&pool, call("pid", b""));
    }
    assert_eq!(pool.load(), Load { children: 1, running: 0 });
    // A slot starts its next child after it has answered. It holds two ends of the pipe that wakes it, and of its child a
    // socket and a pipe.
    wait_until(|| descriptors() == before + 4);
    let pid = idle_child(&pool);
    drop(pool);
    // SAFETY: plain calls without pointers that matter. No child is left, dead or alive.
    unsafe {
        assert_eq!(libc::kill(pid, 0), -1);
        assert_eq!(libc::waitpid(-1, std::ptr::null_mut(), libc::WNOHANG), -1);
    }
}

fn an_idle_child_is_small() {
    let pool = Pool::new(settings());
    let pid = idle_child(&pool);
    let statm = std::fs::read_to_string(format!("/proc/{pid}/statm")).unwrap();
    let resident_kib = statm.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * 4;
    println!("an idle child has {resident_kib} KiB resident");
    assert!(resident_kib < 16 << 10, "{resident_kib} KiB");
}

/// Sockets and pipes, which is what children are held by. A runtime's own descriptors close a moment after its end.
fn descriptors() -> usize {
    let open = std::fs::read_dir("/proc/self/fd").unwrap();
    let targets = open.filter_map(|entry| std::fs::read_link(entry.unwrap().path()).ok());
    targets.filter(|target| ["socket:", "pipe:"].iter().any(|kind| target.to_string_lossy().starts_with(kind))).count()
}

/// The child that waits for its call.
fn idle_child(pool: &Pool) -> i32 {
    wait_until(|| pool.layers().is_some());
    let mut threads = std::fs::read_dir("/proc/self/task").unwrap();
    let children = threads.find_map(|thread| {
        let children = std::fs::read_to_string(thread.unwrap().path().join("children")).unwrap();
        children.split_whitespace().next().map(|pid| pid.parse().unwrap())
    });
    children.expect("a pool has a child ready")
}

fn wait_until(holds: impl Fn() -> bool) {
    let until = Instant::now() + Duration::from_secs(10);
    while !holds() {
        assert!(Instant::now() < until, "it did not come to pass in ten seconds");
        std::thread::sleep(Duration::from_millis(1));
    }
}
