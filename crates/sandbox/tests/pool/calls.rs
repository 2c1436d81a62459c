//! How the tests ask.

use sandbox::{Call, Ended, Pool, PoolSettings};
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::time::Duration;

/// Bounds that trip soon.
pub fn settings() -> PoolSettings {
    PoolSettings {
        children: 1,
        memory_bytes: 128 << 20,
        budget_bytes: 128 << 20,
        cpu: Duration::from_secs(20),
        stall: Duration::from_secs(5),
        wall: Duration::from_secs(10),
        output_bytes: 4 << 20,
        ..PoolSettings::default()
    }
}

/// A call with this request about an input of these bytes.
pub fn call(request: &str, input: &[u8]) -> Call {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(input).unwrap();
    let input = File::open(file.path()).unwrap();
    let output = tempfile::tempfile().unwrap();
    Call { request: request.into(), input, output, memory_hint_bytes: 1 << 20, may_take_last: true, on_progress: None }
}

/// Does `work` on a thread, and with threads and processes that it starts, for which the kernel has no Landlock.
pub fn without_landlock<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let absent = BTreeMap::from([(libc::SYS_landlock_create_ruleset, vec![])]);
    let (allow, refuse) = (SeccompAction::Allow, SeccompAction::Errno(libc::ENOSYS as u32));
    let filter = SeccompFilter::new(absent, allow, refuse, std::env::consts::ARCH.try_into().unwrap()).unwrap();
    let filter: BpfProgram = filter.try_into().unwrap();
    let work = || {
        seccompiler::apply_filter(&filter).unwrap();
        work()
    };
    std::thread::scope(|scope| scope.spawn(work).join().unwrap())
}

/// Runs a future on a runtime of its own.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// Runs one request.
pub fn run(pool: &Pool, request: &str) -> Ended {
    block_on(pool.run(call(request, b"input")))
}

/// Runs one request that must be answered, and returns the answer.
pub fn answer(pool: &Pool, call: Call) -> String {
    match block_on(pool.run(call)) {
        Ended::Answer(answer) => String::from_utf8(answer).unwrap(),
        other => panic!("no answer but {other:?}"),
    }
}
