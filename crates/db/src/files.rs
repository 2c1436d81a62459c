//! Files: names in drives that point at contents.
