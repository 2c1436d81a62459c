//! Our side of a measurement: the engine as the confined child runs it, from a file into memory.

use anyhow::{Context, Result, bail};
use model::{Limits, Request, Task};
use serde_json::json;
use std::fs;
use std::time::Instant;

/// `ROWS RUNS FILE OUTDIR NAME…`, the counterpart of `work.mjs`; ROWS are presets as a setting has them.
pub fn work(args: &[String]) -> Result<()> {
    let [rows, runs, file, outdir, presets @ ..] = args else { bail!("usage: ours ROWS RUNS FILE OUTDIR PRESET…") };
    model::add_presets(rows.parse()?);
    let runs: usize = runs.parse()?;
    let request =
        Request { task: Task::Ingest { presets: presets.to_vec() }, extension: None, limits: Limits::default() };
    let (mut cpu_ms, mut wall_ms) = (vec![], vec![]);
    for run in 0..=runs {
        let (used, began) = (cpu_now_ms(), Instant::now());
        let mut output = vec![];
        let report = engine::run(&request, &mut fs::File::open(file)?, &mut output, &|_| ());
        if !report.outcome.is_success() {
            bail!("{file}: {:?}", report.outcome);
        }
        for part in &report.artifacts {
            let bytes = &output[part.offset as usize..(part.offset + part.size_bytes) as usize];
            fs::write(format!("{outdir}/{}", part.name), bytes)?;
        }
        if run > 0 || runs == 0 {
            cpu_ms.push(cpu_now_ms() - used);
            wall_ms.push(began.elapsed().as_secs_f64() * 1e3);
        }
    }
    println!("{}", json!({"cpu_ms": cpu_ms, "wall_ms": wall_ms, "peak_kib": peak_kib()?}));
    Ok(())
}

fn cpu_now_ms() -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: It writes to the struct it is given.
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut time) };
    time.tv_sec as f64 * 1e3 + time.tv_nsec as f64 / 1e6
}

fn peak_kib() -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no VmHWM")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}
