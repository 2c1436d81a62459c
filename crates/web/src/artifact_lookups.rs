//! Which artifacts people may have: whoever asks while a statement runs is answered together by the next. Every answer is of a statement
//! that began after its question, so a right that was taken away is gone from it.

use crate::auth::turns::Turns;
use crate::error::Error;
use db::artifact_lookups::{Found, Wanted, find};
use service::Database;
use std::net::IpAddr;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};

/// Most questions of one statement, and most that wait for one: the others wait for their address's turn.
const AT_ONCE: usize = 64;

type Answer = Result<Option<Found>, Arc<sqlx::Error>>;

/// The one who looks up.
pub struct ArtifactLookups {
    questions: mpsc::Sender<(Wanted, oneshot::Sender<Answer>)>,
    turns: Turns,
}

impl ArtifactLookups {
    /// Answers until it is dropped. Call inside a tokio runtime.
    pub fn start(database: Database) -> Self {
        let (questions, asked) = mpsc::channel(AT_ONCE);
        tokio::spawn(answer(database, asked));
        Self { questions, turns: Turns::new(AT_ONCE) }
    }

    /// What somebody at that address may have; `None` when they are not signed in.
    ///
    /// # Errors
    /// The database's.
    pub async fn find(&self, address: IpAddr, wanted: Wanted) -> Result<Option<Found>, Error> {
        let _turn = self.turns.take(service::client_network(address)).await;
        let (give, given) = oneshot::channel();
        // Both fail only when the task has panicked.
        let ended = || Error::Internal(anyhow::anyhow!("nobody looks artifacts up any more"));
        self.questions.send((wanted, give)).await.map_err(|_| ended())?;
        Ok(given.await.map_err(|_| ended())??)
    }
}

async fn answer(database: Database, mut asked: mpsc::Receiver<(Wanted, oneshot::Sender<Answer>)>) {
    let mut questions = Vec::with_capacity(AT_ONCE);
    while asked.recv_many(&mut questions, AT_ONCE).await > 0 {
        let (wanted, givers): (Vec<_>, Vec<_>) = questions.drain(..).filter(|(_, give)| !give.is_closed()).unzip();
        let answers = async { find(&mut *database.acquire().await?, &wanted).await }.await;
        match answers {
            // Who has gone away meanwhile needs no answer.
            Ok(answers) => givers.into_iter().zip(answers).for_each(|(give, answer)| drop(give.send(Ok(answer)))),
            Err(error) => {
                let error = Arc::new(error);
                givers.into_iter().for_each(|give| drop(give.send(Err(error.clone()))));
            }
        }
    }
}
