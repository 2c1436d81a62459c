//! What a process takes, its children included.

use crate::files;
use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};
use std::ffi::OsStr;
use std::fmt;
use std::process::{Command, Stdio};
use std::time::Instant;

/// CPU time after which a program is stopped: it has met a file that it cannot read.
const CPU_SECONDS: u64 = 60;

/// What one run took.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct Cost {
    /// CPU time, in user and kernel mode.
    pub cpu_ms: f64,
    /// From start to end.
    pub wall_ms: f64,
    /// The most memory of the process or of one of its children, in MB.
    pub peak_mb: f64,
    /// For what an interpreter runs, the same without starting it.
    pub inside: Option<Inside>,
}

/// What a script says it took, once its interpreter and its library were there.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Inside {
    /// CPU time of all its threads since then.
    pub cpu_ms: f64,
    /// How much more memory it came to hold.
    pub grown_mb: f64,
}

/// One run.
pub struct Run {
    /// It ended well.
    pub success: bool,
    /// What it printed.
    pub stdout: String,
    /// What it took.
    pub cost: Cost,
}

#[derive(Serialize, Deserialize)]
struct Usage {
    success: bool,
    cost: Cost,
}

/// Runs a command. Between us and it stands a process of our own: it is small, and the memory of whoever starts a program
/// counts as that program's until it is loaded.
pub fn run(command: &Command) -> Result<Run> {
    let usage = tempfile::NamedTempFile::new_in(files::work_folder()?)?;
    let mut measured = Command::new(std::env::current_exe()?);
    measured.arg("child-measure").arg(usage.path()).arg(command.get_program()).args(command.get_args());
    if let Some(folder) = command.get_current_dir() {
        measured.current_dir(folder);
    }
    measured.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = measured.stdin(Stdio::null()).output().with_context(|| format!("{command:?}"))?;
    let problem = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{command:?}: {problem}");
    let Usage { success, mut cost } = serde_json::from_slice(&std::fs::read(usage.path())?)?;
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    cost.inside = stdout.lines().next_back().and_then(|line| serde_json::from_str(line).ok());
    Ok(Run { success, stdout, cost })
}

/// `USAGE PROGRAM ARG…`: runs the program and writes into a file what it took.
pub fn child(args: &[String]) -> Result<()> {
    let [usage, program, args @ ..] = args else { anyhow::bail!("usage: child-measure USAGE PROGRAM ARG…") };
    limit_cpu()?;
    let began = Instant::now();
    let child = Command::new(program).args(args.iter().map(OsStr::new)).spawn().with_context(|| program.clone())?;
    let (mut status, mut used) = (0, rusage());
    // SAFETY: It waits for a child of ours that nobody else waits for, and writes to what it is given.
    let waited = unsafe { libc::wait4(child.id().cast_signed(), &raw mut status, 0, &raw mut used) };
    ensure!(waited > 0, "waiting for {program}: {}", std::io::Error::last_os_error());
    let wall_ms = began.elapsed().as_secs_f64() * 1e3;
    let ms = |time: libc::timeval| time.tv_sec as f64 * 1e3 + time.tv_usec as f64 / 1e3;
    let cpu_ms = ms(used.ru_utime) + ms(used.ru_stime);
    let cost = Cost { cpu_ms, wall_ms, peak_mb: used.ru_maxrss as f64 / 1024.0, inside: None };
    Ok(std::fs::write(usage, serde_json::to_vec(&Usage { success: status == 0, cost })?)?)
}

fn rusage() -> libc::rusage {
    // SAFETY: It is numbers only, for which zero is a value.
    unsafe { std::mem::zeroed() }
}

/// Limits this process, which needs none, and so the one it starts.
fn limit_cpu() -> Result<()> {
    let limit = libc::rlimit { rlim_cur: CPU_SECONDS, rlim_max: CPU_SECONDS };
    // SAFETY: It reads the struct it is given.
    let set = unsafe { libc::setrlimit(libc::RLIMIT_CPU, &raw const limit) };
    ensure!(set == 0, "limiting the CPU time: {}", std::io::Error::last_os_error());
    Ok(())
}

impl Cost {
    /// Each number's median.
    pub fn median(costs: impl Iterator<Item = Self>) -> Result<Self> {
        let costs: Vec<Self> = costs.collect();
        ensure!(!costs.is_empty(), "nothing was measured");
        let of = |number: fn(&Self) -> f64| median(costs.iter().map(number).collect());
        let inside = |number: fn(&Inside) -> f64| {
            median(costs.iter().filter_map(|cost| cost.inside.as_ref().map(number)).collect())
        };
        let inside = costs[0]
            .inside
            .map(|_| Inside { cpu_ms: inside(|inside| inside.cpu_ms), grown_mb: inside(|inside| inside.grown_mb) });
        Ok(Self {
            cpu_ms: of(|cost| cost.cpu_ms),
            wall_ms: of(|cost| cost.wall_ms),
            peak_mb: of(|cost| cost.peak_mb),
            inside,
        })
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cpu_ms, wall_ms, peak_mb, inside } = self;
        write!(f, "cpu {cpu_ms:8.1} ms  wall {wall_ms:8.1} ms  peak {peak_mb:7.1} MB")?;
        match inside {
            Some(Inside { cpu_ms, grown_mb }) => write!(f, "  (once started {cpu_ms:.1} ms, {grown_mb:.1} MB)"),
            None => Ok(()),
        }
    }
}
