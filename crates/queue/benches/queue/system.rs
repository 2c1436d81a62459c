//! Who is measured, and how its child is started.

use tokio::process::Command;

/// A queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System {
    Ours,
    PgBoss,
    Graphile,
}

impl System {
    pub const ALL: [Self; 3] = [Self::Ours, Self::PgBoss, Self::Graphile];

    /// Its name in the results, and of its database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::PgBoss => "pgboss12",
            Self::Graphile => "graphile",
        }
    }

    /// Where it keeps its tables.
    pub fn schema(self) -> &'static str {
        match self {
            Self::Ours => "queue",
            Self::PgBoss => "pgboss",
            Self::Graphile => "graphile_worker",
        }
    }

    /// Its tables of jobs that are over, as a pattern. pg-boss keeps them in the table of all jobs, graphile-worker does not
    /// keep them.
    pub fn history(self) -> &'static str {
        match self {
            Self::Ours => "^(finished|done|dead)",
            Self::PgBoss | Self::Graphile => "^$",
        }
    }

    /// How many single enqueues are enough for a steady rate without taking minutes.
    pub fn singles(self, callers: usize) -> usize {
        match (self, callers) {
            (Self::Ours, 100..) => 100_000,
            (Self::Ours, _) => 30_000,
            (_, 100..) => 10_000,
            (..) => 5_000,
        }
    }

    /// Its child: this program again, or Node with one of the scripts in `peers`.
    pub fn command(self) -> Command {
        let peers = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/peers");
        let script = match self {
            Self::Ours => {
                let mut command = Command::new(std::env::current_exe().unwrap());
                command.arg("child");
                return command;
            }
            Self::PgBoss => "pgboss.mjs",
            Self::Graphile => "graphile.mjs",
        };
        let mut command = Command::new(format!("{peers}/node_modules/node/bin/node"));
        command.arg(format!("{peers}/{script}"));
        command
    }
}
