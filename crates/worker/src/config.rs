//! The worker's settings.

use jobs::external_ocr::ApiSettings;
use jobs::outbound::Networks;
use jobs::{Retention, Slots};
use model::{JobService, OcrLanguages};
use service::{DatabaseSettings, SettingError, Settings};
use std::net::{IpAddr, Ipv4Addr};
use std::num::NonZeroU32;
use std::time::Duration;

/// All of them, read and checked at start.
#[derive(Debug, Clone)]
pub struct Config {
    /// `BIND_ADDRESS`: the address to listen on, 127.0.0.1 unless set.
    pub address: IpAddr,
    /// `PORT`: health and metrics, 3002 unless set.
    pub port: u16,
    /// `DATABASE_URL` and `DATABASE_CONNECTIONS` (3).
    pub database: DatabaseSettings,
    /// `PROCESSOR_URL`: where the processor listens, http://127.0.0.1:3003 unless set.
    pub processor_url: String,
    /// `PROCESSOR_TOKEN`, a secret.
    pub processor_token: String,
    /// `RETENTION_EVENT_DAYS` (7), `RETENTION_JOB_DAYS` (30), `RETENTION_FAILED_JOB_DAYS` (90), `RETENTION_CONTENT_HOURS` (24),
    /// `RETENTION_AUDIT_DAYS` (180, at least 1), `TRASH_DAYS` (30, 0 is for ever): how long events, finished jobs, failed jobs,
    /// contents without a file, entries of the audit log, and files in the trash are kept.
    pub retention: Retention,
    /// `WORKER_…_SLOTS`, one for each kind of job that runs here ([`model::KINDS`]): jobs of it at once; 0 leaves a kind to other
    /// workers.
    pub slots: Slots,
    /// `ENABLE_EXTERNAL_OCR` (false), and when it is on the external service, or the sentence that says why there is none.
    pub external_ocr: Option<Result<ExternalOcrSettings, String>>,
    /// `UPLOAD_MAX_BYTES`: the largest file that is fetched by link, 2 GiB unless set.
    pub upload_max_bytes: u64,
    /// `IMPORT_ALLOWED_NETWORKS`: networks that are not public and that links may lead to all the same, none unless set.
    pub import_allowed_networks: Networks,
    /// `OCR_LANGUAGES`: what texts are expected in, eng unless set. What was read is kept by them.
    pub ocr_languages: OcrLanguages,
}

/// The external service that recognises text.
#[derive(Debug, Clone)]
pub struct ExternalOcrSettings {
    /// `OCR_API_URL` (<https://api.openai.com/v1>), `OCR_API_KEY` (a secret; none unless set), `OCR_API_MODEL`.
    pub api: ApiSettings,
    /// `OCR_REQUESTS_PER_MINUTE` (60), over all workers.
    pub requests_a_minute: NonZeroU32,
    /// `OCR_MONTHLY_BUDGET` (1,000): pages in a calendar month (UTC), over all workers.
    pub pages_a_month: u64,
}

impl ExternalOcrSettings {
    /// A service that is not named is no reason to refuse the start: everything else a worker does would stop with it.
    fn read(settings: &Settings) -> Result<Result<Self, String>, SettingError> {
        let Some(model) = settings.optional("OCR_API_MODEL") else { return Ok(Err(NO_MODEL.into())) };
        Ok(Ok(Self {
            api: ApiSettings {
                url: settings.optional("OCR_API_URL").unwrap_or_else(|| "https://api.openai.com/v1".into()),
                // A server on the same network may want none.
                key: settings.optional_secret("OCR_API_KEY")?,
                model,
                timeout: API_TIMEOUT,
            },
            requests_a_minute: settings.parse("OCR_REQUESTS_PER_MINUTE", REQUESTS_A_MINUTE)?,
            pages_a_month: settings.parse("OCR_MONTHLY_BUDGET", 1000)?,
        }))
    }
}

