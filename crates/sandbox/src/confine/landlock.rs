//! Landlock: a second wall behind the allow-list. No path may be opened, no port connected, nobody outside signalled.

use crate::protocol::LandlockState;
use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, PathBeneath, PathFd, Ruleset, RulesetAttr,
    RulesetCreatedAttr, RulesetError, RulesetStatus, Scope,
};
use std::path::{Path, PathBuf};

/// What a program may open.
pub struct FileRules<'a> {
    /// The one file it is.
    pub program: &'a Path,
    /// Files it may read and load, and folders in which it may read everything.
    pub readable: &'a [PathBuf],
}

/// Denies what this kernel's Landlock can deny, without a single exception.
pub fn apply() -> LandlockState {
    state(restrict(None))
}

/// Denies the same but for reading what the rules name.
pub fn allow_files(rules: &FileRules<'_>) -> LandlockState {
    state(restrict(Some(rules)))
}

fn state(restricted: Result<RulesetStatus, RulesetError>) -> LandlockState {
    match restricted {
        Ok(RulesetStatus::FullyEnforced) => LandlockState::Full,
        Ok(RulesetStatus::PartiallyEnforced) => LandlockState::Partial,
        Ok(RulesetStatus::NotEnforced) | Err(_) => LandlockState::None,
    }
}

fn restrict(rules: Option<&FileRules<'_>>) -> Result<RulesetStatus, RulesetError> {
    let newest = ABI::V6;
    let ruleset = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(newest))?
        .handle_access(AccessNet::from_all(newest))?
        .scope(Scope::from_all(newest))?
        .create()?;
    let ruleset = match rules {
        Some(rules) => ruleset.add_rules(allowed(rules))?,
        None => ruleset,
    };
    Ok(ruleset.restrict_self()?.ruleset)
}

/// The loader runs as the program's interpreter, so that libraries, of which it is one, are files to be executed too.
fn allowed<'a>(rules: &'a FileRules<'_>) -> impl Iterator<Item = Result<PathBeneath<PathFd>, RulesetError>> + 'a {
    let run = AccessFs::Execute | AccessFs::ReadFile;
    let paths = rules.readable.iter().map(PathBuf::as_path).chain([rules.program]);
    // What is not there cannot be read either.
    paths.filter_map(move |path| {
        let access = if path.is_dir() { AccessFs::ReadFile | AccessFs::ReadDir } else { run };
        Some(Ok(PathBeneath::new(PathFd::new(path).ok()?, access)))
    })
}
