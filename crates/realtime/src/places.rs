//! Places for the sockets of one front end: how many there may be in all, of one client address, and of strangers, who have not
//! shown yet who they are.

use axum::http::StatusCode;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Most sockets of strangers, and of those at one address. They have ten seconds, so that places come free all the time.
const STRANGERS: usize = 2048;
const STRANGERS_OF_ONE: usize = 128;
/// What one address may take of all places: a tenth, and never fewer than an office of few people has.
const PARTS: usize = 10;
const AT_LEAST_OF_ONE: usize = 64;

/// The places of one front end.
#[derive(Debug)]
pub struct Places {
    in_all: usize,
    of_one: usize,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    all: Count,
    addresses: HashMap<IpAddr, Count>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Count {
    sockets: usize,
    strangers: usize,
}

/// A socket's place, until dropped.
#[derive(Debug)]
pub struct Place {
    places: Arc<Places>,
    address: IpAddr,
    is_strangers: bool,
}

impl Places {
    /// That many places.
    pub fn new(in_all: usize) -> Arc<Self> {
        let of_one = (in_all / PARTS).max(AT_LEAST_OF_ONE);
        Arc::new(Self { in_all, of_one, taken: Mutex::default() })
    }

    /// A place for somebody at this address. The error says whether they have too many themselves (429) or all are taken (503).
    pub fn take(self: &Arc<Self>, address: IpAddr) -> Result<Place, StatusCode> {
        let mut taken = self.lock();
        if taken.of(address).sockets >= self.of_one {
            return Err(refused(StatusCode::TOO_MANY_REQUESTS));
        }
        if taken.all.sockets >= self.in_all {
            return Err(refused(StatusCode::SERVICE_UNAVAILABLE));
        }
        taken.change(address, |count| count.sockets += 1);
        Ok(Place { places: self.clone(), address, is_strangers: false })
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Nobody knows yet whose it is. The error is that of [`Places::take`].
    pub fn is_a_strangers(&mut self) -> Result<(), StatusCode> {
        let mut taken = self.places.lock();
        if taken.of(self.address).strangers >= STRANGERS_OF_ONE {
            return Err(refused(StatusCode::TOO_MANY_REQUESTS));
        }
        if taken.all.strangers >= STRANGERS {
            return Err(refused(StatusCode::SERVICE_UNAVAILABLE));
        }
        taken.change(self.address, |count| count.strangers += 1);
        self.is_strangers = true;
        Ok(())
    }

    /// They have said who they are.
    pub fn is_signed_in(&mut self) {
        if std::mem::take(&mut self.is_strangers) {
            self.places.lock().change(self.address, |count| count.strangers -= 1);
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.is_signed_in();
        self.places.lock().change(self.address, |count| count.sockets -= 1);
    }
}

impl Taken {
    fn of(&self, address: IpAddr) -> Count {
        self.addresses.get(&address).copied().unwrap_or_default()
    }

    fn change(&mut self, address: IpAddr, change: impl Fn(&mut Count)) {
        change(&mut self.all);
        let count = self.addresses.entry(address).or_default();
        change(count);
        if count.sockets == 0 {
            self.addresses.remove(&address);
        }
    }
}

fn refused(status: StatusCode) -> StatusCode {
    metrics::counter!("realtime_sockets_refused_total").increment(1);
    status
}
