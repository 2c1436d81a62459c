//! Containers: files that hold other files, read within bounds. What is in them is the formats' business.

pub mod compound;
pub mod embedded;
pub mod isobmff;
pub mod opc;
pub mod properties;
pub mod zip;
