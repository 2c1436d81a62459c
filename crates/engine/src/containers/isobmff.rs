//! The container of AVIF and HEIC: items, their properties and where their bytes are (ISO/IEC 14496-12 and 23008-12).

use crate::Error;
use crate::image::{Crop, Orientation, Size};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

/// A file's `meta` box, taken apart.
pub struct Heif<'a> {
    file: &'a [u8],
    idat: &'a [u8],
    /// The item that is the picture.
    pub primary: u32,
    /// Where its number stands.
    primary_id_range: Range<usize>,
    kinds: BTreeMap<u32, Kind>,
    locations: BTreeMap<u32, Location>,
    properties: Vec<(Kind, &'a [u8])>,
    associations: BTreeMap<u32, Vec<usize>>,
    references: Vec<Reference>,
}

/// How an item's colours are described.
pub enum Colors<'a> {
    /// An ICC profile.
    Icc(&'a [u8]),
    /// Code points of ITU-T H.273.
    Named(Named),
}

/// Code points of ITU-T H.273.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Named {
    /// Colour primaries.
    pub primaries: u8,
    /// Transfer characteristics.
    pub transfer: u8,
    /// Matrix coefficients.
    pub matrix: u8,
    /// Samples use the whole range of their bits.
    pub full_range: bool,
}

type Kind = [u8; 4];

struct Location {
    in_idat: bool,
    extents: Vec<(u64, u64)>,
}

struct Reference {
    kind: Kind,
    from: u32,
    to: Vec<u32>,
}

/// True when the file begins with an `ftyp` box that names one of these brands.
pub fn has_brand(head: &[u8], brands: &[&Kind]) -> bool {
    let Some((kind, body)) = boxes(head).next() else { return false };
    let (named, _) = body.as_chunks::<4>();
    // The second word is the version of the first.
    kind == *b"ftyp" && named.iter().enumerate().any(|(index, name)| index != 1 && brands.contains(&name))
}

impl<'a> Heif<'a> {
    /// Takes the container apart.
    pub fn parse(file: &'a [u8]) -> Result<Self, Error> {
        Self::read(file).ok_or_else(|| Error::malformed("The picture's container is damaged or cut off."))
    }

    /// The type of an item.
    pub fn kind(&self, item: u32) -> Option<Kind> {
        self.kinds.get(&item).copied()
    }

