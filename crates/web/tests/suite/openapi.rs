//! The API's description as people and programs have it in version control.

/// `UPDATE_OPENAPI=1 cargo nextest run -p web openapi` accepts a change.
#[test]
fn the_description_in_the_repository_is_the_servers() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");
    let served = web::openapi::json();
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(path, &served).unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        kept == served,
        "openapi.json is out of date; UPDATE_OPENAPI=1 writes it anew, and the interface's types follow"
    );
}
