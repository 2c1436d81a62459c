//! The processor's settings.

use crate::ocr::OcrSettings;
use jobs::{ScrubPace, Slots};
use model::{CustomPresets, JobService};
use sandbox::PoolSettings;
use service::{DatabaseSettings, SettingError, Settings};
use std::net::{IpAddr, Ipv4Addr};
use std::num::{NonZeroU32, NonZeroU64};
use std::path::PathBuf;
use std::time::Duration;

/// The default of `QUEUE_MAX_PENDING`.
const MAX_PENDING: NonZeroU64 = NonZeroU64::new(100_000).unwrap();

/// The default of `UPLOAD_EXPIRY_HOURS`: over a weekend.
const UPLOAD_EXPIRY_HOURS: NonZeroU32 = NonZeroU32::new(72).unwrap();

/// The default of `UNFINISHED_UPLOADS_PER_PERSON`: a folder of files, each of which a program begins before it sends the first.
const UNFINISHED_PER_PERSON: NonZeroU64 = NonZeroU64::new(1000).unwrap();

/// The default of `SCRUB_BYTES_PER_SECOND`: a terabyte in a day and a half, and a twentieth of what a slow disk gives.
const SCRUB_BYTES_PER_SECOND: NonZeroU64 = NonZeroU64::new(8 << 20).unwrap();

/// Settings of PageSpace's own processor, which people bring along in their `.env`, and what there is here instead:
/// `FILE_STORAGE_PATH`, `CACHE_PATH`, `NODE_OPTIONS`, `NODE_OPTIONS_PROCESSOR`.
pub(crate) const FOREIGN: [(&str, &str); 4] = [
    ("FILE_STORAGE_PATH", "files are kept in STORAGE_DIR, which in containers is the volume \"storage\""),
    ("CACHE_PATH", "made images are beside the files in STORAGE_DIR, and CACHE_MAX_BYTES says how much they may take"),
    ("NODE_OPTIONS", "there is no Node here; memory is limited by WEB_MEMORY, PROCESSOR_MEMORY and their like"),
    ("NODE_OPTIONS_PROCESSOR", "there is no Node here; memory is limited by PROCESSOR_MEMORY and SANDBOX_MEMORY_BYTES"),
];

