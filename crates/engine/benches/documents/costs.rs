//! Lines of the report: one against the best of the peers, and one against each.
//!
//! What an interpreter takes to start is not the library's fault, and a service would do it once. So a peer in Python or
//! Node is measured by its own clock from when its library is loaded, and `.with_startup` has all of it. Memory is the
//! whole process's, as that is what a machine must have; `.without_startup` has what came on top of the loaded library.
//! Of ours, and of compiled programs, everything counts.

use crate::contender::{Contender, Reading};
use crate::measure::Cost;
use crate::report::Report;
use anyhow::Result;

/// Adds CPU time and memory under those two names.
pub fn add(report: &mut Report, [cpu, rss]: [&str; 2], contenders: &[&Contender], readings: &[Reading]) -> Result<()> {
    let costs: Vec<Cost> = readings.iter().map(|reading| reading.cost).collect();
    let numbers = |of: fn(&Cost) -> f64| costs.iter().map(of).collect::<Vec<_>>();
    add_numbers(report, cpu, "ms", contenders, &numbers(started_cpu_ms), f64::min)?;
    add_numbers(report, rss, "MB", contenders, &numbers(|cost| cost.peak_mb), f64::min)?;
    for (contender, cost) in contenders.iter().zip(&costs) {
        let Some(inside) = cost.inside else { continue };
        let name = contender.name;
        report.add(&format!("{cpu}.vs_{name}.with_startup"), "ms", costs[0].cpu_ms, Some((name, cost.cpu_ms)))?;
        report.add(
            &format!("{rss}.vs_{name}.without_startup"),
            "MB",
            costs[0].peak_mb,
            Some((name, inside.grown_mb)),
        )?;
    }
    Ok(())
}

/// CPU time without the start of an interpreter.
pub fn started_cpu_ms(cost: &Cost) -> f64 {
    cost.inside.map_or(cost.cpu_ms, |inside| inside.cpu_ms)
}

/// Adds a number of each contender, ours first; `best` chooses between two of the peers'.
pub fn add_numbers(
    report: &mut Report,
    bench: &str,
    unit: &str,
    contenders: &[&Contender],
    numbers: &[f64],
    best: fn(f64, f64) -> f64,
) -> Result<()> {
    let peers: Vec<(&str, f64)> =
        contenders.iter().map(|peer| peer.name).zip(numbers.iter().copied()).skip(1).collect();
    let better = |a: (_, f64), b: (_, f64)| if best(a.1, b.1) == a.1 { a } else { b };
    report.add(bench, unit, numbers[0], peers.iter().copied().reduce(better))?;
    for (name, number) in peers {
        report.add(&format!("{bench}.vs_{name}"), unit, numbers[0], Some((name, number)))?;
    }
    Ok(())
}
