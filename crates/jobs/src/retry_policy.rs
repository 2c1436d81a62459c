//! Whether a run's outcome is kept, or the run is tried again.

use model::Outcome;

/// What to do with an outcome.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum RetryDecision {
    /// Keep it: it is what there is to say about these bytes.
    Keep,
    /// Run once more; the sentence goes into the job's history.
    Retry(String),
}

/// A refusal is final. A time-out, a full memory or a crash may be the neighbours' fault and gets one more try, alone;
/// after that the content is left in peace until somebody asks. Our own faults use up the job's attempts.
pub(crate) fn retry_decision(outcome: &Outcome, attempt: i16, max_attempts: i16) -> RetryDecision {
    let tries = match outcome {
        Outcome::Ok | Outcome::Partial | Outcome::Rejected { .. } => 1,
        Outcome::Timeout | Outcome::Memory | Outcome::Crashed { .. } => 2,
        Outcome::Internal { .. } => max_attempts,
    };
    if attempt >= tries.min(max_attempts) {
        return RetryDecision::Keep;
    }
    match outcome {
        Outcome::Internal { detail } => RetryDecision::Retry(detail.clone()),
        Outcome::Crashed { signal } => RetryDecision::Retry(format!("the reader died of signal {signal}")),
        other => RetryDecision::Retry(other.sentence()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Reason;

    #[test]
    fn refusals_and_results_are_kept_at_once() {
        let rejected = Outcome::Rejected { reason: Reason::Malformed, detail: "no".into() };
        for outcome in [Outcome::Ok, Outcome::Partial, rejected] {
            assert_eq!(retry_decision(&outcome, 1, 3), RetryDecision::Keep);
        }
    }

    #[test]
    fn deaths_get_one_more_try() {
        for outcome in [Outcome::Timeout, Outcome::Memory, Outcome::Crashed { signal: 11 }] {
            assert!(matches!(retry_decision(&outcome, 1, 3), RetryDecision::Retry(_)));
            assert_eq!(retry_decision(&outcome, 2, 3), RetryDecision::Keep);
        }
    }

    #[test]
    fn our_own_faults_use_up_the_attempts() {
        let outcome = Outcome::Internal { detail: "disk".into() };
        assert!(matches!(retry_decision(&outcome, 2, 3), RetryDecision::Retry(_)));
        assert_eq!(retry_decision(&outcome, 3, 3), RetryDecision::Keep);
    }
}
