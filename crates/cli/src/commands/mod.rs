//! What can be done, one file for each.

mod generate;
mod get;
mod jobs;
mod list;
mod login;
mod put;
mod search;
mod socket;
mod watch;

use crate::account::Account;
use crate::api::Client;
use crate::arguments::Command;
use crate::error::Error;
use crate::output::Output;

/// Does it.
pub fn run(command: Command, output: &mut Output) -> Result<(), Error> {
    match command {
        Command::Login { url } => login::login(url, output),
        Command::Logout => login::logout(output),
        Command::Put(put) => put::run(&put, output),
        Command::Ls { drive } => list::run(&client()?, drive.as_deref(), output),
        Command::Get(get) => get::run(&client()?, &get, output),
        Command::Search { words, drive, number } => {
            search::run(&client()?, &words, drive.as_deref(), number.get(), output)
        }
        Command::Jobs { status, kind, file, number } => {
            let wanted = jobs::Wanted { status, kind, file };
            jobs::run(&client()?, &wanted, number.get(), output)
        }
        Command::Watch { drive } => watch::run(&client()?, drive.as_deref(), output),
        Command::Man { folder } => generate::man(&folder),
        Command::Completions { shell } => generate::completions(shell, output),
    }
}

/// For what asks one thing after the other.
fn client() -> Result<Client, Error> {
    Client::new(Account::current()?, 1)
}
