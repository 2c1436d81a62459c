//! What is too much: the limits above which somebody should look. One row each, with everything about it that more than one program
//! has to know.

use crate::JobKind;

/// Something that has a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Threshold {
    /// How long ago the last backup was completed, where they are made regularly.
    BackupAge,
    /// The part of a kind's jobs of the last hour that failed.
    FailedJobs,
    /// The part of its memory that a program uses.
    Memory,
    /// How long a program that ran has said nothing.
    MissingService,
    /// How many jobs wait, without those of kinds that may.
    PendingJobs,
    /// How long one attempt at a file takes.
    SlowFile,
    /// How long the oldest job waits of a kind that may wait.
    WaitingJobs,
}

/// What a threshold's numbers count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThresholdUnit {
    /// Jobs.
    Jobs,
    /// Seconds.
    Seconds,
    /// A part of the whole, 0 to 1.
    Share,
}

/// Everything there is to know of a threshold without looking.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ThresholdRow {
    /// The threshold.
    pub threshold: Threshold,
    /// Its name in the table of alerts, in the API and in metrics.
    pub name: &'static str,
    /// What people are shown instead of the name.
    pub label: &'static str,
    /// More than this is too much.
    pub limit: f64,
    /// What the limit counts.
    pub unit: ThresholdUnit,
}

/// Every threshold, in alphabetical order of its name.
pub static THRESHOLDS: &[ThresholdRow] = &[
    ThresholdRow {
        threshold: Threshold::BackupAge,
        name: "backup-age",
        label: "Age of the last backup",
        // Of daily ones two are missing.
        limit: 50.0 * 3600.0,
        unit: ThresholdUnit::Seconds,
    },
    ThresholdRow {
        threshold: Threshold::FailedJobs,
        name: "failed-jobs",
        label: "Failed jobs of the last hour",
        limit: 0.05,
        unit: ThresholdUnit::Share,
    },
    ThresholdRow {
        threshold: Threshold::Memory,
        name: "memory",
        label: "Memory of one service",
        limit: 0.9,
        unit: ThresholdUnit::Share,
    },
    ThresholdRow {
        threshold: Threshold::MissingService,
        name: "missing-service",
        label: "Silence of a service that ran",
        limit: 30.0,
        unit: ThresholdUnit::Seconds,
    },
    ThresholdRow {
        threshold: Threshold::PendingJobs,
        name: "pending-jobs",
        label: "Waiting jobs",
        limit: 100.0,
        unit: ThresholdUnit::Jobs,
    },
    ThresholdRow {
        threshold: Threshold::SlowFile,
        name: "slow-file",
        label: "Time for one file",
        limit: 30.0,
        unit: ThresholdUnit::Seconds,
    },
    ThresholdRow {
        threshold: Threshold::WaitingJobs,
        name: "waiting-jobs",
        label: "Wait of text recognition and clean-up",
        limit: 3600.0,
        unit: ThresholdUnit::Seconds,
    },
];

/// A threshold's row stands where its variant does, so that [`Threshold::row`] cannot miss it.
const _: () = {
    let mut index = 0;
    while index < THRESHOLDS.len() {
        assert!(THRESHOLDS[index].threshold as usize == index, "the rows stand in the order of the variants");
        index += 1;
    }
};

impl Threshold {
    /// Its row.
    pub fn row(self) -> &'static ThresholdRow {
        &THRESHOLDS[self as usize]
    }

    /// The threshold of that name.
    pub fn named(name: &str) -> Option<Self> {
        THRESHOLDS.iter().find(|row| row.name == name).map(|row| row.threshold)
    }

    /// What is so, as a sentence without its full stop. The subject is a program, a kind of job, or empty, as the threshold has it.
    pub fn sentence(self, subject: &str, value: f64) -> String {
        let percent = |share: f64| format!("{:.0} %", share * 100.0);
        let limit = self.row().limit;
        match self {
            Self::BackupAge => {
                format!("the last backup was completed {:.0} h ago (limit {:.0} h)", value / 3600.0, limit / 3600.0)
            }
            Self::FailedJobs => {
                let kind = JobKind::label_of(subject);
                format!("{} of the last hour's jobs “{kind}” failed (limit {})", percent(value), percent(limit))
            }
            Self::Memory => format!("{subject} uses {} of its memory (limit {})", percent(value), percent(limit)),
            Self::MissingService => format!("{subject} has said nothing for {value:.0} s (limit {limit:.0} s)"),
            Self::PendingJobs => format!("{value:.0} jobs wait (limit {limit:.0})"),
            Self::SlowFile => {
                let kind = JobKind::label_of(subject);
                format!("a job “{kind}” takes {value:.0} s for one file (limit {limit:.0} s)")
            }
            Self::WaitingJobs => {
                let kind = JobKind::label_of(subject);
                format!("a job “{kind}” has waited for {:.0} min (limit {:.0} min)", value / 60.0, limit / 60.0)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_threshold_is_found_by_its_name_and_the_names_are_sorted() {
        for row in THRESHOLDS {
            assert_eq!(Threshold::named(row.name), Some(row.threshold));
        }
        assert!(THRESHOLDS.is_sorted_by_key(|row| row.name));
        assert_eq!(Threshold::named("temperature"), None);
    }

    #[test]
    fn what_is_too_much_is_said_in_units_of_people() {
        let said = [
            Threshold::BackupAge.sentence("", 200_000.0),
            Threshold::FailedJobs.sentence("ingest-file", 0.251),
            Threshold::Memory.sentence("processor", 0.954),
            Threshold::MissingService.sentence("web", 42.0),
            Threshold::PendingJobs.sentence("", 140.0),
            Threshold::SlowFile.sentence("ingest-file", 42.3),
            Threshold::WaitingJobs.sentence("ocr-process", 5400.0),
        ];
        let expected = [
            "the last backup was completed 56 h ago (limit 50 h)",
            "25 % of the last hour's jobs “Process file” failed (limit 5 %)",
            "processor uses 95 % of its memory (limit 90 %)",
            "web has said nothing for 42 s (limit 30 s)",
            "140 jobs wait (limit 100)",
            "a job “Process file” takes 42 s for one file (limit 30 s)",
            "a job “Recognise text” has waited for 90 min (limit 60 min)",
        ];
        assert_eq!(said, expected);
    }
}
