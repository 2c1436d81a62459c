//! The table of a listener's connections: who is let in, and who is closed to make room.
//!
//! A full table does not turn newcomers away while anybody in it waits for its client: a flood of half-sent requests would
//! otherwise lock everybody out. The oldest that waits is closed instead. Whoever sends a whole request at once is
//! answered: until it has been looked for, a connection is not closed.

use super::connection::{Connection, Phase};
use super::limits::{ConnectionLimits, PerAddress, ReaderLimits};
use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// How often clocks are looked at: the most by which a connection outlives its time.
const TICK: Duration = Duration::from_secs(1);
/// A reader that has taken nothing for so long makes room for newcomers, when nobody else does.
const STALLED: Duration = Duration::from_secs(10);

/// All connections of one listener.
#[derive(Debug)]
pub(super) struct Connections {
    limits: ConnectionLimits,
    began: Instant,
    unfinished_bytes: AtomicUsize,
    held_bytes: AtomicUsize,
    table: Mutex<Table>,
}

#[derive(Debug, Default)]
struct Table {
    last_id: u64,
    /// By number, which is by age.
    all: BTreeMap<u64, Arc<Connection>>,
    addresses: HashMap<IpAddr, Arc<Address>>,
}

/// What one client address holds.
#[derive(Debug)]
pub(super) struct Address {
    key: IpAddr,
    is_exempt: bool,
    connections: AtomicUsize,
    unfinished_bytes: AtomicUsize,
    /// Of answers that wait for it.
    held_bytes: AtomicUsize,
}

impl Connections {
    pub(super) fn new(limits: ConnectionLimits) -> Arc<Self> {
        Arc::new(Self {
            limits,
            began: Instant::now(),
            unfinished_bytes: 0.into(),
            held_bytes: 0.into(),
            table: Mutex::default(),
        })
    }

    pub(super) fn limits(&self) -> &ConnectionLimits {
        &self.limits
    }

    /// Milliseconds since the listener began.
    pub(super) fn now_ms(&self) -> u64 {
        self.began.elapsed().as_millis() as u64
    }

    /// Lets a connection in, closing another one where there is no room; `None` when everybody who is in is busy.
    pub(super) fn admit(self: &Arc<Self>, address: IpAddr) -> Option<Arc<Connection>> {
        let mut table = self.lock();
        let address = table.address(address, self.limits.per_address.as_ref());
        if let Some(most) = self.bound_of(&address)
            && address.connections.load(Ordering::Relaxed) >= most.connections
            && !table.make_room(|connection| Arc::ptr_eq(&connection.address, &address), self.now_ms())
        {
            return None;
        }
        if table.all.len() >= self.limits.in_all && !table.make_room(|_| true, self.now_ms()) {
            return None;
        }
        table.last_id += 1;
        address.connections.fetch_add(1, Ordering::Relaxed);
        let connection = Arc::new(Connection::new(table.last_id, address, self.clone()));
        table.all.insert(connection.id, connection.clone());
        Some(connection)
    }

    /// The socket is closed.
    pub(super) fn remove(&self, connection: &Connection) {
        let mut table = self.lock();
        table.take(connection.id);
    }

