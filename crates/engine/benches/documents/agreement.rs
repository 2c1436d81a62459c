//! Files whose text nobody has written down: what most of the contenders read is taken for it.

use crate::contender::Contender;
use crate::report::Report;
use crate::score::{Bag, bag, f1, normal, recall};
use crate::{costs, files};
use anyhow::Result;
use std::collections::HashSet;
use std::path::PathBuf;

/// How a contender did over all files.
#[derive(Default, Clone)]
struct Sum {
    agreement: f64,
    recall: f64,
    cpu_ms: f64,
    peak_mb: f64,
}

/// Reads every file once with each contender: how much each agrees with most, its CPU time in all and the most memory.
pub fn measure(report: &mut Report, contenders: &[&Contender], name: &str, paths: &[PathBuf]) -> Result<()> {
    let (sums, with_text) = read_all(contenders, paths)?;
    if contenders.len() > 1 && with_text > 0 {
        let means = |of: fn(&Sum) -> f64| sums.iter().map(|sum| of(sum) / f64::from(with_text)).collect::<Vec<_>>();
        let agreement = means(|sum| sum.agreement);
        costs::add_numbers(report, &format!("documents.agreement_{name}"), "f1", contenders, &agreement, f64::max)?;
        // Who also reads notes and the fields of forms, as ours does, has words that most do not have.
        let recall = means(|sum| sum.recall);
        costs::add_numbers(report, &format!("documents.recall_{name}"), "share", contenders, &recall, f64::max)?;
    }
    add_costs(report, contenders, name, &sums)
}

/// The same without agreement, for files made so that most get them wrong.
pub fn measure_costs(report: &mut Report, contenders: &[&Contender], name: &str, paths: &[PathBuf]) -> Result<()> {
    let (sums, _) = read_all(contenders, paths)?;
    add_costs(report, contenders, name, &sums)
}

fn add_costs(report: &mut Report, contenders: &[&Contender], name: &str, sums: &[Sum]) -> Result<()> {
    let numbers = |of: fn(&Sum) -> f64| sums.iter().map(of).collect::<Vec<_>>();
    let cpu = format!("documents.cpu.{name}");
    costs::add_numbers(report, &cpu, "ms", contenders, &numbers(|sum| sum.cpu_ms), f64::min)?;
    let peak = format!("documents.rss_max.{name}");
    costs::add_numbers(report, &peak, "MB", contenders, &numbers(|sum| sum.peak_mb), f64::min)
}

/// What each contender did, and how many files have a text.
fn read_all(contenders: &[&Contender], paths: &[PathBuf]) -> Result<(Vec<Sum>, u32)> {
    println!("{} files, in the order {:?}", paths.len(), contenders.iter().map(|who| who.name).collect::<Vec<_>>());
    let out = files::work_folder()?.join("out");
    let mut sums = vec![Sum::default(); contenders.len()];
    let mut with_text = 0;
    for path in paths {
        let mut bags = vec![];
        for (contender, sum) in contenders.iter().zip(&mut sums) {
            let reading = contender.read(path, &out)?;
            sum.cpu_ms += costs::started_cpu_ms(&reading.cost);
            sum.peak_mb = sum.peak_mb.max(reading.cost.peak_mb);
            bags.push(bag(&normal(&reading.text, false)));
        }
        let most = most(&bags);
        if most.is_empty() {
            continue;
        }
        with_text += 1;
        let scores: Vec<f64> = bags.iter().map(|bag| f1(bag, &most)).collect();
        for ((sum, score), bag) in sums.iter_mut().zip(&scores).zip(&bags) {
            sum.agreement += score;
            sum.recall += recall(bag, &most);
        }
        let line: Vec<String> = scores.iter().map(|score| format!("{score:.3}")).collect();
        println!("  {}  {}", line.join(" "), path.file_name().unwrap_or_default().display());
    }
    Ok((sums, with_text))
}

/// Each word as often as the middle contender has it.
fn most(bags: &[Bag]) -> Bag {
    let words: HashSet<&String> = bags.iter().flat_map(Bag::keys).collect();
    let middle = |word: &String| {
        let mut counts: Vec<u32> = bags.iter().map(|bag| bag.get(word).copied().unwrap_or(0)).collect();
        counts.sort_unstable();
        counts[(counts.len() - 1) / 2]
    };
    words.into_iter().map(|word| (word.clone(), middle(word))).filter(|(_, count)| *count > 0).collect()
}
