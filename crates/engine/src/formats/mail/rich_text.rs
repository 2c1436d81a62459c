//! Rich text as Outlook keeps it ([MS-OXRTFCP]): references into the last 4096 bytes, which begin with words that are
//! usual.

use crate::containers::compound::u32_at;

const WINDOW: usize = 4096;
const USUAL: &[u8] = b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \
\\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \
\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

/// Unpacks rich text, up to `most` bytes; nothing when it is none.
pub fn unpack_rich_text(packed: &[u8], max: usize) -> Option<Vec<u8>> {
    let size = (u32_at(packed, 4)? as usize).min(max);
    let data = packed.get(16..)?;
    match u32_at(packed, 8)? {
        0x414c_454d => Some(data[..size.min(data.len())].to_vec()),
        0x7546_5a4c => Some(unpack(data, size)),
        _ => None,
    }
}

fn unpack(data: &[u8], size: usize) -> Vec<u8> {
    let mut window = [b' '; WINDOW];
    window[..USUAL.len()].copy_from_slice(USUAL);
    let (mut at, mut out) = (USUAL.len(), vec![]);
    let mut data = data.iter().copied();
    while let Some(flags) = data.next() {
        for bit in 0..8 {
            if out.len() >= size {
                return out;
            }
            let is_reference = flags >> bit & 1 == 1;
            let Some(first) = data.next() else { return out };
            if !is_reference {
                (window[at], at) = (first, (at + 1) % WINDOW);
                out.push(first);
                continue;
            }
            let Some(second) = data.next() else { return out };
            let word = usize::from(first) << 8 | usize::from(second);
            let from = word >> 4;
            // A reference to this very place is the end.
            if from == at {
                return out;
            }
            for step in 0..(word & 0xf) + 2 {
                let byte = window[(from + step) % WINDOW];
                (window[at], at) = (byte, (at + 1) % WINDOW);
                out.push(byte);
            }
        }
    }
    out
}