    /// An item's bytes; a part of them when the file is cut off.
    pub fn data(&self, item: u32) -> Option<Cow<'a, [u8]>> {
        let location = self.locations.get(&item)?;
        let source = if location.in_idat { self.idat } else { self.file };
        let part = |&(start, length): &(u64, u64)| {
            let rest = source.get(usize::try_from(start).ok()?..)?;
            // An extent without a length goes to the end.
            let length = if length == 0 { rest.len() } else { usize::try_from(length).ok()?.min(rest.len()) };
            Some(&rest[..length])
        };
        match location.extents.as_slice() {
            [one] => part(one).map(Cow::Borrowed),
            many => many.iter().map(part).collect::<Option<Vec<_>>>().map(|parts| Cow::Owned(parts.concat())),
        }
    }

    /// False when the file ends before the bytes of an item do, or those of its parts. Decoders may take what is left of a
    /// picture for all of it.
    pub fn is_complete(&self, item: u32) -> bool {
        let is_there = |item: &u32| {
            let Some(location) = self.locations.get(item) else { return false };
            let source = if location.in_idat { self.idat } else { self.file };
            let end = location.extents.iter().map(|&(start, length)| start.saturating_add(length.max(1))).max();
            end.is_some_and(|end| end <= source.len() as u64)
        };
        // One that only stands for another has no bytes of its own.
        let is_stand_in = !self.locations.contains_key(&item) && !self.parts(item).is_empty();
        (is_stand_in || is_there(&item)) && self.parts(item).iter().all(is_there)
    }

    /// Width and height of an item as stored.
    pub fn size(&self, item: u32) -> Option<Size> {
        let mut body = Bytes(self.property(item, b"ispe")?.get(4..)?);
        Some(Size { width: body.u32()?, height: body.u32()? })
    }

    /// How the item is turned and mirrored, in the order its properties say.
    pub fn orientation(&self, item: u32) -> Orientation {
        self.properties_of(item).fold(Orientation::default(), |so_far, (kind, body)| match (&kind, body.first()) {
            (b"irot", Some(turns)) => so_far.then_turned_left(turns & 3),
            (b"imir", Some(axis)) if axis & 1 == 0 => so_far.then_flipped(),
            (b"imir", Some(_)) => so_far.then_mirrored(),
            _ => so_far,
        })
    }

    /// The part of the item that is to be seen (`clap`); `None` when it is all, or when it says nonsense.
    pub fn crop(&self, item: u32) -> Option<Crop> {
        let size = self.size(item)?;
        let mut body = Bytes(self.property(item, b"clap")?);
        let mut fraction = || Some((f64::from(body.u32()? as i32), f64::from(body.u32()?)));
        let mut quotient = || fraction().and_then(|(top, bottom)| (bottom > 0.0).then_some(top / bottom));
        let (width, height, right, down) = (quotient()?, quotient()?, quotient()?, quotient()?);
        // The offsets are between the centres.
        let start = |side: u32, kept: f64, offset: f64| {
            let start = ((f64::from(side) - kept) / 2.0 + offset).round();
            (kept >= 1.0 && start >= 0.0 && start + kept.round() <= f64::from(side)).then_some(start as u32)
        };
        let (left, top) = (start(size.width, width, right)?, start(size.height, height, down)?);
        Some(Crop { left, top, size: Size { width: width.round() as u32, height: height.round() as u32 } })
    }

    /// The item's profile, and the names of its colours.
    pub fn colors(&self, item: u32) -> impl Iterator<Item = Colors<'a>> {
        self.properties_of(item).filter(|(kind, _)| kind == b"colr").filter_map(|(_, body)| {
            let (kind, body) = body.split_first_chunk::<4>()?;
            match kind {
                b"prof" | b"rICC" => Some(Colors::Icc(body)),
                b"nclx" => {
                    let mut body = Bytes(body);
                    let mut code = || body.u16().map(|code| u8::try_from(code).unwrap_or(2));
                    let (primaries, transfer, matrix) = (code()?, code()?, code()?);
                    Some(Colors::Named(Named { primaries, transfer, matrix, full_range: body.u8()? & 0x80 != 0 }))
                }
                _ => None,
            }
        })
    }

    /// The item with the opacity of this one, and whether the colours are multiplied by it.
    pub fn alpha(&self, item: u32) -> Option<(u32, bool)> {
        let alpha = self.references.iter().find(|reference| {
            let aux = self.property(reference.from, b"auxC").and_then(|body| body.get(4..)).unwrap_or_default();
            let is_alpha = [&b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha"[..], b"urn:mpeg:hevc:2015:auxid:1"];
            reference.kind == *b"auxl"
                && reference.to.contains(&item)
                && is_alpha.iter().any(|name| aux.starts_with(name))
        })?;
        let premultiplied = self.references.iter().any(|reference| {
            reference.kind == *b"prem" && reference.from == item && reference.to.contains(&alpha.from)
        });
        Some((alpha.from, premultiplied))
    }

    /// Rows and columns of an item that is a grid of others (ISO/IEC 23008-12, 6.6.2.3).
    pub fn grid(&self, item: u32) -> Option<(usize, usize)> {
        let description = self.data(item).filter(|_| self.kind(item) == Some(*b"grid"))?;
        let &[_, _, rows, columns, ..] = &*description else { return None };
        Some((usize::from(rows) + 1, usize::from(columns) + 1))
    }

    /// Where the file has the number of the item that is the picture, of two or four bytes.
    pub fn primary_id_range(&self) -> Range<usize> {
        self.primary_id_range.clone()
    }

    /// The items this one is put together from.
    pub fn parts(&self, item: u32) -> &[u32] {
        let parts = self.references.iter().find(|reference| reference.kind == *b"dimg" && reference.from == item);
        parts.map(|reference| reference.to.as_slice()).unwrap_or_default()
    }

    fn properties_of(&self, item: u32) -> impl Iterator<Item = (Kind, &'a [u8])> {
        let numbers = self.associations.get(&item).map(Vec::as_slice).unwrap_or_default();
        // Numbers begin with 1; 0 means none.
        numbers.iter().filter_map(|number| self.properties.get(number.checked_sub(1)?).copied())
    }

    fn property(&self, item: u32, kind: &Kind) -> Option<&'a [u8]> {
        self.properties_of(item).find(|(found, _)| found == kind).map(|(_, body)| body)
    }

    fn read(file: &'a [u8]) -> Option<Self> {
        let meta = child(file, b"meta")?.get(4..)?;
        let mut primary = Bytes(child(meta, b"pitm")?);
        let version = primary.u32()? >> 24;
        let start = primary.0.as_ptr().addr() - file.as_ptr().addr();
        let primary_id_range = start..start + if version > 0 { 4 } else { 2 };
        let item_properties = child(meta, b"iprp")?;
        Some(Self {
            file,
            idat: child(meta, b"idat").unwrap_or_default(),
            primary: primary.id(version > 0)?,
            primary_id_range,
            kinds: kinds(child(meta, b"iinf")?)?,
            locations: locations(child(meta, b"iloc")?)?,
            properties: boxes(child(item_properties, b"ipco")?).collect(),
            associations: associations(child(item_properties, b"ipma")?)?,
            references: child(meta, b"iref").map_or(Some(vec![]), references)?,
        })
    }
}

