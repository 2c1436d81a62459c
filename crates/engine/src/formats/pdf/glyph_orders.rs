//! The order of glyphs in well-known TrueType families: what a glyph stands for where a file names only the family and the
//! number of the glyph. Numbers as in the families' own releases, of which pdf.js keeps a list as well.

/// Glyphs that follow each other: the number of the first, and their characters.
type Run = (u32, &'static str);

/// How nearly every TrueType font begins: as the first ones did.
const COMMON: &[Run] = &[
    (3, " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"),
    (98, "ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø¿¡¬√ƒ≈∆«»…"),
];

/// How Arial, Courier New and Times New Roman go on.
const CORE: &[Run] = &[
    (172, "ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€‹›ﬁﬂ‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇŁłŠšŽž¦ÐðÝýÞþ−×¹²³½¼¾₣ĞğİŞşĆćČčđ"),
    (258, "Ă"),
    (260, "Ąą"),
    (265, "ĘęĚěĹ"),
    (275, "Ńń"),
    (278, "ň"),
    (283, "ŘřŚś"),
    (292, "ů"),
    (295, "Źź"),
    (298, "ż"),
    (570, "АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмнопрстуфхцчшщъыьэюя"),
    (672, "אבגדהוזחטיךכלםמןנסעףפץצקרשת"),
];

/// Calibri, which orders its glyphs by their names.
const CALIBRI: &[Run] = &[
    (3, " AÀÁ"),
    (9, "Ä"),
    (17, "BC"),
    (21, "Č"),
    (24, "D"),
    (28, "EÈÉ"),
    (32, "Ě"),
    (38, "FG"),
    (44, "H"),
    (47, "IÌÍ"),
    (58, "J"),
    (60, "K"),
    (62, "L"),
    (68, "MN"),
    (75, "OÒ"),
    (80, "Ö"),
    (87, "P"),
    (89, "QR"),
    (92, "Ř"),
    (94, "S"),
    (97, "Š"),
    (100, "T"),
    (104, "U"),
    (109, "Ü"),
    (115, "VW"),
    (121, "XY"),
    (124, "Ý"),
    (127, "Z"),
    (129, "Ž"),
    (258, "aàá"),
    (263, "ä"),
    (268, "ą"),
    (271, "bcć"),
    (275, "č"),
    (282, "d"),
    (286, "eèé"),
    (290, "ě"),
    (295, "ę"),
    (296, "f"),
    (336, "g"),
    (346, "h"),
    (349, "iìí"),
    (361, "j"),
    (364, "k"),
    (367, "l"),
    (371, "ł"),
    (373, "mn"),
    (381, "oòó"),
    (386, "ö"),
    (393, "p"),
    (395, "qr"),
    (398, "ř"),
    (400, "sś"),
    (403, "š"),
    (410, "t"),
    (437, "u"),
    (442, "ü"),
    (448, "vw"),
    (454, "xy"),
    (457, "ý"),
    (460, "z"),
    (462, "žż"),
    (853, ","),
    (855, ":."),
    (876, "/"),
    (878, "-"),
    (882, "–"),
    (894, "()[]"),
    (923, "@"),
    (940, "£"),
    (1004, "0123456789"),
    (1081, "%"),
    (1085, "+−"),
];

/// Families that begin as [`COMMON`] has it, by their names without spaces, in small letters.
const COMMON_FAMILIES: &[&str] = &[
    "bookantiqua",
    "bookmanoldstyle",
    "centurygothic",
    "centuryschoolbook",
    "comicsans",
    "garamond",
    "georgia",
    "impact",
    "lucidaconsole",
    "microsoftsansserif",
    "palatinolinotype",
    "tahoma",
    "trebuchet",
    "verdana",
];

const CORE_FAMILIES: &[&str] = &["arial", "couriernew", "timesnewroman"];

/// The character of a glyph of a family that is known; `font` is the font's name.
pub fn well_known(font: &str, glyph: u32) -> Option<char> {
    let name: String = font.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    let is_one_of = |families: &[&str]| families.iter().any(|family| name.starts_with(family));
    if name.starts_with("calibri") {
        return in_runs(CALIBRI, glyph);
    }
    // They share a name with Arial, not its order.
    let is_core = is_one_of(CORE_FAMILIES) && !name.contains("unicode") && !name.contains("black");
    let is_common = is_core || is_one_of(COMMON_FAMILIES) || name.starts_with("arialblack");
    let core = is_core.then(|| in_runs(CORE, glyph)).flatten();
    core.or_else(|| is_common.then(|| common(glyph)).flatten())
}

/// The character of a glyph in a font that begins as nearly all do.
pub fn common(glyph: u32) -> Option<char> {
    in_runs(COMMON, glyph)
}

fn in_runs(runs: &[Run], glyph: u32) -> Option<char> {
    let (first, characters) = runs.iter().rev().find(|(first, _)| *first <= glyph)?;
    characters.chars().nth((glyph - first) as usize)
}
