//! The pictures: photos of a corpus as they are, smaller ones tiled to what a camera makes, and screenshots.

use crate::peers;
use anyhow::{Context, Result, ensure};
use std::path::{Path, PathBuf};

/// One picture.
pub struct File {
    /// Its name in the report.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// What it is.
    pub kind: Kind,
}

/// What a picture is; decides which sets take it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// A JPEG (or PNG) of a scene.
    Photo,
    /// A PNG of a screen.
    Screenshot,
    /// What only newer cameras and sites send.
    Avif,
    /// What iPhones send.
    Heic,
}

/// How a corpus file is used.
enum As {
    Is,
    /// Mirrored to that width and height (as seen), stored with that orientation.
    Tiled(u32, u32, u8),
}

use As::{Is, Tiled};
use Kind::{Avif, Heic, Photo, Screenshot};

/// Files of a corpus, below the folder that `BENCH_CORPUS` names.
const CORPUS: &[(&str, Kind, As)] = &[
    ("photo/gen_12MP.jpg", Photo, Is),
    ("photo/gen_12MP_progressive.jpg", Photo, Is),
    ("photo/gen_24MP.jpg", Photo, Is),
    ("photo/gen_48MP.jpg", Photo, Is),
    ("photo/exif-orienta__Landscape_6.jpg", Photo, Is),
    ("photo/wuffs__harvesters.png", Photo, Is),
    ("photo/Pillow__xmp_test.jpg", Photo, Tiled(4000, 3000, 1)),
    ("photo/exif-orienta__Landscape_0.jpg", Photo, Tiled(4032, 3024, 6)),
    ("photo/avif-sample-__hato.profile0.10bpc.yuv420.avif", Photo, Tiled(6000, 4000, 1)),
    ("photo/avif-sample-__fox.profile0.8bpc.yuv420.odd-width.avif", Photo, Tiled(4001, 3001, 1)),
    ("photo/avif-sample-__kimono.rotate90.avif", Photo, Tiled(3024, 4032, 8)),
    ("photo/libheif__example.avif", Photo, Tiled(3264, 2448, 1)),
    ("photo/libavif__seine_sdr_gainmap_srgb.avif", Photo, Tiled(3264, 2448, 3)),
    ("photo/libavif__paris_exif_xmp_icc.jpg", Photo, Tiled(3000, 4000, 1)),
    ("photo/libavif__kodim03_grayscale_gamma1.6-reference.png", Photo, Tiled(4000, 3000, 1)),
    ("screenshot/docling__docling_arch.png", Screenshot, Is),
    ("screenshot/docling__docling_doc_hierarchy_1.png", Screenshot, Is),
    ("screenshot/docling__docling_processing.png", Screenshot, Is),
    ("screenshot/format-corpu__page-2.png", Screenshot, Is),
    // sharp's own builds read 8 bits only.
    ("photo/avif-sample-__hato.profile0.10bpc.yuv420.avif", Avif, Tiled(4032, 3024, 1)),
    ("photo/avif-sample-__fox.profile0.8bpc.yuv420.odd-width.avif", Avif, Is),
    ("photo/avif-sample-__kimono.mirror-vertical.rotate270.avif", Avif, Is),
    ("photo/libheif__example.avif", Avif, Is),
    ("photo/avif-sample-__fox.profile0.8bpc.yuv420.odd-width.avif", Avif, Tiled(4001, 3001, 1)),
    ("photo/gen_12MP.heic", Heic, Is),
    ("photo/libheif__example.heic", Heic, Is),
];

/// Sizes and orientations the one photo of our own is tiled to.
const OWN: &[(u32, u32, u8)] = &[(4032, 3024, 1), (4032, 3024, 6), (6000, 4000, 1), (8064, 6048, 1), (1600, 1200, 1)];

/// Every picture there is to measure.
pub fn all() -> Result<Vec<File>> {
    match std::env::var_os("BENCH_CORPUS") {
        Some(folder) => corpus(Path::new(&folder)),
        None => own(),
    }
}

fn corpus(folder: &Path) -> Result<Vec<File>> {
    let file = |(path, kind, how): &(&str, Kind, As)| {
        let (source, stem) = (folder.join(path), Path::new(path).file_stem().unwrap_or_default().to_string_lossy());
        ensure!(source.is_file(), "{} is not there", source.display());
        let name = stem.rsplit("__").next().unwrap_or(&stem).to_owned();
        Ok(match *how {
            Is => File { name, path: source, kind: *kind },
            Tiled(width, height, orientation) => {
                let path = tiled(&source, &name, *kind, (width, height), orientation)?;
                File { name: format!("{name}-tiled"), path, kind: *kind }
            }
        })
    };
    CORPUS.iter().map(file).collect()
}

fn own() -> Result<Vec<File>> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/compose/samples/photo.jpg");
    let file = |&(width, height, orientation): &(u32, u32, u8)| {
        let path = tiled(&source, "photo", Photo, (width, height), orientation)?;
        Ok(File { name: format!("photo-{width}x{height}-{orientation}"), path, kind: Photo })
    };
    OWN.iter().map(file).collect()
}

/// The tiled picture, made once.
fn tiled(source: &Path, name: &str, kind: Kind, (width, height): (u32, u32), orientation: u8) -> Result<PathBuf> {
    let extension = if kind == Avif { "avif" } else { "jpg" };
    let folder = work_folder()?.join("files");
    std::fs::create_dir_all(&folder)?;
    let path = folder.join(format!("{name}-{width}x{height}-{orientation}.{extension}"));
    if !path.is_file() {
        peers::tile(source, (width, height), orientation, &path).context("tiling")?;
    }
    Ok(path)
}

/// Where pictures and results are kept.
pub fn work_folder() -> Result<PathBuf> {
    // A benchmark runs with its crate's folder as the current one, and is built below the target folder.
    let program = std::env::current_exe()?;
    let target = program.ancestors().find(|folder| folder.join("release").is_dir()).context("no target folder")?;
    let folder = target.join("bench/images");
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}