/// All of them, read and checked at start.
#[derive(Debug, Clone)]
pub struct Config {
    /// `BIND_ADDRESS`: the address to listen on, 127.0.0.1 unless set.
    pub address: IpAddr,
    /// `PORT`: 3003 unless set.
    pub port: u16,
    /// `DATABASE_URL` and `DATABASE_CONNECTIONS` (5).
    pub database: DatabaseSettings,
    /// `STORAGE_DIR`: the folder of blobs and artifacts, `/data/storage` unless set.
    pub storage_dir: PathBuf,
    /// `STORAGE_BOND`: a store and a database that do not belong together and are to, by the ids they have, as the refusal to start
    /// names them; none unless set. It fits that pair once.
    pub storage_bond: Option<String>,
    /// `PROCESSOR_AUTH_REQUIRED` (true) and the secret `PROCESSOR_TOKEN`; none when callers need no token.
    pub token: Option<String>,
    /// `SCRUB_DAYS`: the bytes of every file are hashed again once in so many days, 30 unless set; 0 leaves them alone.
    /// `SCRUB_BYTES_PER_SECOND`: the most that is read for it in a second, 8 MiB unless set.
    pub scrub: Option<ScrubPace>,
    /// `UPLOAD_MAX_BYTES`: the largest file, 2 GiB unless set.
    pub upload_max_bytes: u64,
    /// `UPLOAD_EXPIRY_HOURS`: how long after its last byte an upload in pieces can be gone on with, 72 unless set.
    pub upload_expiry: Duration,
    /// `UNFINISHED_UPLOADS_PER_PERSON`: uploads in pieces that one person may have begun and not ended, 1,000 unless set.
    pub unfinished_uploads_per_person: NonZeroU64,
    /// `STORAGE_RESERVE_BYTES`: what uploads leave free on the volume, 512 MiB unless set. Below it they get 507.
    pub reserve_bytes: u64,
    /// `CACHE_MAX_AGE_DAYS`: images not read for so long are removed by a clean-up, 30 unless set.
    pub cache_max_age_days: u32,
    /// `CACHE_MAX_BYTES`: above it the longest unread images are removed, 10 GiB unless set.
    pub cache_max_bytes: u64,
    /// `OPTIMIZE_WAIT_SECONDS`: how long a request waits for its image before it answers "queued", 30 unless set.
    pub optimize_wait: Duration,
    /// `IMAGE_PRESETS`: presets beside ours or in their place, none unless set. The readers get the setting as it is.
    pub image_presets: CustomPresets,
    /// `IMPORT_DIR`: the watched folder, whose files are taken into the drives that its subfolders are named by; none unless set.
    pub import_dir: Option<PathBuf>,
    /// `UNPACK_MAILS`: what is attached to a mail and can be read becomes files beside it, true unless set.
    pub unpack_mails: bool,
    /// `QUEUE_MAX_PENDING`: with so many jobs pending, what would add one is answered 429, 100,000 unless set.
    pub queue_max_pending: NonZeroU64,
    /// `QUEUE_MAX_PENDING_PER_PERSON`: the same for the jobs of one person, a tenth of `QUEUE_MAX_PENDING` unless set, so that nobody
    /// can fill the queue alone.
    pub queue_max_pending_per_person: NonZeroU64,
    /// `PROCESSOR_…_SLOTS`, one for each kind of job that runs here ([`model::KINDS`]): jobs of it at once; 0 leaves a kind to other
    /// processors. More than the readers can take only wait for them.
    pub slots: Slots,
    /// `SANDBOX_CHILDREN` (2) and `SANDBOX_MEMORY_BYTES` (512 MiB): confined readers, and what each may take.
    pub sandbox: PoolSettings,
    /// `ENABLE_OCR` (false), `ENABLE_EXTERNAL_OCR` (false) with `OCR_API_MODEL`, and how text is recognised when it is on.
    pub ocr: Option<OcrSettings>,
}

impl Config {
    /// Reads them.
    pub fn read(settings: &Settings) -> Result<Self, SettingError> {
        let token = match settings.flag("PROCESSOR_AUTH_REQUIRED", true)? {
            true => Some(settings.secret("PROCESSOR_TOKEN")?),
            false => {
                tracing::warn!(
                    "PROCESSOR_AUTH_REQUIRED is false: whoever reaches this port reads and writes every file"
                );
                None
            }
        };
        let sandbox = PoolSettings::default();
        let queue_max_pending = settings.parse("QUEUE_MAX_PENDING", MAX_PENDING)?;
        Ok(Self {
            address: settings.parse("BIND_ADDRESS", IpAddr::V4(Ipv4Addr::LOCALHOST))?,
            port: settings.parse("PORT", 3003)?,
            database: DatabaseSettings::read(settings, 5)?,
            storage_dir: settings.optional("STORAGE_DIR").unwrap_or_else(|| "/data/storage".into()).into(),
            storage_bond: settings.optional("STORAGE_BOND"),
            token,
            scrub: scrub(settings)?,
            upload_max_bytes: settings.parse("UPLOAD_MAX_BYTES", 2 << 30)?,
            upload_expiry: Duration::from_secs(
                u64::from(settings.parse("UPLOAD_EXPIRY_HOURS", UPLOAD_EXPIRY_HOURS)?.get()) * 3600,
            ),
            unfinished_uploads_per_person: settings.parse("UNFINISHED_UPLOADS_PER_PERSON", UNFINISHED_PER_PERSON)?,
            reserve_bytes: settings.parse("STORAGE_RESERVE_BYTES", 512 << 20)?,
            cache_max_age_days: settings.parse("CACHE_MAX_AGE_DAYS", 30)?,
            cache_max_bytes: settings.parse("CACHE_MAX_BYTES", 10 << 30)?,
            optimize_wait: Duration::from_secs(settings.parse("OPTIMIZE_WAIT_SECONDS", 30)?),
            image_presets: settings.parse("IMAGE_PRESETS", CustomPresets::default())?,
            import_dir: settings.optional("IMPORT_DIR").map(PathBuf::from),
            unpack_mails: settings.flag("UNPACK_MAILS", true)?,
            queue_max_pending,
            queue_max_pending_per_person: settings
                .parse("QUEUE_MAX_PENDING_PER_PERSON", share_of_person(queue_max_pending))?,
            slots: Slots::read(JobService::Processor, |name, default| settings.parse(name, default))?,
            ocr: OcrSettings::read(settings)?,
            sandbox: PoolSettings {
                children: settings.parse("SANDBOX_CHILDREN", sandbox.children)?,
                memory_bytes: settings.parse("SANDBOX_MEMORY_BYTES", sandbox.memory_bytes)?,
                environment: settings
                    .optional("IMAGE_PRESETS")
                    .map(|rows| ("IMAGE_PRESETS".into(), rows))
                    .into_iter()
                    .collect(),
                ..sandbox
            },
        })
    }
}

