//! Who is measured: a program that reads one file and writes its text into another.

use crate::measure::{self, Cost};
use anyhow::Result;
use std::path::Path;
use std::process::Command;

/// One program.
pub struct Contender {
    /// Its name in the report.
    pub name: &'static str,
    /// The command that writes the text of the first file into the second.
    pub command: fn(&Path, &Path) -> Result<Command>,
    /// What the text is, of the file written and of what was printed.
    pub text: fn(&Path, &str) -> Result<String>,
}

/// What a contender made of one file, and what that took.
pub struct Reading {
    /// The text; empty where it was refused.
    pub text: String,
    /// What it took.
    pub cost: Cost,
}

impl Contender {
    /// Reads a file once. A program that refuses the file, or is stopped, has read nothing.
    pub fn read(&self, file: &Path, out: &Path) -> Result<Reading> {
        _ = std::fs::remove_file(out);
        let run = measure::run(&(self.command)(file, out)?)?;
        let text = if run.success { (self.text)(out, &run.stdout)? } else { String::new() };
        Ok(Reading { text, cost: run.cost })
    }
}

/// The text of the file as it is.
pub fn whole_file(out: &Path, _: &str) -> Result<String> {
    Ok(String::from_utf8_lossy(&std::fs::read(out)?).into_owned())
}

/// Reads a file `runs` times with every contender, in turns so that whatever else the machine does meets them all, after
/// a turn that warms up. Gives the last text of each and the median of what it took.
pub fn turns(contenders: &[&Contender], file: &Path, out: &Path, runs: usize) -> Result<Vec<Reading>> {
    let mut readings: Vec<Vec<Reading>> = contenders.iter().map(|_| vec![]).collect();
    for turn in 0..=runs {
        for (contender, readings) in contenders.iter().zip(&mut readings) {
            let reading = contender.read(file, out)?;
            if turn > 0 {
                readings.push(reading);
            }
        }
    }
    let medians = contenders.iter().zip(readings).map(|(contender, readings)| {
        let cost = Cost::median(readings.iter().map(|reading| reading.cost))?;
        let text = readings.into_iter().next_back().map(|reading| reading.text).unwrap_or_default();
        println!("  {:12} {cost}  {} characters", contender.name, text.chars().count());
        Ok(Reading { text, cost })
    });
    medians.collect()
}
