//! Builds anew when the interface was built anew.

fn main() {
    // rust-embed reads the folder, which cargo does not know. It is made here if it is not there, because cargo takes a
    // missing path for one that always changes. A read-only source tree simply has no interface.
    let _ = std::fs::create_dir_all("ui/dist");
    if std::path::Path::new("ui/dist").exists() {
        println!("cargo::rerun-if-changed=ui/dist");
    }
    println!("cargo::rerun-if-changed=build.rs");
}
