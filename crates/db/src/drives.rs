//! Drives and their members.
