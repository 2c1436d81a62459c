//! Signing in and out: a token is tried, and kept if it is good.

use crate::account::{Account, url_to_sign_in_to};
use crate::api::Client;
use crate::error::Error;
use crate::output::Output;
use console::Term;
use serde_json::{Value, json};
use std::io::{self, IsTerminal, Read};

/// Longest token that is read from standard input.
const TOKEN_BYTES: u64 = 4096;

/// Asks for a token, keeps it, and says whose it is.
pub fn login(url: Option<String>, output: &mut Output) -> Result<(), Error> {
    let url = url_to_sign_in_to(url)?;
    let token = read_token(&url).map_err(|cause| Error::Local { what: "reading the token".into(), cause })?;
    if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Error::Usage(format!("that is no token; {url}/settings makes one")));
    }
    let client = Client::new(Account { url, token }, 1)?;
    let session: Value = client.get("/session")?;
    let path = client.account.save()?;
    let (url, user) = (&client.account.url, &session["user"]);
    if output.is_json() {
        return output.json(&json!({"url": url, "user": user}));
    }
    let text = |name: &str| user[name].as_str().unwrap_or_default();
    output.line(format!("signed in to {url} as {} <{}>; kept in {}", text("name"), text("email"), path.display()))
}

/// Forgets the token. It stays good until it is revoked.
pub fn logout(output: &mut Output) -> Result<(), Error> {
    let was_kept = Account::forget()?;
    if output.is_json() {
        return output.json(&json!({"forgotten": was_kept}));
    }
    output.line(match was_kept {
        true => "the token is forgotten here; it can be revoked in the settings of the server",
        false => "no token was kept",
    })
}

/// From a person without showing it, else all of standard input.
fn read_token(url: &str) -> io::Result<String> {
    let mut token = String::new();
    if io::stdin().is_terminal() {
        let terminal = Term::stderr();
        terminal.write_line(&format!("Make a token at {url}/settings and put it in here; it is not shown:"))?;
        token = terminal.read_secure_line()?;
    } else {
        io::stdin().take(TOKEN_BYTES).read_to_string(&mut token)?;
    }
    Ok(token.trim().to_owned())
}
