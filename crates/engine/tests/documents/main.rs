//! The document formats at the engine's boundary: bytes in, exact text out.

mod corpus;
mod docx;
mod embedded;
mod export;
mod identity;
mod legacy;
mod limits;
mod mail;
mod ocr_pages;
mod office;
mod old_office;
mod page_images;
mod pdf;
mod pdf_ciphers;
mod pdf_export;
mod pdf_fonts;
mod pdf_layout;
mod pdf_maker;
mod pdf_ocr;
mod pdf_structure;
mod prose;
mod reader_versions;
mod shown_pages;
mod slides;
mod support;
mod text;
