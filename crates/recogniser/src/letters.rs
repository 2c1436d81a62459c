//! What a line says, from what a model made of its picture: for each step along it how likely each letter is, or none
//! (connectionist temporal classification, read greedily).

/// How likely a space between two letters must be, over all steps between them, where each step by itself finds something else
/// likelier. The model loses spaces of coarse pictures and invents none: in the readable lines of 41 scans and of four pages whose
/// text is known, those it lost have .35 and more, letters that belong together .23 at most.
const SPACE: f32 = 0.3;

/// One letter of a line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Letter {
    pub letter: char,
    /// Its middle: 0 is the line's beginning, 1 its end.
    pub at: f32,
    /// From 0 to 1.
    pub sure: f32,
}

/// The letters of a line. `alphabet` has those of all classes but the first, which is no letter; `likely` has a row of all
/// classes for each step.
pub fn letters(alphabet: &[char], likely: &[f32]) -> Vec<Letter> {
    let rows = likely.chunks_exact(alphabet.len() + 1);
    let steps = rows.len() as f32;
    let space = alphabet.iter().position(|&letter| letter == ' ').map(|at| at + 1);
    let mut letters: Vec<Letter> = vec![];
    let mut last = 0;
    let mut spaces = 0.0;
    for (step, row) in rows.enumerate() {
        let best = row.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
        let (class, sure) = best.map_or((0, 0.0), |(class, sure)| (class, *sure));
        // The same letter twice in a word has a step of no letter between.
        if class != last && class > 0 {
            let next = Letter { letter: alphabet[class - 1], at: (step as f32 + 0.5) / steps, sure };
            if let Some(before) =
                letters.last().filter(|before| spaces >= SPACE && before.letter != ' ' && next.letter != ' ')
            {
                letters.push(Letter { letter: ' ', at: (before.at + next.at) / 2.0, sure: f32::min(spaces, 1.0) });
            }
            letters.push(next);
            spaces = 0.0;
        }
        spaces += space.map_or(0.0, |space| row[space]);
        last = class;
    }
    letters
}

/// How sure a line is of its letters, from 0 to 1; a line without any is not sure of anything.
pub fn sureness(letters: &[Letter]) -> f32 {
    letters.iter().map(|letter| letter.sure).sum::<f32>() / letters.len().max(1) as f32
}

/// A word of a line, or an ideograph, which is one by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Word {
    pub text: String,
    /// Where it begins and ends: 0 is the line's beginning, 1 its end.
    pub from: f32,
    pub to: f32,
    /// From 0 to 1.
    pub sure: f32,
}

/// Letters as words.
pub fn words(letters: &[Letter]) -> Vec<Word> {
    let pieces = letters.chunk_by(|a, b| {
        !a.letter.is_whitespace()
            && !b.letter.is_whitespace()
            && !model::is_spaceless(a.letter)
            && !model::is_spaceless(b.letter)
    });
    // Letters have a middle only; they reach half way to each other.
    let half = |piece: &[Letter]| match piece {
        [first, .., last] => (last.at - first.at) / (piece.len() - 1) as f32 / 2.0,
        _ => 0.5 / letters.len() as f32,
    };
    let word = |piece: &[Letter]| {
        let (first, last) = (piece.first()?, piece.last()?);
        (!first.letter.is_whitespace()).then(|| Word {
            text: piece.iter().map(|letter| letter.letter).collect(),
            from: (first.at - half(piece)).max(0.0),
            to: (last.at + half(piece)).min(1.0),
            sure: sureness(piece),
        })
    };
    pieces.filter_map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALPHABET: [char; 4] = ['a', 'b', '中', ' '];

    /// What a model would say to see these classes, one a step; 0 is none.
    fn likely(classes: &[usize]) -> Vec<f32> {
        let row = |&class: &usize| (0..=ALPHABET.len()).map(move |at| if at == class { 0.8 } else { 0.05 });
        classes.iter().flat_map(row).collect()
    }

    fn read(classes: &[usize]) -> Vec<Letter> {
        letters(&ALPHABET, &likely(classes))
    }

    #[test]
    fn a_letter_that_goes_on_is_one_and_one_with_a_pause_is_two() {
        let text = |classes: &[usize]| read(classes).iter().map(|letter| letter.letter).collect::<String>();
        assert_eq!(text(&[0, 1, 1, 0, 1, 2, 2, 0]), "aab");
        assert_eq!(text(&[1, 4, 2]), "a b");
        assert_eq!(text(&[0, 0, 0]), "");
        assert_eq!(text(&[]), "");
    }

    #[test]
    fn a_space_that_no_step_is_sure_of_may_be_one_over_several() {
        let read = |shares: [f32; 3]| {
            let mut likely = likely(&[1, 0, 0, 0, 2]);
            likely.chunks_exact_mut(5).for_each(|row| row[4] = 0.0);
            shares.iter().enumerate().for_each(|(at, share)| likely[(at + 1) * 5 + 4] = *share);
            letters(&ALPHABET, &likely).iter().map(|letter| letter.letter).collect::<String>()
        };
        assert_eq!(read([0.05, 0.28, 0.01]), "a b");
        assert_eq!(read([0.02, 0.19, 0.02]), "ab");
        assert_eq!(read([0.1, 0.9, 0.1]), "a b");
    }

    #[test]
    fn letters_know_where_they_are_and_how_sure_they_are() {
        let letters = read(&[0, 1, 0, 2]);
        assert_eq!([letters[0].at, letters[1].at], [0.375, 0.875]);
        assert!((sureness(&letters) - 0.8).abs() < 1e-6);
        assert_eq!(sureness(&[]), 0.0);
    }

    #[test]
    fn letters_become_words_and_ideographs_stand_alone() {
        let words = words(&read(&[1, 2, 4, 1, 3, 0, 3, 4]));
        let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
        assert_eq!(texts, ["ab", "a", "中", "中"]);
        assert_eq!((words[0].from, words[0].to), (0.0, 0.25));
        assert!(words.is_sorted_by(|a, b| a.from < b.from && a.to < b.to), "{words:?}");
    }

    #[test]
    fn what_is_no_number_is_nothing_to_be_sure_of() {
        assert!(sureness(&letters(&ALPHABET, &[f32::NAN; 5])).is_nan());
    }
}
