//! Objects inside of documents of Office before 2007 ([MS-OLEDS]): what each of them says it is. They are named, not
//! opened.

mod classes;
mod object;
mod packager;

pub use object::{Budget, Embedded, read_object};
