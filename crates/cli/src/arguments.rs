//! What can be typed. The help, the manual pages and the completions are made of this.

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;
use std::num::NonZeroUsize;
use std::path::PathBuf;

/// Files to and from a PageSpace suite.
///
/// Ends with 0 when all was done, 1 when some of it was not, 2 when what was typed cannot be done, 3 when nobody is signed in and 4 when
/// the server does not answer.
#[derive(Debug, Parser)]
#[command(name = "pagespace", version)]
pub struct Arguments {
    /// Answer in JSON: one document, or one on each line where there are several
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Keep an API token of the settings page, and say whose it is
    ///
    /// The token is asked for, or read from standard input. It is kept in $XDG_CONFIG_HOME/pagespace/config.toml, which only you may read.
    /// PAGESPACE_TOKEN and PAGESPACE_URL go before what is kept.
    Login {
        /// The address of the server; when absent the one before, or port 3000 of this machine
        #[arg(long)]
        url: Option<String>,
    },
    /// Forget the token that is kept
    Logout,
    /// Send files, and folders with all that is in them
    ///
    /// Whatever ends it, the same command again sends only what is missing, and nothing twice: what was sent is noted in
    /// $XDG_STATE_HOME/pagespace/. A file counts as the same while its path, size and time of change are.
    Put(Put),
    /// List drives, or the files of one
    Ls {
        /// The drive's id or name
        drive: Option<String>,
    },
    /// Write a file, or what was made of it, to standard output
    ///
    /// With --json alone it describes the file.
    Get(Get),
    /// Find files by what stands in them, and by their names
    ///
    /// All words have to be on one page, or in the name or title. "in a row", -not, a OR b and begin* mean what they do on the page.
    Search {
        /// What to look for
        words: String,
        /// Only in this drive: its id or name
        #[arg(long)]
        drive: Option<String>,
        /// Most files to list
        #[arg(short, long, default_value = "50")]
        number: NonZeroUsize,
    },
    /// List jobs, the newest first
    Jobs {
        /// pending, processing, completed, failed or cancelled
        #[arg(long)]
        status: Option<String>,
        /// Such as ingest-file or ocr
        #[arg(long)]
        kind: Option<String>,
        /// Only those over this file: its id, or its name if only one is called so
        #[arg(long)]
        file: Option<String>,
        /// Most jobs to list
        #[arg(short, long, default_value = "50")]
        number: NonZeroUsize,
    },
    /// Tell what happens to files as it happens, until Ctrl-C
    Watch {
        /// Only in this drive: its id or name
        #[arg(long)]
        drive: Option<String>,
    },
    /// Write the manual pages into a folder
    #[command(hide = true)]
    Man {
        /// Where pagespace.1 and its like go
        folder: PathBuf,
    },
    /// Write the completions of a shell to standard output
    #[command(hide = true)]
    Completions {
        /// Which shell
        shell: Shell,
    },
}

/// What to send, and how.
#[derive(Debug, Args)]
pub struct Put {
    /// Files and folders. Symbolic links inside of folders are not followed
    #[arg(required = true)]
    pub paths: Vec<PathBuf>,
    /// The drive's id or name; may be absent when there is only one to send to
    #[arg(long)]
    pub drive: Option<String>,
    /// Files under way at once
    #[arg(long, default_value = "4", value_parser = parallel)]
    pub parallel: usize,
    /// Come back when all of them have been read, too
    #[arg(long)]
    pub wait: bool,
}

/// What to get, and where to.
#[derive(Debug, Args)]
pub struct Get {
    /// The file's id, or its name if only one is called so
    pub file: String,
    /// What of it.
    #[command(flatten)]
    pub part: Part,
    /// Into this file instead; it is there when it is whole
    #[arg(short, long, value_name = "PATH")]
    pub output: Option<PathBuf>,
}

/// What of a file; the original when absent.
#[derive(Debug, Args)]
#[group(multiple = false)]
pub struct Part {
    /// The file as it was sent, which is what comes without any of these
    #[arg(long)]
    pub original: bool,
    /// An image of this preset, made if it is not there yet
    #[arg(long, value_name = "NAME")]
    pub preset: Option<String>,
    /// Its plain text
    #[arg(long)]
    pub text: bool,
    /// Its text as Markdown, with <!-- page: 3 --> anchors
    #[arg(long)]
    pub markdown: bool,
    /// Pieces of its text for retrieval, as JSON lines
    #[arg(long)]
    pub chunks: bool,
}

/// The server takes 32 of a person at once, unless set otherwise.
fn parallel(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| (1..=32).contains(number));
    number.ok_or_else(|| "a number from 1 to 32".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_agree_with_each_other() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let is_taken = |line: &str| Arguments::try_parse_from(line.split(' ')).is_ok();
        assert!(is_taken("pagespace put a b --drive x --parallel 8 --wait --json"));
        assert!(is_taken("pagespace --json get x --markdown -o y"));
        for line in ["pagespace", "pagespace put", "pagespace put a --parallel 0", "pagespace put a --parallel 33"] {
            assert!(!is_taken(line), "{line}");
        }
        assert!(!is_taken("pagespace get x --text --markdown"));
        assert!(!is_taken("pagespace search x -n 0"));
    }
}
