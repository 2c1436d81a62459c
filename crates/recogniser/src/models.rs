//! The two models: files in a folder, put there by whoever runs the service, and checked against what they should be.

use crate::detect::{self, Map};
use crate::geometry::RotatedRect;
use crate::letters::{Letter, letters};
use crate::picture::Picture;
use crate::{Error, threads};
use rten::{Model, ModelOptions, OpRegistry, op_registry};
use rten_tensor::prelude::*;
use rten_tensor::{NdTensor, Tensor};
use sha2::{Digest, Sha256};
use std::path::Path;

/// The models of PP-OCRv6, small, as the package rapidocr 3.10.0 carries them (Apache-2.0): names and SHA-256.
const DETECT: (&str, &str) =
    ("PP-OCRv6_det_small.onnx", "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f");
const LETTERS: (&str, &str) =
    ("PP-OCRv6_rec_small.onnx", "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884");

/// What is known to the model beside what its alphabet lists, at its end.
const SPACE: char = ' ';

/// The longest side of a page in which lines are looked for, and what sides are divided by.
const LONGEST_SIDE: f32 = 1280.0;
const SIDES_OF: f32 = 32.0;

/// Both, ready to see.
pub struct Models {
    detect: Model,
    letters: Model,
    alphabet: Vec<char>,
    // Held for as long as they run.
    _thread: Option<rayon::ThreadPool>,
}

impl Models {
    /// Whether the folder has the files this program was made for.
    pub fn check(folder: &Path) -> Result<(), Error> {
        for (name, expected) in [DETECT, LETTERS] {
            let found = hex::encode(Sha256::digest(read(folder, name)?));
            if found != expected {
                return Err(Error::Changed { path: folder.join(name), expected, found });
            }
        }
        Ok(())
    }

    /// Loads them, without looking whether they are the right ones.
    pub fn load(folder: &Path) -> Result<Self, Error> {
        let thread = threads::stay_on_this_thread();
        let (detect, letters) = (load(folder, DETECT.0)?, load(folder, LETTERS.0)?);
        let alphabet = alphabet(letters.metadata().get("character").unwrap_or_default())
            .ok_or(Error::Model { name: LETTERS.0, cause: "it does not say which letters it knows".into() })?;
        Ok(Self { detect, letters, alphabet, _thread: thread })
    }

    /// Where lines of text are on a page.
    pub(crate) fn lines(&self, page: &Picture) -> Result<Vec<RotatedRect>, Error> {
        let scale = (LONGEST_SIDE / page.width.max(page.height) as f32).min(1.0);
        let side = |side: usize| ((side as f32 * scale / SIDES_OF).round().max(1.0) * SIDES_OF) as usize;
        let seen = page.resized(side(page.width), side(page.height))?;
        let (shape, likely) = run(&self.detect, DETECT.0, &seen)?;
        if shape != [1, 1, seen.height, seen.width] {
            return Err(Error::Model { name: DETECT.0, cause: format!("it made a map of {shape:?}") });
        }
        let map = Map { width: seen.width, height: seen.height, likely };
        Ok(detect::lines(&map, (page.width, page.height)))
    }

    /// What the image of a line says.
    pub(crate) fn letters(&self, line_image: &Picture) -> Result<Vec<Letter>, Error> {
        let (shape, likely) = run(&self.letters, LETTERS.0, line_image)?;
        match shape[..] {
            [1, _, classes] if classes == self.alphabet.len() + 1 => Ok(letters(&self.alphabet, &likely)),
            _ => Err(Error::Model { name: LETTERS.0, cause: format!("it made letters of {shape:?}") }),
        }
    }
}

fn read(folder: &Path, name: &str) -> Result<Vec<u8>, Error> {
    let path = folder.join(name);
    std::fs::read(&path).map_err(|cause| Error::Missing { path, cause })
}

fn load(folder: &Path, name: &'static str) -> Result<Model, Error> {
    let loaded = ModelOptions::with_ops(operators()).load(read(folder, name)?);
    loaded.map_err(|cause| Error::Model { name, cause: cause.to_string() })
}

/// What the two models do; whatever else the runtime could do is not linked.
fn operators() -> OpRegistry {
    op_registry!(
        Add,
        AveragePool,
        BatchNormalization,
        Concat,
        Conv,
        ConvTranspose,
        Div,
        Erf,
        GlobalAveragePool,
        HardSigmoid,
        Identity,
        MatMul,
        MaxPool,
        Mul,
        Pow,
        ReduceMean,
        Relu,
        Reshape,
        Resize,
        Shape,
        Sigmoid,
        Slice,
        Softmax,
        Sqrt,
        Squeeze,
        Sub,
        Transpose,
        Unsqueeze
    )
}

/// Letters, one a line; nothing when it is no list of them.
fn alphabet(list: &str) -> Option<Vec<char>> {
    let letter = |line: &str| {
        let mut letters = line.chars();
        letters.next().filter(|_| letters.next().is_none())
    };
    list.split('\n').map(letter).chain([Some(SPACE)]).collect()
}

fn run(model: &Model, name: &'static str, picture: &Picture) -> Result<(Vec<usize>, Vec<f32>), Error> {
    let failed = |cause: String| Error::Model { name, cause };
    let input = NdTensor::from_data([1, 3, picture.height, picture.width], picture.planes());
    let made = model.run_one(input.view().into(), None).map_err(|cause| failed(cause.to_string()))?;
    let made: Tensor<f32> = made.try_into().map_err(|_| failed("what it made are no numbers".into()))?;
    Ok((made.shape().to_vec(), made.into_data()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alphabet_has_a_letter_a_line_and_the_space() {
        assert_eq!(alphabet("a\n中\n!"), Some(vec!['a', '中', '!', ' ']));
        for wrong in ["", "a\n\nb", "ab\nc"] {
            assert_eq!(alphabet(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn a_model_that_is_missing_or_another_is_named() {
        let folder = std::env::temp_dir().join(format!("recogniser-{}", std::process::id()));
        std::fs::create_dir(&folder).unwrap();
        let missing = Models::check(&folder).unwrap_err().to_string();
        assert!(missing.contains(DETECT.0) && missing.contains("No such file"), "{missing}");
        std::fs::write(folder.join(DETECT.0), "no model").unwrap();
        let changed = Models::check(&folder).unwrap_err().to_string();
        assert!(changed.contains(DETECT.0) && changed.contains(DETECT.1), "{changed}");
        let unusable = Models::load(&folder).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(unusable.starts_with(DETECT.0), "{unusable}");
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
