//! The product's job kinds.
