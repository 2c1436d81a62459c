//! Which libraries a program is linked with, as the machine's own loader finds them.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The loader's list of what it found where; programs read it first.
const LOADER_CACHE: &str = "/etc/ld.so.cache";

/// The files a program needs to start: its libraries, the loader, and the loader's list. Asks the loader, which says what
/// it would load and starts nothing.
pub fn linked_files(program: &Path) -> io::Result<Vec<PathBuf>> {
    let traced = Command::new(program)
        .env_clear()
        .env("LD_TRACE_LOADED_OBJECTS", "1")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()?;
    let text = String::from_utf8_lossy(&traced.stdout);
    let mut files: Vec<PathBuf> = text.lines().filter_map(file_of).collect();
    files.push(LOADER_CACHE.into());
    Ok(files)
}

/// The path in `name => /path (0x…)` or `/path (0x…)`.
fn file_of(line: &str) -> Option<PathBuf> {
    let place = line.split_once(" => ").map_or(line, |(_, place)| place).trim();
    let path = place.rsplit_once(" (").map_or(place, |(path, _)| path);
    path.starts_with('/').then(|| path.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loaders_lines_are_understood() {
        let file = |line| file_of(line).map(|path| path.display().to_string());
        assert_eq!(file("\tlibc.so.6 => /lib/libc.so.6 (0x00007f52)").as_deref(), Some("/lib/libc.so.6"));
        assert_eq!(file("\t/lib64/ld-linux-x86-64.so.2 (0x00007f52)").as_deref(), Some("/lib64/ld-linux-x86-64.so.2"));
        assert_eq!(file("\tlinux-vdso.so.1 (0x00007fe9)"), None);
        assert_eq!(file("\tlibgone.so.1 => not found"), None);
        assert_eq!(file("\tstatically linked"), None);
    }

    #[test]
    fn a_real_program_has_a_c_library() {
        let files = linked_files(Path::new("/bin/sh")).unwrap();
        assert!(files.iter().any(|file| file.to_string_lossy().contains("libc")), "{files:?}");
    }
}
