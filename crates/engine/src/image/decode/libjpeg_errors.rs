//! Errors of libjpeg, which its decoder, its coefficients and its encoder have in common.
//!
//! libjpeg reports a fatal error through a callback that must not return. Ours unwinds: the library is built with
//! `-fexceptions` and declared `extern "C-unwind"`, so passing through its frames is defined, and `guard` catches
//! it on our side. No frame of ours between the two has anything to drop that C code still points to.

use crate::Error;
use model::Reason;
use mozjpeg_sys::*;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// Missing in the bindings, which are made without arithmetic coding (`jerror.h`).
const JWRN_ARITH_BAD_CODE: i32 = JERR_BAD_CROP_SPEC + 2;

/// A fatal error inside libjpeg, by its message code.
pub struct Failure(pub i32);

/// libjpeg's error manager with a count of our own behind it.
#[repr(C)]
pub struct Errors {
    /// What libjpeg is given.
    pub manager: jpeg_error_mgr,
    /// How often data was lost without an error.
    pub lost: u32,
}

impl Errors {
    /// An error manager that unwinds, counts and prints nothing; to be freed with `Box::from_raw`.
    pub fn new() -> *mut Self {
        // SAFETY: Plain data, in which zero is null or nothing; `jpeg_std_error` fills it in.
        let mut errors = Box::new(Self { manager: unsafe { mem::zeroed() }, lost: 0 });
        // SAFETY: It writes to the struct it is given and keeps nothing.
        unsafe { jpeg_std_error(&mut errors.manager) };
        errors.manager.error_exit = Some(fail);
        errors.manager.emit_message = Some(note);
        errors.manager.output_message = Some(ignore);
        Box::into_raw(errors)
    }
}

/// Runs calls into libjpeg and catches its failures; panics of our own pass through.
pub fn guard<T>(calls: impl FnOnce() -> T) -> Result<T, Failure> {
    catch_unwind(AssertUnwindSafe(calls)).map_err(|panic| match panic.downcast::<Failure>() {
        Ok(failure) => *failure,
        Err(other) => resume_unwind(other),
    })
}

impl From<Failure> for Error {
    fn from(Failure(code): Failure) -> Self {
        let refusal = match code {
            JERR_SOF_UNSUPPORTED
            | JERR_BAD_PRECISION
            | JERR_CONVERSION_NOTIMPL
            | JERR_FRACT_SAMPLE_NOTIMPL
            | JERR_CCIR601_NOTIMPL
            | JERR_NOTIMPL
            | JERR_NOT_COMPILED => Error::rejected(Reason::Unsupported, "This variant of JPEG cannot be read."),
            JERR_IMAGE_TOO_BIG | JERR_WIDTH_OVERFLOW => {
                Error::rejected(Reason::TooManyPixels, "The picture has more pixels than JPEG allows.")
            }
            JERR_OUT_OF_MEMORY => {
                Error::rejected(Reason::TooManyPixels, "The picture needs more memory than is allowed.")
            }
            _ => Error::malformed("The JPEG is damaged."),
        };
        refusal.because(format_args!("libjpeg's message {code}"))
    }
}

unsafe extern "C-unwind" fn fail(info: &mut jpeg_common_struct) {
    // SAFETY: libjpeg calls this with the error manager it was given.
    let code = unsafe { (*info.err).msg_code };
    // Unlike `panic!` this does not go through the panic hook: it is no bug, and nothing is to be printed.
    resume_unwind(Box::new(Failure(code)))
}

unsafe extern "C-unwind" fn note(info: &mut jpeg_common_struct, level: i32) {
    const WARNING: i32 = -1;
    // SAFETY: The error manager is the first field of our `Errors`, which `err` points to.
    let errors = unsafe { &mut *info.err.cast::<Errors>() };
    // Other warnings, such as bytes between segments, cost no pixel.
    let loses_data = matches!(
        errors.manager.msg_code,
        JWRN_HIT_MARKER | JWRN_HUFF_BAD_CODE | JWRN_JPEG_EOF | JWRN_MUST_RESYNC | JWRN_ARITH_BAD_CODE
    );
    if level == WARNING && loses_data {
        errors.lost = errors.lost.saturating_add(1);
    }
}

unsafe extern "C-unwind" fn ignore(_: &mut jpeg_common_struct) {}
