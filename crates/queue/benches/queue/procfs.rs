//! What processes cost, as Linux counts it.

use std::fs;

/// Linux counts CPU time in ticks of 10 ms on every platform it still supports.
const TICKS_PER_S: f64 = 100.0;

/// The fields of a process's stat from its third on (state, parent, …), after a name that may contain anything.
fn stat(process: &str) -> Option<Vec<String>> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    Some(stat[stat.rfind(')')? + 2..].split_whitespace().map(str::to_owned).collect())
}

fn ticks(stat: &[String], fields: std::ops::Range<usize>) -> f64 {
    stat[fields].iter().filter_map(|field| field.parse::<f64>().ok()).sum()
}

/// CPU seconds of a process, user and system.
pub fn cpu_s(process: &str) -> f64 {
    stat(process).map_or(0.0, |stat| ticks(&stat, 11..13) / TICKS_PER_S)
}

/// CPU seconds of a process with all its children, those that have ended included.
pub fn family_cpu_s(parent: &str) -> f64 {
    let own = stat(parent).map_or(0.0, |stat| ticks(&stat, 11..15));
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let children = entries.filter_map(|entry| stat(entry.file_name().to_str()?)).filter(|stat| stat[1] == parent);
    (own + children.map(|stat| ticks(&stat, 11..13)).sum::<f64>()) / TICKS_PER_S
}

/// The parent of a process.
pub fn parent(process: &str) -> Option<String> {
    stat(process).map(|stat| stat[1].clone())
}

/// Resident memory in MB: `VmRSS` for now, `VmHWM` for the most it ever was.
pub fn memory_mb(process: &str, what: &str) -> f64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(what)).expect("Linux says so");
    line.split_whitespace().find_map(|word| word.parse::<f64>().ok()).expect("kB") / 1024.0
}
