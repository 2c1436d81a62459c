//! The settings of Postgres follow POSTGRES_MEMORY, and those for 200 MB are the ones of postgresql.conf.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Its settings in kB, but for the number of connections; or what it says instead.
fn settings(memory: &str) -> Result<BTreeMap<String, u64>, String> {
    let script = root().join("deploy/postgres/settings.sh");
    let ended = Command::new("sh").arg(script).arg(memory).output().unwrap();
    if !ended.status.success() {
        return Err(String::from_utf8(ended.stderr).unwrap());
    }
    let lines = String::from_utf8(ended.stdout).unwrap();
    let pairs = lines.lines().map(|line| line.split_once('=').unwrap());
    Ok(pairs.map(|(name, value)| (name.to_owned(), value.trim_end_matches("kB").parse().unwrap())).collect())
}

#[test]
fn two_hundred_megabytes_are_what_the_file_says() {
    let file = std::fs::read_to_string(root().join("deploy/postgres/postgresql.conf")).unwrap();
    for (name, value) in settings("200m").unwrap() {
        let line = file.lines().find_map(|line| line.strip_prefix(&format!("{name} = "))).unwrap();
        let in_file = match line.strip_suffix("MB") {
            Some(megabytes) => megabytes.parse::<u64>().unwrap() * 1024,
            None => line.parse().unwrap(),
        };
        assert_eq!(value, in_file, "{name}");
    }
}

/// What is shared, and a sort of every connection at once, stay below two thirds; the rest is the connections' own.
#[test]
fn with_any_memory_everything_fits() {
    let mut before = 0;
    for memory in ["96m", "128m", "200m", "209715200", "512m", "1g", "1GB", "4g", "64g"] {
        let settings = settings(memory).unwrap();
        let bytes_kb = match memory.trim_end_matches('B').split_at(memory.trim_end_matches('B').len() - 1) {
            (number, "m") => number.parse::<u64>().unwrap() << 10,
            (number, "g" | "G") => number.parse::<u64>().unwrap() << 20,
            _ => memory.parse::<u64>().unwrap() >> 10,
        };
        let (connections, shared) = (settings["max_connections"], settings["shared_buffers"]);
        assert!(shared + connections * settings["work_mem"] <= bytes_kb * 2 / 3, "{memory}: {settings:?}");
        assert!(connections >= 24 && shared >= before, "{memory}: {settings:?}");
        before = shared;
    }
}

#[test]
fn what_is_no_size_or_too_little_is_said() {
    for memory in ["", "m", "lots", "12mm", "-1", "1 g"] {
        let said = settings(memory).unwrap_err();
        assert!(said.contains(&format!("POSTGRES_MEMORY={memory} is no size")), "{said}");
    }
    assert!(settings("64m").unwrap_err().contains("too little"));
}
