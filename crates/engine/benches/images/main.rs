//! `make bench-images`: our presets against sharp's, same files, same run.
//!
//! Every measurement is a process of its own, which makes the same presets of one file several times: the median
//! CPU and wall time of its runs, and the most memory it ever held. Arguments choose sets; `BENCH_CORPUS` names a
//! folder with photos and screenshots, without which pictures are made of the one photo among our samples.

#![expect(clippy::print_stdout, reason = "a benchmark's output")]

mod files;
mod measure;
mod ours;
mod peers;
mod report;
mod score;
mod sets;

use anyhow::Result;

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    match args.first().map(String::as_str) {
        Some("ours") => ours::work(&args[1..]),
        _ => {
            let files = files::all()?;
            let mut report = report::Report::open()?;
            for set in sets::named(&args)? {
                println!("{}: {} files", set.name, files.iter().filter(|file| (set.takes)(file)).count());
                let results = measure::set(set, &files)?;
                report.add(set, &results)?;
            }
            Ok(())
        }
    }
}
