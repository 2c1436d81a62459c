//! L13: the logs of `make up` stay below a size, and what they had to say last is there.

use std::fs::{File, OpenOptions, read_to_string};
use std::io::Write;
use std::path::Path;
use std::process::Command;

/// Larger than this and a log is moved on.
const BYTES: usize = 1000;

fn rotate(folder: &Path) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("deploy/native/rotate-logs.sh");
    let ended = Command::new(script).arg(folder).args([&BYTES.to_string(), "once"]).status().unwrap();
    assert!(ended.success());
}

#[test]
fn l13_logs_are_bounded_and_whoever_writes_one_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("web.log");
    // As the services have it: opened once, for appending.
    let mut log = OpenOptions::new().create(true).append(true).open(&path).unwrap();
    let mut write = |what: &str| log.write_all(what.repeat(BYTES).as_bytes()).unwrap();
    File::create(folder.path().join("other.txt")).unwrap().write_all(&[b'x'; 2 * BYTES]).unwrap();
    rotate(folder.path());
    assert!(!folder.path().join("web.log.1").exists(), "it is small");
    for round in ["a", "b", "c", "d"] {
        write(&format!("{round}{round}"));
        rotate(folder.path());
        assert_eq!(read_to_string(&path).unwrap(), "", "it is emptied");
    }
    let of = |name: &str| read_to_string(folder.path().join(name)).unwrap();
    assert_eq!((of("web.log.1"), of("web.log.2")), ("dd".repeat(BYTES), "cc".repeat(BYTES)));
    write("e");
    assert_eq!(of("web.log"), "e".repeat(BYTES), "and not behind a hole where the old lines were");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 4, "two old ones, and what is no log");
}
