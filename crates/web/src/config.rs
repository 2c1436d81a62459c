//! The web service's settings, read once and checked at start.

use anyhow::{Context, bail};
use model::CustomPresets;
use service::{ConnectionLimits, DatabaseSettings, Settings, TrustedProxies};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

/// Settings of PageSpace's web app, which people bring along in their `.env`, and what there is here instead: `NODE_OPTIONS_WEB`.
pub(crate) const FOREIGN: [(&str, &str); 1] =
    [("NODE_OPTIONS_WEB", "there is no Node here; memory is limited by WEB_MEMORY")];

/// The default of `UPLOADS_PER_PERSON`: several browsers and a program.
const UPLOADS_PER_PERSON: NonZeroUsize = NonZeroUsize::new(32).unwrap();

/// The longest statement. What may take longer says so in its transaction.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(5);

/// Everything that can be set.
#[derive(Debug, Clone)]
pub struct Config {
    /// `BIND_ADDRESS` and `PORT`: where to listen, all of `0.0.0.0` and 3000.
    pub address: SocketAddr,
    /// `DATABASE_URL`, `DATABASE_CONNECTIONS` (4). A statement has five seconds: somebody waits for it, and others for its connection.
    pub database: DatabaseSettings,
    /// `PROCESSOR_URL`: where files are kept, `http://127.0.0.1:3003`.
    pub processor_url: String,
    /// `PROCESSOR_TOKEN`, a secret: what the processor asks of its callers.
    pub processor_token: String,
    /// `REALTIME_URL`: where events are pushed from, `http://127.0.0.1:3001`.
    pub realtime_url: String,
    /// `PUBLIC_URL`: how browsers reach this service, `http://localhost:3000`. With `https` cookies are `Secure`.
    pub public_url: String,
    /// `TRUSTED_PROXIES`: addresses or networks (`10.0.0.0/8`), separated by commas, whose `X-Forwarded-For` is believed. Where
    /// `PUBLIC_URL` is `https`, nobody else but this machine is answered.
    pub trusted_proxies: TrustedProxies,
    /// `WEB_CONNECTIONS` (16384) and `WEB_CONNECTIONS_PER_ADDRESS` (1024): most connections at once, of all clients and of one.
    /// Trusted proxies speak for many clients, so that only the first holds for them.
    pub connections: ConnectionLimits,
    /// `DRIVES_PER_PERSON`: drives that one person may have made, 100.
    pub drives_per_person: u32,
    /// `UPLOADS_PER_PERSON`: files that one person may send at once, 32.
    pub uploads_per_person: NonZeroUsize,
    /// `METRICS_TOKEN`, a secret: what `/metrics` asks for; without one nobody sees them.
    pub metrics_token: Option<String>,
    /// `UPLOAD_MAX_BYTES`: the largest file, 2 GiB.
    pub upload_max_bytes: u64,
    /// `IMAGE_PRESETS`: presets beside ours or in their place, as the processor has them.
    pub image_presets: CustomPresets,
    /// `SETUP_LINK_FILE`: the file that the set-up link is written to, instead of the log.
    pub setup_link_file: Option<PathBuf>,
}

impl Config {
    /// Reads every setting, or says which one is wrong.
    pub fn read(settings: &Settings) -> anyhow::Result<Self> {
        let url = |name: &str, default: &str| -> anyhow::Result<String> {
            let url = settings.optional(name).unwrap_or_else(|| default.into());
            origin(&url).with_context(|| format!("setting {name}: {url:?}"))
        };
        let trusted_proxies = settings.parse("TRUSTED_PROXIES", TrustedProxies::default())?;
        let proxies = trusted_proxies.clone();
        Ok(Self {
            address: (
                settings.parse("BIND_ADDRESS", IpAddr::from(Ipv4Addr::UNSPECIFIED))?,
                settings.parse("PORT", 3000)?,
            )
                .into(),
            database: DatabaseSettings {
                statement_timeout: Some(STATEMENT_TIMEOUT),
                ..DatabaseSettings::read(settings, 4)?
            },
            processor_url: url("PROCESSOR_URL", "http://127.0.0.1:3003")?,
            processor_token: settings.secret("PROCESSOR_TOKEN")?,
            realtime_url: url("REALTIME_URL", "http://127.0.0.1:3001")?,
            public_url: url("PUBLIC_URL", "http://localhost:3000")?,
            connections: ConnectionLimits::public(
                settings.parse("WEB_CONNECTIONS", 16_384)?,
                settings.parse("WEB_CONNECTIONS_PER_ADDRESS", 1024)?,
                move |address| proxies.contains(address),
            ),
            trusted_proxies,
            metrics_token: settings.optional_secret("METRICS_TOKEN")?,
            drives_per_person: settings.parse("DRIVES_PER_PERSON", 100)?,
            uploads_per_person: settings.parse("UPLOADS_PER_PERSON", UPLOADS_PER_PERSON)?,
            upload_max_bytes: settings.parse("UPLOAD_MAX_BYTES", 2 << 30)?,
            image_presets: settings.parse("IMAGE_PRESETS", CustomPresets::default())?,
            setup_link_file: settings.optional("SETUP_LINK_FILE").map(PathBuf::from),
        })
    }

    /// True when browsers come by https.
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}

/// The URL as `scheme://host[:port]`: these services live at the root of their origin.
fn origin(url: &str) -> anyhow::Result<String> {
    let parsed = reqwest::Url::parse(url)?;
    if !matches!(parsed.scheme(), "http" | "https") || !parsed.has_host() {
        bail!("is not an http or https URL");
    }
    if !matches!(parsed.path(), "" | "/") || parsed.query().is_some() {
        bail!("has a path; only an origin such as https://files.example.org works");
    }
    Ok(parsed.origin().ascii_serialization())
}
