//! Small files of many kinds, made by other programs (`kinds/make.py`) from scenes that are known: what comes out is held
//! against the scene as a small copy, so that a black, inverted, shifted or swapped picture is found here without any of them.

use crate::support::{Pixels, exact};
use std::path::{Path, PathBuf};

const SIDE: u32 = 8;
/// The most that two small copies may differ, on average and in a place: JPEG and bits that were left out take some.
const FAR: f64 = 3.0;
const FAR_IN_A_PLACE: f64 = 32.0;

#[test]
fn a_picture_of_any_kind_looks_as_the_scene_it_was_made_of() {
    let expected = std::fs::read_to_string(folder().join("expected.tsv")).expect("the table");
    let mut wrong = vec![];
    for line in expected.lines() {
        let (name, colors) = line.split_once('\t').expect("a name and colours");
        let byte = |at: usize| u8::from_str_radix(&colors[at..at + 2], 16).expect("a byte");
        let colors: Vec<u8> = (0..colors.len()).step_by(2).map(byte).collect();
        assert_eq!(colors.len() as u32, SIDE * SIDE * 3, "{name}");
        let found = small(&exact(&file(name)));
        let far: Vec<f64> = found.iter().zip(&colors).map(|(found, &color)| (found - f64::from(color)).abs()).collect();
        let (mean, most) = (far.iter().sum::<f64>() / far.len() as f64, far.iter().copied().fold(0.0, f64::max));
        if mean > FAR || most > FAR_IN_A_PLACE {
            wrong.push(format!("{name}: {mean:.1} on average, {most:.0} in a place"));
        }
    }
    assert!(expected.lines().count() > 50, "the table is not whole");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pictures/kinds")
}

/// One of the files.
pub fn file(name: &str) -> Vec<u8> {
    std::fs::read(folder().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Mean colours on white of so many squares, from the top left.
fn small(picture: &Pixels) -> Vec<f64> {
    let (wide, high) = (picture.width / SIDE, picture.height / SIDE);
    let square = |at: u32| {
        let (left, top) = (at % SIDE * wide, at / SIDE * high);
        let places = (0..wide * high).map(move |at| (left + at % wide, top + at / wide));
        let sums = places.fold([0.0; 3], |sums: [f64; 3], (x, y)| {
            let [red, green, blue, alpha] = picture.at(x, y).map(f64::from);
            let on_white = [red, green, blue].map(|color| (color * alpha + 255.0 * (255.0 - alpha)) / 255.0);
            std::array::from_fn(|channel| sums[channel] + on_white[channel])
        });
        sums.map(|sum| sum / f64::from(wide * high))
    };
    (0..SIDE * SIDE).flat_map(square).collect()
}
