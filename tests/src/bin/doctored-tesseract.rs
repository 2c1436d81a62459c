//! Stands in for Tesseract in tests of what its misbehaviour does to others: what it does with a page is told by how wide the
//! page is. It says of every other page that it reads "fine".
#![expect(clippy::print_stdout, reason = "it answers on standard output")]

use std::io::Read;
use std::ops::RangeInclusive;
use std::time::Duration;

/// Pixels across of a page that it dies of, but for how they are rounded.
const CRASHES: RangeInclusive<usize> = 248..=252;
/// Pixels across of a page that it takes its time over.
const SLOW: RangeInclusive<usize> = 298..=302;

fn main() {
    if std::env::args().any(|argument| argument == "--list-langs") {
        println!("List of available languages in \"/usr/share\" (2):\neng\nosd");
        return;
    }
    let mut picture = vec![];
    std::io::stdin().read_to_end(&mut picture).expect("there is a picture");
    match width(&picture) {
        Some(width) if CRASHES.contains(&width) => std::process::abort(),
        Some(width) if SLOW.contains(&width) => std::thread::sleep(Duration::from_millis(300)),
        Some(_) => {}
        None => panic!("that is no PGM"),
    }
    println!("level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext");
    println!("5\t1\t1\t1\t1\t1\t10\t10\t40\t10\t96.5\tfine");
}

fn width(pgm: &[u8]) -> Option<usize> {
    let mut words = pgm.split(u8::is_ascii_whitespace);
    words.next().filter(|magic| magic == b"P5")?;
    std::str::from_utf8(words.next()?).ok()?.parse().ok()
}
