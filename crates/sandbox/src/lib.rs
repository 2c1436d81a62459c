//! A pool of confined child processes that run a function over file descriptors.
