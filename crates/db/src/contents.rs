//! Contents: unique bytes and where they stand.
