//! Every way in which a store and a database may meet: the table in `bond.rs`, row by row.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as loudly as tests")]

use jobs::{BondError, bond};
use sqlx::PgPool;
use std::path::PathBuf;
use storage::Store;
use tempfile::TempDir;
use uuid::Uuid;

const A: Uuid = Uuid::from_u128(0xaaaaaaaa_1111_4111_8111_111111111111);
const B: Uuid = Uuid::from_u128(0xbbbbbbbb_2222_4222_8222_222222222222);
const HASH: &str = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

struct Pair {
    dir: TempDir,
    store: Store,
    pool: PgPool,
}

impl Pair {
    /// A new store and a new database.
    async fn new(pool: PgPool) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        Self { dir, store, pool }
    }

    fn with_file(self) -> Self {
        let shard = self.dir.path().join("blobs/2c");
        std::fs::write(shard.join(HASH), b"hello").unwrap();
        self
    }

    async fn with_content(self) -> Self {
        let mut conn = self.pool.acquire().await.unwrap();
        db::contents::upsert_pending(&mut conn, &HASH.parse().unwrap(), 5, "text/plain", None).await.unwrap();
        drop(conn);
        self
    }

    fn with_store_id(self, name: &str, id: impl ToString) -> Self {
        std::fs::write(self.dir.path().join(name), id.to_string()).unwrap();
        self
    }

    async fn with_database_id(self, id: Uuid) -> Self {
        let mut conn = self.pool.acquire().await.unwrap();
        assert!(db::store_identity::replace(&mut conn, None, id).await.unwrap());
        drop(conn);
        self
    }

    async fn bond(&self, anew: Option<&str>) -> Result<(), BondError> {
        bond(&self.store, &self.pool, anew).await
    }

    /// The ids of both sides.
    async fn ids(&self) -> (Option<Uuid>, Option<Uuid>) {
        let id = std::fs::read_to_string(self.id_file()).ok().map(|text| text.trim().parse().unwrap());
        (id, db::store_identity::find(&mut self.pool.acquire().await.unwrap()).await.unwrap())
    }

    fn id_file(&self) -> PathBuf {
        self.dir.path().join("id")
    }

    /// Both get one id, and keep it.
    async fn is_bonded(&self) -> Uuid {
        self.bond(None).await.unwrap();
        self.has_one_id().await
    }

    async fn has_one_id(&self) -> Uuid {
        let (store, database) = self.ids().await;
        assert!(store.is_some() && store == database, "{store:?}, {database:?}");
        assert!(!self.dir.path().join("id.new").exists());
        self.bond(None).await.unwrap();
        assert_eq!(self.ids().await, (store, database));
        store.unwrap()
    }

    /// Neither changes, and the sentence says what is wrong and names the way out, which then works, and not twice.
    async fn is_refused(&self, sentence: &str, pair: &str) {
        let before = self.ids().await;
        for anew in [None, Some("true"), Some("none-bbbbbbbb"), Some("cccccccc-none")] {
            if anew != Some(pair) {
                let refused = self.bond(anew).await.unwrap_err().to_string();
                assert!(refused.starts_with(sentence), "{refused}");
                assert!(refused.ends_with(&format!("STORAGE_BOND={pair} set")), "{refused}");
            }
        }
        assert_eq!(self.ids().await, before);
        self.bond(Some(pair)).await.unwrap();
        let id = Some(self.has_one_id().await);
        assert!(id != before.0 && id != before.1, "a new id, so that the setting does not fit again");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_new_store_and_a_new_database_are_bonded(pool: PgPool) {
    Pair::new(pool).await.is_bonded().await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_suite_from_before_there_were_ids_is_bonded(pool: PgPool) {
    Pair::new(pool).await.with_file().with_content().await.is_bonded().await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_bonded_pair_stays_what_it_is(pool: PgPool) {
    let pair = Pair::new(pool).await.with_store_id("id", A).with_database_id(A).await;
    assert_eq!(pair.is_bonded().await, A);
    let pair = pair.with_file();
    assert_eq!(pair.is_bonded().await, A, "whatever is in it");
}

#[sqlx::test(migrations = "../../migrations")]
async fn files_without_an_id_and_a_database_without_contents_are_refused(pool: PgPool) {
    let pair = Pair::new(pool).await.with_file();
    pair.is_refused("the store has files and the database knows of none", "none-none").await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn contents_without_an_id_and_a_store_without_files_are_refused(pool: PgPool) {
    let pair = Pair::new(pool).await.with_content().await;
    pair.is_refused("the database knows of files and the store has none", "none-none").await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_store_with_an_id_and_an_empty_database_are_refused(pool: PgPool) {
    let pair = Pair::new(pool).await.with_store_id("id", A).with_file();
    pair.is_refused("the store has the id aaaaaaaa and the database has none", "aaaaaaaa-none").await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_store_with_an_id_and_a_database_without_one_are_refused_whatever_it_knows(pool: PgPool) {
    let pair = Pair::new(pool).await.with_store_id("id", A).with_file().with_content().await;
    pair.is_refused("the store has the id aaaaaaaa and the database has none", "aaaaaaaa-none").await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_new_store_and_a_database_with_an_id_are_refused(pool: PgPool) {
    let pair = Pair::new(pool).await.with_content().await.with_database_id(B).await;
    pair.is_refused("the database has the id bbbbbbbb and the store has none", "none-bbbbbbbb").await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn files_without_an_id_and_a_database_with_one_are_refused(pool: PgPool) {
    let pair = Pair::new(pool).await.with_file().with_content().await.with_database_id(B).await;
    pair.is_refused("the database has the id bbbbbbbb and the store has none", "none-bbbbbbbb").await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_store_and_a_database_of_two_suites_are_refused(pool: PgPool) {
    let pair = Pair::new(pool).await.with_store_id("id", A).with_file().with_content().await;
    let pair = pair.with_database_id(B).await;
    pair.is_refused("the store has the id aaaaaaaa and the database the id bbbbbbbb", "aaaaaaaa-bbbbbbbb").await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn bonding_that_broke_off_half_way_is_finished(pool: PgPool) {
    let pair = Pair::new(pool).await.with_store_id("id.new", A).with_file().with_database_id(A).await;
    assert_eq!(pair.is_bonded().await, A);
}

#[sqlx::test(migrations = "../../migrations")]
async fn bonding_anew_that_broke_off_half_way_is_finished(pool: PgPool) {
    let pair = Pair::new(pool).await.with_store_id("id", A).with_store_id("id.new", B).with_database_id(B).await;
    assert_eq!(pair.is_bonded().await, B);
}

#[sqlx::test(migrations = "../../migrations")]
async fn bonding_that_broke_off_at_its_beginning_begins_again(pool: PgPool) {
    let pair = Pair::new(pool).await.with_store_id("id.new", A).with_file().with_content().await;
    assert_ne!(pair.is_bonded().await, A);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_proposal_that_the_database_does_not_have_is_no_id(pool: PgPool) {
    let pair = Pair::new(pool).await.with_store_id("id.new", A).with_file().with_database_id(B).await;
    pair.is_refused("the database has the id bbbbbbbb and the store has none", "none-bbbbbbbb").await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_damaged_id_is_no_reason_for_another(pool: PgPool) {
    let pair = Pair::new(pool).await.with_store_id("id", "");
    assert!(matches!(pair.bond(None).await, Err(BondError::Store(_))));
    assert!(matches!(pair.bond(Some("none-none")).await, Err(BondError::Store(_))));
}

#[sqlx::test(migrations = "../../migrations")]
async fn processes_that_start_at_once_find_one_id(pool: PgPool) {
    let pair = Pair::new(pool).await.with_file().with_content().await;
    let (one, two, three) = tokio::join!(pair.bond(None), pair.bond(None), pair.bond(None));
    assert!(one.is_ok() && two.is_ok() && three.is_ok(), "{one:?}, {two:?}, {three:?}");
    pair.has_one_id().await;
}

/// A second processor with a folder of its own by mistake: its files would be nobody else's.
#[sqlx::test(migrations = "../../migrations")]
async fn of_two_stores_that_start_at_once_one_gets_the_database(pool: PgPool) {
    let (one, two) = (Pair::new(pool.clone()).await, Pair::new(pool).await);
    let (first, second) = tokio::join!(one.bond(None), two.bond(None));
    assert!(first.is_ok() ^ second.is_ok(), "{first:?}, {second:?}");
    let refused = first.and(second).unwrap_err().to_string();
    assert!(refused.contains("the store has none"), "{refused}");
}
