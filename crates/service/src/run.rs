//! Starting and stopping a service.

use crate::serve::raise_open_files;
use crate::{Settings, Shutdown, healthcheck, metrics};
use anyhow::Context;
use std::future::Future;
use std::process::ExitCode;
use std::time::Duration;
use tracing_subscriber::EnvFilter;

/// Longest time between SIGTERM and exit.
const GRACE: Duration = Duration::from_secs(15);

/// The whole of a `main`: `<binary> healthcheck` asks the running service; otherwise tracing, metrics and a runtime are
/// set up and `service` runs until it returns. A failure is printed as one chain of causes and exits with 1.
pub fn main<F>(name: &'static str, default_port: u16, service: impl FnOnce(Settings, Shutdown) -> F) -> ExitCode
where
    F: Future<Output = anyhow::Result<()>>,
{
    let settings = Settings::from_env();
    if std::env::args().nth(1).as_deref() == Some("healthcheck") {
        return healthcheck(settings.parse("PORT", default_port).unwrap_or(default_port));
    }
    match try_main(name, settings, service) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(service = name, "{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn try_main<F>(
    name: &'static str,
    settings: Settings,
    service: impl FnOnce(Settings, Shutdown) -> F,
) -> anyhow::Result<()>
where
    F: Future<Output = anyhow::Result<()>>,
{
    init_tracing(&settings)?;
    metrics::install();
    raise_open_files();
    let threads = settings.parse("RUNTIME_THREADS", 2usize)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads.max(1))
        .thread_name(name)
        .enable_all()
        .build()
        .context("starting the runtime")?;
    runtime.block_on(async {
        let shutdown = Shutdown::on_signals().context("listening for signals")?;
        tokio::spawn(metrics::keep_small());
        let run = service(settings, shutdown.clone());
        tokio::pin!(run);
        tokio::select! {
            result = &mut run => return result,
            () = shutdown.begun() => {}
        }
        match tokio::time::timeout(GRACE, run).await {
            Ok(result) => result,
            Err(_) => {
                tracing::warn!(service = name, "not everything had finished in time; it will be taken up again");
                Ok(())
            }
        }
    })?;
    runtime.shutdown_background();
    Ok(())
}

/// `LOG_LEVEL` is a tracing filter (`info`, `processor=debug,info`); `LOG_FORMAT` is `text` or `json`.
fn init_tracing(settings: &Settings) -> anyhow::Result<()> {
    let filter = settings.optional("LOG_LEVEL").unwrap_or_else(|| "info".into());
    let filter = EnvFilter::try_new(&filter).with_context(|| format!("setting LOG_LEVEL: {filter:?}"))?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match settings.optional("LOG_FORMAT").as_deref() {
        Some("json") => builder.json().flatten_event(true).init(),
        None | Some("text") => builder.with_ansi(false).init(),
        Some(other) => anyhow::bail!("setting LOG_FORMAT: {other:?} is neither text nor json"),
    }
    Ok(())
}
