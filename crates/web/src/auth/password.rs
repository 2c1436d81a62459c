//! Passwords: argon2id, off the async threads, a few at a time.

use crate::error::Error;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Memory of one hash in KiB, passes and lanes: OWASP's first choice for argon2id.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// How many are computed at once: 38 MiB at most, whatever happens.
const AT_ONCE: usize = 2;
/// How many may wait for that; each takes some 50 ms, so the last waits under two seconds.
const WAITING: usize = 32;

/// Shortest password, in characters.
pub const MIN_CHARS: usize = 10;
/// Longest password, in bytes.
pub const MAX_BYTES: usize = 1024;

/// Hashes and checks passwords.
#[derive(Clone)]
pub struct Passwords {
    running: Arc<Semaphore>,
    admitted: Arc<Semaphore>,
    /// What a sign-in with an unknown address is checked against, so that it takes as long as any other.
    dummy: Arc<str>,
}

impl Passwords {
    /// Makes the dummy hash once.
    pub fn new() -> anyhow::Result<Self> {
        let dummy = hash_now("the password of nobody").map_err(|error| anyhow::anyhow!("hashing: {error}"))?;
        Ok(Self {
            running: Arc::new(Semaphore::new(AT_ONCE)),
            admitted: Arc::new(Semaphore::new(AT_ONCE + WAITING)),
            dummy: dummy.into(),
        })
    }

    /// The password's hash in PHC form, or why it is no good as a password.
    pub async fn hash(&self, password: String) -> Result<String, Error> {
        check(&password)?;
        self.run(move || hash_now(&password))
            .await?
            .map_err(|error| Error::Internal(anyhow::anyhow!("hashing: {error}")))
    }

    /// True when the password belongs to the hash. Without a hash it takes as long and is false.
    pub async fn verify(&self, password: String, hash: Option<String>) -> Result<bool, Error> {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.dummy.to_string());
        let matches = self.run(move || verify_now(&password, &hash)).await?;
        Ok(matches && known)
    }

    /// The right password's hash with the parameters of today, or nothing when it has them already.
    pub async fn renew(&self, password: String, hash: &str) -> Result<Option<String>, Error> {
        if hash.starts_with(&format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}$")) {
            return Ok(None);
        }
        let renewed = self.run(move || hash_now(&password)).await?;
        renewed.map(Some).map_err(|error| Error::Internal(anyhow::anyhow!("hashing: {error}")))
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
        let _admitted = self.admitted.try_acquire().map_err(|_| Error::Busy { retry_after_s: 2 })?;
        let permit = self.running.clone().acquire_owned().await.map_err(|error| Error::Internal(error.into()))?;
        // The permit goes along: a caller that hangs up does not stop the hash, and must not let another one start.
        let run = move || {
            let result = work();
            drop(permit);
            result
        };
        tokio::task::spawn_blocking(run).await.map_err(|error| Error::Internal(error.into()))
    }
}

fn check(password: &str) -> Result<(), Error> {
    if password.chars().count() < MIN_CHARS {
        return Err(Error::invalid("password-too-short", format!("a password has at least {MIN_CHARS} characters")));
    }
    if password.len() > MAX_BYTES {
        return Err(Error::invalid("password-too-long", format!("a password has at most {MAX_BYTES} bytes")));
    }
    Ok(())
}

fn argon2() -> Result<Argon2<'static>, argon2::Error> {
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(MEMORY_KIB, PASSES, LANES, None)?))
}

fn hash_now(password: &str) -> Result<String, argon2::password_hash::Error> {
    let argon2 = argon2().map_err(|_| argon2::password_hash::Error::Internal)?;
    Ok(argon2.hash_password(password.as_bytes())?.to_string())
}

fn verify_now(password: &str, hash: &str) -> bool {
    if password.len() > MAX_BYTES {
        return false;
    }
    PasswordHash::new(hash).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}
