//! The manual pages and completions, made of the arguments.

use crate::arguments::Arguments;
use crate::error::Error;
use crate::output::Output;
use clap::CommandFactory;
use clap_complete::Shell;
use std::fs;
use std::path::Path;

/// Writes `pagespace.1`, and a page for each command, into the folder.
pub fn man(folder: &Path) -> Result<(), Error> {
    let made = fs::create_dir_all(folder).and_then(|()| clap_mangen::generate_to(Arguments::command(), folder));
    made.map_err(|cause| Error::local("writing into", folder, cause))
}

/// Writes a shell's completions.
pub fn completions(shell: Shell, output: &mut Output) -> Result<(), Error> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "pagespace", &mut script);
    output.bytes(&script)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_its_page() {
        let dir = tempfile::tempdir().unwrap();
        man(dir.path()).unwrap();
        let page = fs::read_to_string(dir.path().join("pagespace.1")).unwrap();
        let shown = Arguments::command().get_subcommands().filter(|command| !command.is_hide_set()).count();
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), shown + 1);
        assert!(page.contains("pagespace\\-put(1)") && !page.contains("completions"), "{page}");
    }
}
