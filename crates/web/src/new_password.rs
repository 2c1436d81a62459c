//! `web new-password EMAIL`: a new password for somebody who has forgotten theirs, by whoever may start programs on the server.

use crate::auth::password::Passwords;
use crate::auth::secret;
use anyhow::{Context, anyhow};
use db::audit::{Actor, Target};
use model::AuditKind;
use sqlx::PgPool;
use std::io::Write;

/// Whose, when the program was started for that; an error when nobody is named.
pub(crate) fn asked_for(mut arguments: impl Iterator<Item = String>) -> Option<anyhow::Result<String>> {
    if arguments.nth(1).as_deref() != Some("new-password") {
        return None;
    }
    Some(arguments.next().ok_or_else(|| anyhow!("write whose: web new-password EMAIL")))
}

/// Gives the person a new password and prints it, alone on its line.
pub(crate) async fn tell(database: &PgPool, email: &str) -> anyhow::Result<()> {
    let password = give(database, email).await?;
    std::io::stdout().write_all(format!("{password}\n").as_bytes()).context("printing the password")
}

/// The new password. Every session of the person ends.
async fn give(database: &PgPool, email: &str) -> anyhow::Result<String> {
    let password = secret::generate("");
    let hashed = Passwords::new()?.hash(password.clone()).await.map_err(|error| anyhow!("{error}"))?;
    let mut tx = db::begin(database).await?;
    let user = db::users::find_by_email(&mut tx, email.trim()).await?;
    let user = user.ok_or_else(|| anyhow!("nobody here has the address {email}"))?;
    db::users::set_password(&mut tx, user.id, &hashed).await?;
    db::sessions::delete_all(&mut tx, user.id).await?;
    let reset = Actor::default().did(AuditKind::PasswordReset).to(Target::person(user.id, &user.email));
    reset.detail("on the server").write(&mut tx).await?;
    tx.commit().await?;
    db::room_rights::notify_changed(database, user.id).await?;
    Ok(password)
}

#[cfg(test)]
mod tests {
    use super::*;
    use db::users::NewUser;

    #[sqlx::test(migrations = "../../migrations")]
    async fn the_new_password_is_the_persons_and_nobody_elses(pool: PgPool) {
        let mut conn = pool.acquire().await.unwrap();
        for email in ["ada@example.org", "bob@example.org"] {
            let new = NewUser { email, name: "Somebody", password_hash: "forgotten", is_admin: true };
            db::users::insert(&mut conn, &new).await.unwrap();
        }
        let password = give(&pool, " Ada@example.org").await.unwrap();
        let hash = async |email: &str| {
            let mut conn = pool.acquire().await.unwrap();
            db::users::credentials(&mut conn, email).await.unwrap().unwrap().password_hash
        };
        let passwords = Passwords::new().unwrap();
        assert!(passwords.verify(password.clone(), Some(hash("ada@example.org").await)).await.unwrap());
        assert_eq!(hash("bob@example.org").await, "forgotten");
        assert_ne!(give(&pool, "ada@example.org").await.unwrap(), password);
        let error = give(&pool, "nobody@example.org").await.unwrap_err().to_string();
        assert_eq!(error, "nobody here has the address nobody@example.org");
    }

    #[test]
    fn it_is_asked_for_by_name() {
        let of = |line: &str| asked_for(line.split(' ').map(str::to_owned));
        assert!(of("web").is_none() && of("web healthcheck").is_none());
        assert_eq!(of("web new-password ada@example.org").unwrap().unwrap(), "ada@example.org");
        assert!(of("web new-password").unwrap().is_err());
    }
}
