//! Artifacts: what was derived from a content.
