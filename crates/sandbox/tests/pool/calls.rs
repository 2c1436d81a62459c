//! How the tests ask.

use sandbox::{Call, Ended, Pool, PoolSettings};
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
    Call { request: request.into(), input, output, reuse_child: false, memory_hint_bytes: 1 << 20, on_progress: None }
}

/// A call whose child may be used again.
pub fn small(request: &str) -> Call {
    Call { reuse_child: true, ..call(request, b"") }
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
