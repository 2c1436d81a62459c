//! The realtime service's settings, read once and checked at start.

use service::{DatabaseSettings, Settings, TrustedProxies};
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

/// Everything that can be set.
#[derive(Debug, Clone)]
pub struct Config {
    /// `BIND_ADDRESS`: where to listen, 127.0.0.1 unless set.
    pub address: IpAddr,
    /// `PORT`: where to listen, 3001.
    pub port: u16,
    /// `DATABASE_URL`, `DATABASE_CONNECTIONS` (2). Two more are open beside them: one listens, one reads events.
    pub database: DatabaseSettings,
    /// `BROADCAST_SECRET`, a secret: what signs broadcasts. PageSpace's `REALTIME_BROADCAST_SECRET` is taken too.
    pub broadcast_secret: String,
    /// `PUBLIC_URL`: the origin whose pages may open sockets with the session cookie, `http://localhost:3000`.
    pub public_url: String,
    /// `REALTIME_TRUSTED_PROXIES`: addresses or networks, separated by commas, whose `X-Forwarded-For` is believed: where web asks
    /// from, which is this machine unless set.
    pub trusted_proxies: TrustedProxies,
    /// `REALTIME_CONNECTIONS`: most plain WebSockets at once, signed in or not, and as many Socket.IO clients, 10,000. One client
    /// address has a tenth of each.
    pub connections: usize,
    /// `REALTIME_QUEUE`: most messages waiting for one client before it is dropped as too slow, 256.
    pub queue: usize,
    /// `REALTIME_RECHECK_SECONDS`: how often every socket's rights are checked again, 30.
    pub reauthorize_every: Duration,
}

impl Config {
    /// Reads every setting, or says which one is wrong.
    pub fn read(settings: &Settings) -> anyhow::Result<Self> {
        let public_url = settings.optional("PUBLIC_URL").unwrap_or_else(|| "http://localhost:3000".into());
        let broadcast_secret = match settings.optional("REALTIME_BROADCAST_SECRET") {
            Some(secret) => secret,
            None => settings.secret("BROADCAST_SECRET")?,
        };
        anyhow::ensure!(broadcast_secret.len() >= 32, "setting BROADCAST_SECRET: needs at least 32 characters");
        Ok(Self {
            address: settings.parse("BIND_ADDRESS", IpAddr::V4(Ipv4Addr::LOCALHOST))?,
            port: settings.parse("PORT", 3001)?,
            database: DatabaseSettings::read(settings, 2)?,
            broadcast_secret,
            public_url: public_url.trim_end_matches('/').to_owned(),
            trusted_proxies: match settings.optional("REALTIME_TRUSTED_PROXIES") {
                Some(_) => settings.parse("REALTIME_TRUSTED_PROXIES", TrustedProxies::default())?,
                None => TrustedProxies::this_machine(),
            },
            connections: settings.parse("REALTIME_CONNECTIONS", 10_000)?,
            queue: settings.parse::<usize>("REALTIME_QUEUE", 256)?.max(1),
            reauthorize_every: Duration::from_secs(settings.parse::<u64>("REALTIME_RECHECK_SECONDS", 30)?.max(1)),
        })
    }
}