/// What one person may have pending unless it is said.
fn share_of_person(max_pending: NonZeroU64) -> NonZeroU64 {
    NonZeroU64::new(max_pending.get() / 10).unwrap_or(NonZeroU64::MIN)
}

fn scrub(settings: &Settings) -> Result<Option<ScrubPace>, SettingError> {
    let days: u32 = settings.parse("SCRUB_DAYS", 30)?;
    let bytes_per_second = settings.parse("SCRUB_BYTES_PER_SECOND", SCRUB_BYTES_PER_SECOND)?;
    let every = Duration::from_secs(u64::from(days) * 24 * 3600);
    Ok((days > 0).then_some(ScrubPace { every, bytes_per_second }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::JobKind;

    fn of_each(slots: &Slots) -> [usize; 4] {
        [JobKind::IngestFile, JobKind::ImageOptimize, JobKind::TextExtract, JobKind::OcrProcess]
            .map(|kind| slots.of(kind))
    }

    #[test]
    fn files_are_hashed_again_once_a_month_unless_told_otherwise() {
        let settings =
            Settings::from_env().with("DATABASE_URL", "postgres://unused").with("PROCESSOR_TOKEN", "a-service-token");
        let scrub = |settings: &Settings| Config::read(settings).map(|config| config.scrub);
        let pace = scrub(&settings).unwrap().unwrap();
        assert_eq!((pace.every.as_secs(), pace.bytes_per_second.get()), (30 * 86_400, 8 << 20));
        assert_eq!(scrub(&settings.clone().with("SCRUB_DAYS", "0")).unwrap(), None);
        assert!(scrub(&settings.with("SCRUB_BYTES_PER_SECOND", "0")).is_err());
    }

    #[test]
    fn the_queues_limit_and_how_many_jobs_of_each_kind_run_at_once_are_settings() {
        let settings =
            Settings::from_env().with("DATABASE_URL", "postgres://unused").with("PROCESSOR_TOKEN", "a-service-token");
        let config = Config::read(&settings).unwrap();
        assert_eq!((config.queue_max_pending.get(), config.queue_max_pending_per_person.get()), (100_000, 10_000));
        assert_eq!(of_each(&config.slots), [2, 2, 1, 1]);
        let names =
            ["PROCESSOR_INGEST_SLOTS", "PROCESSOR_OPTIMIZE_SLOTS", "PROCESSOR_EXTRACT_SLOTS", "PROCESSOR_OCR_SLOTS"];
        let set = names.iter().zip(["5", "6", "0", "3"]).fold(settings, |all, (name, value)| all.with(name, value));
        let config = Config::read(&set.clone().with("QUEUE_MAX_PENDING", "7")).unwrap();
        assert_eq!((config.queue_max_pending.get(), config.queue_max_pending_per_person.get()), (7, 1));
        assert_eq!(of_each(&config.slots), [5, 6, 0, 3]);
        let error = Config::read(&set.with("QUEUE_MAX_PENDING", "0")).unwrap_err().to_string();
        assert!(error.contains("QUEUE_MAX_PENDING"), "a queue that takes nothing is a mistake: {error}");
    }
}
