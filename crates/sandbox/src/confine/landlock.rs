//! Landlock: a second wall behind the allow-list. No path may be opened, no port connected, nobody outside signalled.

use super::LandlockState;
use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, Ruleset, RulesetAttr, RulesetError, RulesetStatus, Scope,
};

/// Denies what this kernel's Landlock can deny, without a single exception.
pub fn apply() -> LandlockState {
    match restrict() {
        Ok(RulesetStatus::FullyEnforced) => LandlockState::Full,
        Ok(RulesetStatus::PartiallyEnforced) => LandlockState::Partial,
        Ok(RulesetStatus::NotEnforced) | Err(_) => LandlockState::None,
    }
}

fn restrict() -> Result<RulesetStatus, RulesetError> {
    let newest = ABI::V6;
    let status = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(newest))?
        .handle_access(AccessNet::from_all(newest))?
        .scope(Scope::from_all(newest))?
        .create()?
        .restrict_self()?;
    Ok(status.ruleset)
}
