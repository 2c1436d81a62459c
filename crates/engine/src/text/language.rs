//! Which language a text is written in, when there is little doubt.

use whatlang::{Detector, Lang};

/// Pieces looked at, spread over the text: a long text costs no more than a short one, and one foreign chapter decides nothing.
const PIECES: usize = 9;
/// Bytes of a piece.
const PIECE_BYTES: usize = 2_000;
/// Letters below which a piece says nothing: a name or two look like any language.
const LETTERS: usize = 20;

/// The language as a BCP 47 tag (`en`, `zh`), or nothing where the pieces are in doubt or most of them do not agree.
/// `read` gives so many bytes of the text at a place.
pub fn language<E>(
    length: usize,
    mut read: impl FnMut(usize, &mut [u8]) -> Result<(), E>,
) -> Result<Option<&'static str>, E> {
    let starts = starts(length);
    let mut votes: Vec<Lang> = vec![];
    for start in &starts {
        let mut piece = vec![0; PIECE_BYTES.min(length - start)];
        read(*start, &mut piece)?;
        // Characters that lost a part at either end are left out.
        let piece: String = piece.utf8_chunks().map(|chunk| chunk.valid()).collect();
        votes.extend(vote(&piece));
    }
    Ok(agreed(&votes, starts.len()))
}

/// What most of the pieces are in.
fn agreed(votes: &[Lang], pieces: usize) -> Option<&'static str> {
    let first = votes.iter().copied().max_by_key(|lang| (count(votes, *lang), std::cmp::Reverse(lang.code())))?;
    // Tables and lists of numbers are no voice against: of those that say something, two thirds say the same.
    let agree = count(votes, first);
    (agree * 3 >= votes.len() * 2 && agree * 3 >= pieces).then(|| tag(first))
}

fn count(votes: &[Lang], lang: Lang) -> usize {
    votes.iter().filter(|&&vote| vote == lang).count()
}

fn vote(piece: &str) -> Option<Lang> {
    let letters = piece.chars().filter(|c| c.is_alphabetic()).count();
    let ideographs = piece.chars().filter(|&c| c >= '\u{2e80}').count();
    // An ideograph says as much as several letters.
    if letters + 3 * ideographs < LETTERS {
        return None;
    }
    // Esperanto and Latin are far likelier to be a list of names or a filler text than themselves.
    let detector = Detector::with_denylist(vec![Lang::Epo, Lang::Lat]);
    detector.detect(piece).filter(whatlang::Info::is_reliable).map(|info| info.lang())
}

/// Where pieces begin.
fn starts(length: usize) -> Vec<usize> {
    if length <= PIECE_BYTES * PIECES {
        return (0..length).step_by(PIECE_BYTES).collect();
    }
    let step = (length - PIECE_BYTES) / (PIECES - 1);
    (0..PIECES).map(|n| n * step).collect()
}

/// ISO 639-1, which BCP 47 asks for where there is such a code; here there is one for every language.
fn tag(lang: Lang) -> &'static str {
    match lang {
        Lang::Afr => "af",
        Lang::Aka => "ak",
        Lang::Amh => "am",
        Lang::Ara => "ar",
        Lang::Aze => "az",
        Lang::Bel => "be",
        Lang::Ben => "bn",
        Lang::Bul => "bg",
        Lang::Cat => "ca",
        Lang::Ces => "cs",
        Lang::Cmn => "zh",
        Lang::Cym => "cy",
        Lang::Dan => "da",
        Lang::Deu => "de",
        Lang::Ell => "el",
        Lang::Eng => "en",
        Lang::Epo => "eo",
        Lang::Est => "et",
        Lang::Fin => "fi",
        Lang::Fra => "fr",
        Lang::Guj => "gu",
        Lang::Heb => "he",
        Lang::Hin => "hi",
        Lang::Hrv => "hr",
        Lang::Hun => "hu",
        Lang::Hye => "hy",
        Lang::Ind => "id",
        Lang::Ita => "it",
        Lang::Jav => "jv",
        Lang::Jpn => "ja",
        Lang::Kan => "kn",
        Lang::Kat => "ka",
        Lang::Khm => "km",
        Lang::Kor => "ko",
        Lang::Lat => "la",
        Lang::Lav => "lv",
        Lang::Lit => "lt",
        Lang::Mal => "ml",
        Lang::Mar => "mr",
        Lang::Mkd => "mk",
        Lang::Mya => "my",
        Lang::Nep => "ne",
        Lang::Nld => "nl",
        Lang::Nob => "nb",
        Lang::Ori => "or",
        Lang::Pan => "pa",
        Lang::Pes => "fa",
        Lang::Pol => "pl",
        Lang::Por => "pt",
        Lang::Ron => "ro",
        Lang::Rus => "ru",
        Lang::Sin => "si",
        Lang::Slk => "sk",
        Lang::Slv => "sl",
        Lang::Sna => "sn",
        Lang::Spa => "es",
        Lang::Srp => "sr",
        Lang::Swe => "sv",
        Lang::Tam => "ta",
        Lang::Tel => "te",
        Lang::Tgl => "tl",
        Lang::Tha => "th",
        Lang::Tuk => "tk",
        Lang::Tur => "tr",
        Lang::Ukr => "uk",
        Lang::Urd => "ur",
        Lang::Uzb => "uz",
        Lang::Vie => "vi",
        Lang::Yid => "yi",
        Lang::Zul => "zu",
    }
}
