//! How often an account may be tried, so that whoever guesses is slowed down and its owner is not.

use super::actor::Unknown;
use super::cookie::BROWSER;
use super::secret;
use crate::error::Error;
use crate::state::AppState;
use axum::http::HeaderMap;
use db::audit::Target;
use model::AuditKind;
use std::net::IpAddr;

/// One try to sign in.
pub struct Try {
    account: String,
    unknown: Unknown,
    /// By what each bucket knows it.
    address_key: String,
    account_key: String,
    /// The account again, unless the browser is one that it knows.
    stranger_key: Option<String>,
}

impl Try {
    /// Counts a try for this account, or refuses it. A browser that the account knows has tries of its own, which no stranger
    /// uses up; everybody else has few from one address, and far more from all addresses together.
    pub async fn count(
        state: &AppState,
        account: &str,
        address: IpAddr,
        unknown: Unknown,
        headers: &HeaderMap,
    ) -> Result<Self, Error> {
        let address_key = super::client::limit_key(address);
        let (account_key, stranger_key) = match known_browser(state, account, headers).await? {
            Some(browser) => (format!("{account} browser {}", hex::encode(browser)), None),
            None => (format!("{account} address {address_key}"), Some(account.to_owned())),
        };
        let tried = Self { account: account.to_owned(), unknown, address_key, account_key, stranger_key };
        if let Err(error) = tried.take(state) {
            // Once in a while for each address: what is refused before anything is looked at must not fill the log.
            let is_written = state.blocked_entries.count(&tried.address_key).is_ok();
            tried.refused(state, "too many tries", is_written).await?;
            return Err(error);
        }
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

    /// The password was wrong, or the account is not there.
    pub async fn failed(&self, state: &AppState) -> Result<(), Error> {
        self.refused(state, "wrong address or password", true).await
    }

    /// The password was right, and the account may not be used.
    pub async fn disabled(&self, state: &AppState) -> Result<(), Error> {
        self.refused(state, "the account is disabled", true).await
    }

    /// Who it turned out to be.
    pub fn unknown(self) -> Unknown {
        self.unknown
    }

    /// Notes why it was refused, in the log of the program and in the audit log. The account's hash tells tries of one that is not
    /// there from those of another; its address may be a mistyped password.
    async fn refused(&self, state: &AppState, reason: &str, is_written: bool) -> Result<(), Error> {
        let hash = hex::encode(&secret::hash(&self.account)[..8]);
        let address = self.unknown.0.address.map(tracing::field::display);
        tracing::warn!(client.address = address, account.hash = hash, reason, "a sign-in was refused");
        if !is_written || state.failed_entries.count("").is_err() {
            metrics::counter!("audit_entries_dropped_total", "kind" => AuditKind::SignInFailed.as_str()).increment(1);
            return Ok(());
        }
        let mut conn = state.database.acquire().await?;
        let user = db::users::find_by_email(&mut conn, &self.account).await?;
        let account = user.map_or(Target::unknown_account(hash), |user| Target::person(user.id, &user.email));
        let entry = self.unknown.0.did(AuditKind::SignInFailed).to(account).detail(reason);
        Ok(entry.write(&mut conn).await?)
    }
}

/// The hash of what the browser is known by, if the account knows it.
async fn known_browser(state: &AppState, account: &str, headers: &HeaderMap) -> Result<Option<[u8; 32]>, Error> {
    let Some(browser) = BROWSER.read(state.config.is_https(), headers).map(secret::hash) else { return Ok(None) };
    let mut conn = state.database.acquire().await?;
    Ok(db::known_browsers::knows(&mut conn, &browser, account).await?.then_some(browser))
}
