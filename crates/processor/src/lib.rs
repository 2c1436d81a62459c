//! File storage, images, text and the queue's HTTP endpoints.