/// Said in the log and in /health.
const NO_MODEL: &str = "ENABLE_EXTERNAL_OCR is on, but OCR_API_MODEL names no model that sees: no external service is asked, and pages \
    are read here.";

/// The longest wait for a page: models that think take a while, and one that takes longer is stuck.
const API_TIMEOUT: Duration = Duration::from_secs(180);

/// The default of `OCR_REQUESTS_PER_MINUTE`.
const REQUESTS_A_MINUTE: NonZeroU32 = NonZeroU32::new(60).unwrap();

/// The default of `RETENTION_AUDIT_DAYS`.
const AUDIT_DAYS: NonZeroU32 = NonZeroU32::new(180).unwrap();

impl Config {
    /// Reads them.
    pub fn read(settings: &Settings) -> Result<Self, SettingError> {
        let days = |count: u64| Duration::from_secs(count * 24 * 3600);
        Ok(Self {
            address: settings.parse("BIND_ADDRESS", IpAddr::V4(Ipv4Addr::LOCALHOST))?,
            port: settings.parse("PORT", 3002)?,
            database: DatabaseSettings::read(settings, 3)?,
            processor_url: settings.optional("PROCESSOR_URL").unwrap_or_else(|| "http://127.0.0.1:3003".into()),
            processor_token: settings.secret("PROCESSOR_TOKEN")?,
            retention: Retention {
                events: days(settings.parse("RETENTION_EVENT_DAYS", 7)?),
                jobs: days(settings.parse("RETENTION_JOB_DAYS", 30)?),
                dead_jobs: days(settings.parse("RETENTION_FAILED_JOB_DAYS", 90)?),
                trash: match settings.parse("TRASH_DAYS", 30)? {
                    0 => None,
                    count => Some(days(count)),
                },
                contents: Duration::from_secs(settings.parse("RETENTION_CONTENT_HOURS", 24u64)? * 3600),
                audit: days(settings.parse("RETENTION_AUDIT_DAYS", AUDIT_DAYS)?.get().into()),
            },
            slots: Slots::read(JobService::Worker, |name, default| settings.parse(name, default))?,
            external_ocr: match settings.flag("ENABLE_EXTERNAL_OCR", false)? {
                true => Some(ExternalOcrSettings::read(settings)?),
                false => None,
            },
            upload_max_bytes: settings.parse("UPLOAD_MAX_BYTES", 2 << 30)?,
            import_allowed_networks: settings.parse("IMPORT_ALLOWED_NETWORKS", Networks::default())?,
            ocr_languages: settings.parse("OCR_LANGUAGES", OcrLanguages::default())?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::JobKind;

    fn of_each(slots: &Slots) -> [usize; 4] {
        [JobKind::CacheCleanup, JobKind::ImportLink, JobKind::OcrExternal, JobKind::Retention]
            .map(|kind| slots.of(kind))
    }

    #[test]
    fn how_many_jobs_of_each_kind_run_at_once_is_a_setting() {
        let settings =
            Settings::from_env().with("DATABASE_URL", "postgres://unused").with("PROCESSOR_TOKEN", "a-service-token");
        assert_eq!(of_each(&Config::read(&settings).unwrap().slots), [1, 4, 4, 1]);
        let settings = settings.with("WORKER_CACHE_CLEANUP_SLOTS", "0").with("WORKER_RETENTION_SLOTS", "2");
        let settings = settings.with("WORKER_OCR_EXTERNAL_SLOTS", "9").with("WORKER_IMPORT_SLOTS", "3");
        assert_eq!(of_each(&Config::read(&settings).unwrap().slots), [0, 3, 9, 2]);
    }

    #[test]
    fn how_long_the_audit_log_is_kept_is_a_setting_and_never_not_at_all() {
        let settings =
            Settings::from_env().with("DATABASE_URL", "postgres://unused").with("PROCESSOR_TOKEN", "a-service-token");
        let days = |settings: Settings| Config::read(&settings).map(|config| config.retention.audit.as_secs() / 86_400);
        assert_eq!(days(settings.clone()).unwrap(), 180);
        assert_eq!(days(settings.clone().with("RETENTION_AUDIT_DAYS", "365")).unwrap(), 365);
        assert!(days(settings.with("RETENTION_AUDIT_DAYS", "0")).is_err());
    }

    #[test]
    fn the_trash_is_emptied_after_a_month_later_or_never() {
        let settings =
            Settings::from_env().with("DATABASE_URL", "postgres://unused").with("PROCESSOR_TOKEN", "a-service-token");
        let days =
            |settings: &Settings| Config::read(settings).unwrap().retention.trash.map(|age| age.as_secs() / 86_400);
        assert_eq!(days(&settings), Some(30));
        assert_eq!(days(&settings.clone().with("TRASH_DAYS", "90")), Some(90));
        assert_eq!(days(&settings.with("TRASH_DAYS", "0")), None);
    }

    #[test]
    fn an_outside_service_is_used_when_it_is_switched_on_and_named() {
        let settings =
            Settings::from_env().with("DATABASE_URL", "postgres://unused").with("PROCESSOR_TOKEN", "a-service-token");
        assert!(Config::read(&settings).unwrap().external_ocr.is_none());
        let on = settings.with("ENABLE_EXTERNAL_OCR", "true");
        let sentence = Config::read(&on).unwrap().external_ocr.unwrap().unwrap_err();
        assert!(sentence.contains("OCR_API_MODEL"), "the worker does all else without: {sentence}");
        let on = on.with("OCR_API_MODEL", "sees-well");
        let read = Config::read(&on).unwrap().external_ocr.unwrap().unwrap();
        assert_eq!((read.api.url.as_str(), read.api.key.as_deref()), ("https://api.openai.com/v1", None));
        assert_eq!((read.requests_a_minute.get(), read.pages_a_month), (60, 1000));
        let set = on.with("OCR_API_KEY", "sk-1").with("OCR_REQUESTS_PER_MINUTE", "7").with("OCR_MONTHLY_BUDGET", "0");
        let read = Config::read(&set).unwrap().external_ocr.unwrap().unwrap();
        assert_eq!((read.api.key.as_deref(), read.requests_a_minute.get(), read.pages_a_month), (Some("sk-1"), 7, 0));
        assert!(Config::read(&set.with("OCR_REQUESTS_PER_MINUTE", "0")).is_err());
    }

    /// An unreadable key file was taken for no key, and every request to the service answered 401.
    #[test]
    fn a_key_of_the_external_service_that_cannot_be_read_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let settings =
            Settings::from_env().with("DATABASE_URL", "postgres://unused").with("PROCESSOR_TOKEN", "a-service-token");
        let settings = settings.with("ENABLE_EXTERNAL_OCR", "true").with("OCR_API_MODEL", "sees-well");
        let key =
            |settings: &Settings| Config::read(settings).map(|config| config.external_ocr.unwrap().unwrap().api.key);
        let secrets = settings.clone().with("SECRETS_DIR", folder.path().to_str().unwrap());
        assert_eq!(key(&secrets).unwrap(), None, "a server on the same network may want none");
        let file = folder.path().join("ocr-api-key");
        let named = settings.with("OCR_API_KEY_FILE", file.to_str().unwrap());
        assert!(key(&named).unwrap_err().to_string().contains("OCR_API_KEY"), "the file is not there");
        std::fs::write(&file, " \n").unwrap();
        for settings in [&named, &secrets] {
            assert!(key(settings).unwrap_err().to_string().contains("is empty"));
        }
        std::fs::write(&file, "sk-1\n").unwrap();
        assert_eq!([key(&named).unwrap(), key(&secrets).unwrap()], [Some("sk-1".into()), Some("sk-1".into())]);
    }
}
