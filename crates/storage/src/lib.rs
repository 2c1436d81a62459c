//! Content-addressed blobs and artifacts in a local folder.
