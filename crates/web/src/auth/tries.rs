//! How often an account may be tried, so that whoever guesses is slowed down and its owner is not.

use super::cookie::BROWSER;
use super::secret;
use crate::error::Error;
use crate::state::AppState;
use axum::http::HeaderMap;
use std::net::IpAddr;

/// One try to sign in.
pub struct Try {
    account: String,
    address: IpAddr,
    /// By what each bucket knows it.
    address_key: String,
    account_key: String,
    /// The account again, unless the browser is one that it knows.
    stranger_key: Option<String>,
}

impl Try {
    /// Counts a try for this account, or refuses it. A browser that the account knows has tries of its own, which no stranger
    /// uses up; everybody else has few from one address, and far more from all addresses together.
    pub async fn count(state: &AppState, account: &str, address: IpAddr, headers: &HeaderMap) -> Result<Self, Error> {
        let address_key = super::client::limit_key(address);
        let (account_key, stranger_key) = match known_browser(state, account, headers).await? {
            Some(browser) => (format!("{account} browser {}", hex::encode(browser)), None),
            None => (format!("{account} address {address_key}"), Some(account.to_owned())),
        };
        let tried = Self { account: account.to_owned(), address, address_key, account_key, stranger_key };
        tried.take(state).inspect_err(|_| tried.log("too many tries"))?;
        Ok(tried)
    }

    fn take(&self, state: &AppState) -> Result<(), Error> {
        state.address_tries.count(&self.address_key)?;
        state.account_tries.count(&self.account_key)?;
        self.stranger_key.iter().try_for_each(|key| state.stranger_tries.count(key))
    }

    /// The password was right.
    pub fn succeeded(&self, state: &AppState) {
        state.address_tries.give_back(&self.address_key);
        state.account_tries.give_back(&self.account_key);
        self.stranger_key.iter().for_each(|key| state.stranger_tries.give_back(key));
    }

    /// Notes why it was refused. The account's hash tells tries of one from those of another; its address may be a mistyped
    /// password.
    pub fn log(&self, reason: &str) {
        let account = hex::encode(&secret::hash(&self.account)[..8]);
        tracing::warn!(client.address = %self.address, account.hash = account, reason, "a sign-in was refused");
    }
}

/// The hash of what the browser is known by, if the account knows it.
async fn known_browser(state: &AppState, account: &str, headers: &HeaderMap) -> Result<Option<[u8; 32]>, Error> {
    let Some(browser) = BROWSER.read(state.config.is_https(), headers).map(secret::hash) else { return Ok(None) };
    let mut conn = state.database.acquire().await?;
    Ok(db::known_browsers::knows(&mut conn, &browser, account).await?.then_some(browser))
}