fn kinds(iinf: &[u8]) -> Option<BTreeMap<u32, Kind>> {
    let header = if iinf.first()? == &0 { 6 } else { 8 };
    let entry = |(_, body): (Kind, &[u8])| {
        let mut body = Bytes(body);
        let version = body.u32()? >> 24;
        let id = body.id(version > 2)?;
        body.u16()?;
        Some((id, body.kind()?))
    };
    Some(boxes(iinf.get(header..)?).filter_map(entry).collect())
}

fn locations(iloc: &[u8]) -> Option<BTreeMap<u32, Location>> {
    let mut body = Bytes(iloc);
    let version = body.u32()? >> 24;
    let (sizes, more_sizes) = (body.u8()?, body.u8()?);
    let (offset_size, length_size) = (sizes >> 4, sizes & 15);
    let (base_size, index_size) = (more_sizes >> 4, if version > 0 { more_sizes & 15 } else { 0 });
    let count = body.id(version > 1)?;
    let mut locations = BTreeMap::new();
    for _ in 0..count {
        let id = body.id(version > 1)?;
        let in_idat = version > 0 && body.u16()? & 15 == 1;
        body.u16()?;
        let base = body.number(base_size)?;
        let extents = body.u16()?;
        let extents = (0..extents).map(|_| {
            body.number(index_size)?;
            Some((base.checked_add(body.number(offset_size)?)?, body.number(length_size)?))
        });
        let extents = extents.collect::<Option<_>>()?;
        locations.insert(id, Location { in_idat, extents });
    }
    Some(locations)
}

fn associations(ipma: &[u8]) -> Option<BTreeMap<u32, Vec<usize>>> {
    let mut body = Bytes(ipma);
    let version_and_flags = body.u32()?;
    let (long_ids, long_numbers) = (version_and_flags >> 24 > 0, version_and_flags & 1 == 1);
    let count = body.u32()?;
    let mut associations = BTreeMap::new();
    for _ in 0..count {
        let id = body.id(long_ids)?;
        let numbers = body.u8()?;
        // The highest bit says that the property is essential.
        let numbers = (0..numbers).map(|_| match long_numbers {
            true => body.u16().map(|number| usize::from(number & 0x7fff)),
            false => body.u8().map(|number| usize::from(number & 0x7f)),
        });
        let numbers = numbers.collect::<Option<_>>()?;
        associations.insert(id, numbers);
    }
    Some(associations)
}

fn references(iref: &[u8]) -> Option<Vec<Reference>> {
    let long_ids = iref.first()? > &0;
    let reference = |(kind, body)| {
        let mut body = Bytes(body);
        let from = body.id(long_ids)?;
        let count = body.u16()?;
        let to = (0..count).map(|_| body.id(long_ids)).collect::<Option<_>>()?;
        Some(Reference { kind, from, to })
    };
    Some(boxes(iref.get(4..)?).filter_map(reference).collect())
}

/// The body of a file's first box of that type; cut off where the file is.
pub fn box_of<'a>(file: &'a [u8], kind: &Kind) -> Option<&'a [u8]> {
    child(file, kind)
}

fn child<'a>(within: &'a [u8], kind: &Kind) -> Option<&'a [u8]> {
    boxes(within).find(|(found, _)| found == kind).map(|(_, body)| body)
}

/// Type and body of every box; the last one may be cut off.
fn boxes(within: &[u8]) -> impl Iterator<Item = (Kind, &[u8])> {
    let mut rest = Bytes(within);
    std::iter::from_fn(move || {
        let start = rest.0;
        let (size, kind) = (rest.u32()?, rest.kind()?);
        let size = match size {
            0 => start.len() as u64,
            1 => rest.number(8)?,
            size => u64::from(size),
        };
        let header = start.len() - rest.0.len();
        let end = usize::try_from(size).ok()?.min(start.len());
        let body = start.get(header..end)?;
        rest.0 = &start[end..];
        Some((kind, body))
    })
}

/// Big-endian numbers, one after another.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*array)
    }

    fn u8(&mut self) -> Option<u8> {
        self.array().map(u8::from_be_bytes)
    }

    fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_be_bytes)
    }

    fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }

    fn kind(&mut self) -> Option<Kind> {
        self.array()
    }

    fn id(&mut self, long: bool) -> Option<u32> {
        if long { self.u32() } else { self.u16().map(u32::from) }
    }

    fn number(&mut self, bytes: u8) -> Option<u64> {
        match bytes {
            0 => Some(0),
            4 => self.u32().map(u64::from),
            8 => self.array().map(u64::from_be_bytes),
            _ => None,
        }
    }
}

impl Named {
    /// The code points an item carries.
    pub fn find(heif: &Heif<'_>, item: u32) -> Option<Self> {
        heif.colors(item).find_map(|colors| match colors {
            Colors::Named(named) => Some(named),
            Colors::Icc(_) => None,
        })
    }
}