    /// More bytes of unfinished requests are held.
    pub(super) fn add(&self, address: &Address, bytes: usize) {
        address.unfinished_bytes.fetch_add(bytes, Ordering::Relaxed);
        self.unfinished_bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Bytes of an unfinished request belong to a whole one now, or to nobody.
    pub(super) fn subtract(&self, address: &Address, bytes: usize) {
        address.unfinished_bytes.fetch_sub(bytes, Ordering::Relaxed);
        self.unfinished_bytes.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// Gives up the oldest unfinished request where they are too many bytes, first among those of the address.
    pub(super) fn relieve(&self, address: &Arc<Address>) {
        let is_unfinished = |connection: &Connection| connection.unfinished_bytes() > 0;
        let of_address = address.unfinished_bytes.load(Ordering::Relaxed);
        if self.bound_of(address).is_some_and(|most| of_address > most.unfinished_bytes) {
            self.lock()
                .evict_oldest(|connection| is_unfinished(connection) && Arc::ptr_eq(&connection.address, address));
        } else if self.unfinished_bytes.load(Ordering::Relaxed) > self.limits.unfinished_bytes {
            self.lock().evict_oldest(is_unfinished);
        }
    }

    /// An answer waits for its client. Gives up the one that has waited longest where they are too many bytes, first among those
    /// of the address.
    pub(super) fn hold(&self, connection: &Connection) {
        let (address, now_ms) = (&connection.address, self.now_ms());
        let bytes = connection.reader().blocks(now_ms);
        let of_address = address.held_bytes.fetch_add(bytes, Ordering::Relaxed) + bytes;
        let of_all = self.held_bytes.fetch_add(bytes, Ordering::Relaxed) + bytes;
        if self.bound_of(address).is_some_and(|most| of_address > most.readers.held_bytes) {
            self.lock().evict_reader(|connection| Arc::ptr_eq(&connection.address, address), now_ms, Duration::ZERO);
        } else if of_all > self.limits.readers.held_bytes {
            self.lock().evict_reader(|_| true, now_ms, Duration::ZERO);
        }
    }

    /// A client takes its answer again, or has gone.
    pub(super) fn let_go(&self, connection: &Connection) {
        let bytes = connection.reader().goes_on();
        connection.address.held_bytes.fetch_sub(bytes, Ordering::Relaxed);
        self.held_bytes.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// How clients of this address take their answers.
    pub(super) fn readers_of(&self, address: &Address) -> &ReaderLimits {
        self.bound_of(address).map_or(&self.limits.readers, |bound| &bound.readers)
    }

    /// Closes whoever is over time, until dropped.
    pub(super) async fn keep_time(&self) {
        let mut ticks = tokio::time::interval(TICK);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            let now_ms = self.now_ms();
            let late: Vec<Arc<Connection>> =
                self.lock().all.values().filter(|connection| self.is_late(connection, now_ms)).cloned().collect();
            for connection in late {
                if connection.evict() {
                    metrics::counter!("http_connections_closed_total", "reason" => "timeout").increment(1);
                }
            }
        }
    }

    fn is_late(&self, connection: &Connection, now_ms: u64) -> bool {
        let longest = match connection.phase() {
            Phase::Head => self.limits.head_timeout,
            // A body's own clock answers with an error; this one is for what it does not see.
            Phase::Body => self.limits.body_timeout + 2 * TICK,
            Phase::Idle => {
                self.bound_of(&connection.address).map_or(self.limits.idle_timeout, |bound| bound.idle_timeout)
            }
            Phase::New | Phase::Upload | Phase::Busy | Phase::Upgraded | Phase::Closed => return false,
        };
        now_ms.saturating_sub(connection.since_ms()) >= longest.as_millis() as u64
    }

    /// Bounds of one client hold for it.
    pub(super) fn is_strange(&self, address: &Address) -> bool {
        self.bound_of(address).is_some()
    }

    fn bound_of(&self, address: &Address) -> Option<&PerAddress> {
        self.limits.per_address.as_ref().filter(|_| !address.is_exempt)
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    fn address(&mut self, address: IpAddr, bounds: Option<&PerAddress>) -> Arc<Address> {
        let key = client_network(address);
        let new = || {
            Arc::new(Address {
                key,
                is_exempt: bounds.is_none_or(|bounds| (bounds.is_exempt)(address.to_canonical())),
                connections: 0.into(),
                unfinished_bytes: 0.into(),
                held_bytes: 0.into(),
            })
        };
        self.addresses.entry(key).or_insert_with(new).clone()
    }

    /// Closes one of these that waits for its client, in whatever way. False when none does.
    fn make_room(&mut self, is_one: impl Fn(&Connection) -> bool, now_ms: u64) -> bool {
        self.evict_oldest(&is_one) || self.evict_reader(is_one, now_ms, STALLED)
    }

    /// Closes the one of these whose answer has waited longest, and so long at the least. False when there is none.
    fn evict_reader(&mut self, is_one: impl Fn(&Connection) -> bool, now_ms: u64, at_least: Duration) -> bool {
        let silent_ms = |connection: &Arc<Connection>| connection.reader().silent_ms(now_ms);
        let readers = self.all.values().filter(|connection| connection.reader().is_blocked() && is_one(connection));
        let longest = readers.max_by_key(|connection| silent_ms(connection));
        let longest = longest.filter(|one| u128::from(silent_ms(one)) >= at_least.as_millis() && one.evict_reader());
        longest.map(|one| one.id).inspect(|id| self.take(*id)).is_some() && {
            metrics::counter!("http_connections_closed_total", "reason" => "room").increment(1);
            true
        }
    }

    /// Closes the oldest connection of these that waits for its client. False when none does.
    fn evict_oldest(&mut self, is_one: impl Fn(&Connection) -> bool) -> bool {
        let oldest = self.all.values().find(|connection| is_one(connection) && connection.evict()).map(|one| one.id);
        // Out of the table at once: its socket takes a moment to close, and the next in line must not find it again.
        oldest.inspect(|id| self.take(*id)).is_some() && {
            metrics::counter!("http_connections_closed_total", "reason" => "room").increment(1);
            true
        }
    }

    fn take(&mut self, id: u64) {
        let Some(connection) = self.all.remove(&id) else { return };
        if connection.address.connections.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.addresses.remove(&connection.address.key);
        }
    }
}

/// What clients are counted by: an IPv4 address, or the network of an IPv6 one, since one customer has 2^64 of those.
pub fn client_network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => IpAddr::V6((u128::from(address) >> 64 << 64).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    /// On a machine that is busy with a flood, newcomers would be closed before anybody had looked whether their request is
    /// there.
    #[tokio::test]
    async fn nobody_is_closed_who_was_not_looked_at() {
        let connections = Connections::new(ConnectionLimits { in_all: 2, ..ConnectionLimits::internal() });
        let admit = || connections.admit(Ipv4Addr::LOCALHOST.into());
        let (first, second) = (admit().unwrap(), admit().unwrap());
        assert!(admit().is_none());
        second.is_looked_at();
        assert!(admit().is_some());
        assert_eq!((first.phase(), second.phase()), (Phase::New, Phase::Closed));
        first.is_looked_at();
        first.has_head(false, 100);
        assert!(admit().is_none(), "who is being answered stays as well");
    }

    /// A table full of clients that take nothing of their answers kept everybody out until their time was over.
    #[tokio::test]
    async fn h1_the_reader_who_has_waited_longest_makes_room() {
        let connections = Connections::new(ConnectionLimits { in_all: 2, ..ConnectionLimits::internal() });
        let admit = || connections.admit(Ipv4Addr::LOCALHOST.into());
        let (first, second) = (admit().unwrap(), admit().unwrap());
        for (connection, since_ms) in [(&first, 5), (&second, 2)] {
            connection.is_looked_at();
            connection.has_head(false, 100);
            connection.reader().blocks(since_ms);
        }
        let make_room = |now_ms| connections.lock().make_room(|_| true, now_ms);
        assert!(!make_room(9_000), "a moment ago they were still reading");
        assert!(make_room(10_002));
        assert_eq!((first.phase(), second.phase()), (Phase::Busy, Phase::Closed));
    }
}
