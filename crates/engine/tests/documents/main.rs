//! The document formats at the engine's boundary: bytes in, exact text out.

mod corpus;
mod docx;
mod identity;
mod limits;
mod office;
mod pdf;
mod support;
mod text;
