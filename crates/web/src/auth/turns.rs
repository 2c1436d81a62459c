//! Turns at finding out who asks, which every request to the API begins with. They go around among the addresses that wait: who asks
//! a thousand times at once waits behind themselves, and others hardly wait at all.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

/// Cheap to clone; a clone is the same.
#[derive(Clone)]
pub struct Turns(Arc<Mutex<Waiting>>);

/// One turn, until dropped. Then it is the next one's.
pub struct Turn(Option<Turns>);

struct Waiting {
    /// Turns that nobody has. While there is one, nobody waits.
    free: usize,
    /// Of each address, in the order they came. None is empty.
    of_address: HashMap<IpAddr, VecDeque<oneshot::Sender<Turn>>>,
    /// Which address is next.
    order: VecDeque<IpAddr>,
}

impl Turns {
    /// So many at once.
    pub fn new(at_once: usize) -> Self {
        Self(Arc::new(Mutex::new(Waiting { free: at_once, of_address: HashMap::new(), order: VecDeque::new() })))
    }

    /// Waits for a turn of this address.
    pub async fn take(&self, address: IpAddr) -> Turn {
        let given = {
            let mut waiting = self.lock();
            if waiting.free > 0 {
                waiting.free -= 1;
                return Turn(Some(self.clone()));
            }
            waiting.queue(address)
        };
        given.await.expect("whoever waits is given a turn or goes away")
    }

    /// Gives a turn to the next one who still waits.
    fn pass_on(&self) {
        loop {
            let next = {
                let mut waiting = self.lock();
                let next = waiting.next();
                waiting.free += usize::from(next.is_none());
                next
            };
            let Some(next) = next else { return };
            match next.send(Turn(Some(self.clone()))) {
                Ok(()) => return,
                // They have gone; it is not theirs to pass on.
                Err(mut turn) => turn.0 = None,
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(turns) = self.0.take() {
            turns.pass_on();
        }
    }
}

impl Waiting {
    fn queue(&mut self, address: IpAddr) -> oneshot::Receiver<Turn> {
        let (give, given) = oneshot::channel();
        let queue = self.of_address.entry(address).or_default();
        if queue.is_empty() {
            self.order.push_back(address);
        }
        queue.push_back(give);
        given
    }

    fn next(&mut self) -> Option<oneshot::Sender<Turn>> {
        let address = self.order.pop_front()?;
        let queue = self.of_address.get_mut(&address)?;
        let next = queue.pop_front();
        if queue.is_empty() {
            self.of_address.remove(&address);
        } else {
            self.order.push_back(address);
        }
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    /// H5: five thousand requests of one account at once made everybody else wait for all of them, six seconds.
    #[tokio::test]
    async fn h5_who_asks_often_waits_behind_themselves() {
        let [greedy, other] = ["192.0.2.1", "192.0.2.2"].map(|address| address.parse::<IpAddr>().unwrap());
        let turns = Turns::new(1);
        let first = turns.take(greedy).await;
        let mut greedys: Vec<_> = (0..1000).map(|_| Box::pin(turns.take(greedy))).collect();
        assert!(greedys.iter_mut().all(|wait| wait.now_or_never().is_none()), "there is one turn");
        let mut others = Box::pin(turns.take(other));
        assert!((&mut others).now_or_never().is_none());

        drop(first);
        let second = (&mut greedys[0]).now_or_never().expect("who came first is first");
        drop(second);
        let third = others.now_or_never().expect("then it is the other's turn");
        // Those who go away lose nobody a turn, whether it was given to them already or not.
        drop(third);
        drop(greedys);
        assert!(turns.take(other).now_or_never().is_some());
        let waiting = turns.lock();
        assert_eq!((waiting.free, waiting.order.len(), waiting.of_address.len()), (1, 0, 0));
    }
}
