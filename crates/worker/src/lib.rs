//! Runs the jobs that need no decoder.
