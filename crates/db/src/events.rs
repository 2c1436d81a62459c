//! Events: what changed, for whoever listens.
