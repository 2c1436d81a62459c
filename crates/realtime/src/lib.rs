//! Pushes events to browsers.
