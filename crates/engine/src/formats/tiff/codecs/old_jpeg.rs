//! JPEG before TIFF had it as it has now (TIFF 6.0, section 22): a whole JPEG somewhere in the file, or its head there and its
//! data in the strips, or tables in entries of the directory and nothing but data in the strips.

use crate::formats::jpeg::frame;
use crate::formats::tiff::directory::Directory;
use crate::formats::tiff::grid::Grid;

const START: [u8; 2] = [0xff, 0xd8];
const SCAN: u8 = 0xda;
const RESTART_INTERVAL: u8 = 0xdd;

/// One JPEG of the whole picture, if it can be put together.
pub fn old_jpeg(directory: &Directory<'_>, grid: &Grid, samples: usize) -> Option<Vec<u8>> {
    let file = directory.file();
    let first = grid.place(0);
    let strip = first.clone().and_then(|place| file.get(place)).unwrap_or_default();
    if strip.starts_with(&START) && frame(strip).is_some() && grid.chunks() == 1 {
        return Some(strip.to_vec());
    }
    let head = directory.unsigned(513).and_then(|start| file.get(usize::try_from(start).ok()?..));
    let head = head.filter(|head| head.starts_with(&START));
    match head {
        Some(head) => {
            let (segments, scan) = segments(head)?;
            // The data follow its scan's head, or the strips have them.
            let start = file.len() - head.len() + scan.map_or(segments.len(), |scan| scan.end);
            let is_whole = scan.is_some_and(|scan| scan.end + 2 < head.len())
                && (grid.chunks() == 1 || first.is_none_or(|first| first.start.abs_diff(start) <= 2));
            if is_whole {
                return Some(head.to_vec());
            }
            let scan_head = scan.and_then(|scan| head.get(scan.start..scan.end)).map(<[u8]>::to_vec);
            let has_interval = segments.windows(2).any(|pair| pair == [0xff, RESTART_INTERVAL]);
            let made = [segments.to_vec(), scan_head.unwrap_or_else(|| scan_of(samples))];
            Some(with_data(made, directory, grid, samples, !has_interval))
        }
        None => {
            let made = [tables(directory, grid, samples)?, scan_of(samples)];
            Some(with_data(made, directory, grid, samples, true))
        }
    }
}

/// True when each of several strips is a JPEG of its own.
pub fn strips_are_files(directory: &Directory<'_>, grid: &Grid) -> bool {
    let is_file = |place| {
        directory.file().get(place).is_some_and(|strip: &[u8]| strip.starts_with(&START) && frame(strip).is_some())
    };
    grid.chunks() > 1 && grid.places().count() == grid.chunks() && grid.places().all(is_file)
}

/// Where the head of the first scan is.
#[derive(Clone, Copy)]
struct Scan {
    start: usize,
    end: usize,
}

/// A JPEG's segments before its first scan, and where the head of that is.
fn segments(head: &[u8]) -> Option<(&[u8], Option<Scan>)> {
    let mut at = 2;
    loop {
        let Some(&[0xff, marker, high, low]) = head.get(at..).and_then(|rest| rest.first_chunk()) else {
            return Some((head.get(..at)?, None));
        };
        let end = at + 2 + usize::from(u16::from_be_bytes([high, low]));
        match marker {
            SCAN => return Some((&head[..at], Some(Scan { start: at, end }))),
            0xd9 => return Some((&head[..at], None)),
            _ if end > head.len() => return Some((&head[..at], None)),
            _ => at = end,
        }
    }
}

/// The head and the data of all strips; where there are several, each begins anew.
fn with_data(
    head: [Vec<u8>; 2],
    directory: &Directory<'_>,
    grid: &Grid,
    samples: usize,
    set_interval: bool,
) -> Vec<u8> {
    let file = directory.file();
    let [mut made, scan] = head;
    if set_interval && grid.chunks() > 1 {
        let (wide, high) = sampling(directory, samples);
        let units = grid.chunk.width.div_ceil(8 * wide) * grid.chunk.height.div_ceil(8 * high);
        made.extend([0xff, RESTART_INTERVAL, 0, 4]);
        made.extend((units as u16).to_be_bytes());
    }
    made.extend(scan);
    for (index, place) in grid.places().enumerate() {
        if index > 0 {
            made.extend([0xff, 0xd0 + ((index - 1) % 8) as u8]);
        }
        let data = file.get(place).unwrap_or_default();
        // Some strips bring the head of their scan along.
        let data = match data {
            [0xff, SCAN, high, low, ..] => {
                data.get(2 + usize::from(u16::from_be_bytes([*high, *low]))..).unwrap_or_default()
            }
            _ => data,
        };
        made.extend_from_slice(strip_end(data));
    }
    made.extend([0xff, 0xd9]);
    made
}

/// Without a marker at the end, which would be in the way.
fn strip_end(data: &[u8]) -> &[u8] {
    match data {
        [rest @ .., 0xff, 0xd0..=0xd9] => rest,
        _ => data,
    }
}

fn sampling(directory: &Directory<'_>, samples: usize) -> (u32, u32) {
    match directory.unsigneds(530).as_slice() {
        _ if samples < 3 => (1, 1),
        [wide, high, ..] => ((*wide).clamp(1, 4) as u32, (*high).clamp(1, 4) as u32),
        _ => (2, 2),
    }
}

/// A head made of the tables that the directory points at.
fn tables(directory: &Directory<'_>, grid: &Grid, samples: usize) -> Option<Vec<u8>> {
    const QUANTISATION: u16 = 519;
    const HUFFMAN: [(u16, u8); 2] = [(520, 0), (521, 0x10)];
    let file = directory.file();
    let mut made = START.to_vec();
    for (index, start) in directory.unsigneds(QUANTISATION).into_iter().take(samples).enumerate() {
        made.extend([0xff, 0xdb, 0, 67, index as u8]);
        made.extend(file.get(usize::try_from(start).ok()?..)?.get(..64)?);
    }
    for (tag, class) in HUFFMAN {
        for (index, start) in directory.unsigneds(tag).into_iter().take(samples).enumerate() {
            let table = file.get(usize::try_from(start).ok()?..)?;
            let codes: usize = table.get(..16)?.iter().map(|&count| usize::from(count)).sum();
            let table = table.get(..16 + codes)?;
            made.extend([0xff, 0xc4]);
            made.extend((table.len() as u16 + 3).to_be_bytes());
            made.push(class | index as u8);
            made.extend(table);
        }
    }
    let side = |side: u32| u16::try_from(side).ok().map(u16::to_be_bytes);
    made.extend([0xff, 0xc0, 0, 8 + 3 * samples as u8, 8]);
    made.extend(side(grid.size.height)?);
    made.extend(side(grid.size.width)?);
    made.push(samples as u8);
    let (wide, high) = sampling(directory, samples);
    for index in 0..samples as u8 {
        let factors = if index == 0 { (wide << 4 | high) as u8 } else { 0x11 };
        made.extend([index + 1, factors, index]);
    }
    Some(made)
}

/// The head of a scan of all components, each with tables of its own.
fn scan_of(samples: usize) -> Vec<u8> {
    let mut made = vec![0xff, SCAN, 0, 6 + 2 * samples as u8, samples as u8];
    made.extend((0..samples as u8).flat_map(|index| [index + 1, index << 4 | index]));
    made.extend([0, 63, 0]);
    made
}
