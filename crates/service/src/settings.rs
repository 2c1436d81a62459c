//! Settings: environment variables, each read once, each with a documented default, all checked at start.

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Reads settings from the environment, or in tests from a list.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    overrides: Vec<(String, String)>,
}

/// A setting is missing or not of its form.
#[derive(Debug, thiserror::Error)]
#[error("setting {name}: {problem}")]
pub struct SettingError {
    name: String,
    problem: String,
}

impl Settings {
    /// The process's environment.
    pub fn from_env() -> Self {
        Self::default()
    }

    /// The same with one variable set, for tests.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.overrides.push((name.into(), value.into()));
        self
    }

    /// The variable's text; an empty one counts as absent, as compose files cannot unset.
    pub fn optional(&self, name: &str) -> Option<String> {
        let found = self.overrides.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        found.or_else(|| std::env::var(name).ok()).filter(|value| !value.is_empty())
    }

    /// The variable parsed, or the default.
    pub fn parse<T>(&self, name: &str, default: T) -> Result<T, SettingError>
    where
        T: FromStr,
        T::Err: Display,
    {
        match self.optional(name) {
            None => Ok(default),
            Some(text) => text
                .trim()
                .parse()
                .map_err(|error| SettingError { name: name.into(), problem: format!("{text:?}: {error}") }),
        }
    }

    /// The variable as yes or no: `true`, `false`, `1`, `0`, `yes`, `no`, `on`, `off`.
    pub fn flag(&self, name: &str, default: bool) -> Result<bool, SettingError> {
        match self.optional(name).map(|text| text.trim().to_ascii_lowercase()).as_deref() {
            None => Ok(default),
            Some("true" | "1" | "yes" | "on") => Ok(true),
            Some("false" | "0" | "no" | "off") => Ok(false),
            Some(other) => {
                Err(SettingError { name: name.into(), problem: format!("{other:?} is neither true nor false") })
            }
        }
    }

    /// A secret: the variable itself, else the file that `<NAME>_FILE` names, else the file of the secret's name in
    /// lower case with dashes in `SECRETS_DIR`, where the `migrate` step puts generated ones.
    pub fn secret(&self, name: &str) -> Result<String, SettingError> {
        if let Some(value) = self.optional(name) {
            return Ok(value);
        }
        let named = self.optional(&format!("{name}_FILE")).map(PathBuf::from);
        match named.or_else(|| self.generated_path(name)) {
            Some(path) => read_secret(name, &path),
            None => {
                let problem = format!("is needed; set it, {name}_FILE, or SECRETS_DIR");
                Err(SettingError { name: name.into(), problem })
            }
        }
    }

    /// A secret that need not be there: none when neither the variable nor `<NAME>_FILE` is set and `SECRETS_DIR` has none of
    /// its name. A file that is there, or is named, and cannot be read is an error.
    pub fn optional_secret(&self, name: &str) -> Result<Option<String>, SettingError> {
        let is_named = self.optional(name).is_some() || self.optional(&format!("{name}_FILE")).is_some();
        // What cannot be looked at counts as there, so that reading it says what is wrong.
        let is_generated = || self.generated_path(name).is_some_and(|path| path.try_exists().unwrap_or(true));
        if is_named || is_generated() { self.secret(name).map(Some) } else { Ok(None) }
    }

    /// The secret of that name in `SECRETS_DIR`, whatever the variable says; none without `SECRETS_DIR`.
    pub(crate) fn generated_secret(&self, name: &str) -> Result<Option<String>, SettingError> {
        self.generated_path(name).map(|path| read_secret(name, &path)).transpose()
    }

    /// Whether the secret of that name in `SECRETS_DIR` is this one.
    pub(crate) fn is_generated(&self, name: &str, secret: &str) -> bool {
        self.generated_path(name)
            .is_some_and(|path| read_secret(name, &path).is_ok_and(|generated| generated == secret))
    }

    fn generated_path(&self, name: &str) -> Option<PathBuf> {
        let dir = self.optional("SECRETS_DIR")?;
        Some(PathBuf::from(dir).join(name.to_ascii_lowercase().replace('_', "-")))
    }

    /// Answers settings of another program that somebody brought along: a line in the log for each that is set, with the
    /// sentence that says what there is instead. Of the services that see a setting, one answers it.
    pub fn answer_foreign(&self, foreign: &[(&str, &str)]) {
        for (name, instead) in foreign {
            if self.optional(name).is_some() {
                tracing::warn!(setting = name, "{name} has no effect: {instead}");
            }
        }
    }
}

fn read_secret(name: &str, path: &Path) -> Result<String, SettingError> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| SettingError { name: name.into(), problem: format!("{}: {error}", path.display()) })?;
    match text.trim() {
        "" => Err(SettingError { name: name.into(), problem: format!("{} is empty", path.display()) }),
        secret => Ok(secret.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_value_is_named() {
        let settings = Settings::from_env().with("PORT", "three thousand");
        let error = settings.parse::<u16>("PORT", 1).unwrap_err();
        assert!(error.to_string().starts_with("setting PORT: \"three thousand\""), "{error}");
    }

    #[test]
    fn an_empty_value_is_absent() {
        assert_eq!(Settings::from_env().with("PORT", "").parse::<u16>("PORT", 7).unwrap(), 7);
    }

    #[test]
    fn flags_are_words() {
        let settings = Settings::from_env().with("A", "on").with("B", "maybe");
        assert!(settings.flag("A", false).unwrap());
        assert!(settings.flag("B", false).is_err());
        assert!(settings.flag("NOT_SET_ANYWHERE", true).unwrap());
    }

    #[test]
    fn a_secret_comes_from_the_secrets_folder() {
        let dir = std::env::temp_dir().join(format!("settings-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        std::fs::write(dir.join("processor-token"), "s3cret\n").unwrap();
        let settings = Settings::from_env().with("SECRETS_DIR", dir.to_str().unwrap());
        assert_eq!(settings.secret("PROCESSOR_TOKEN").unwrap(), "s3cret");
        assert!(settings.secret("NOT_THERE").is_err());
        std::fs::remove_dir_all(dir).unwrap();
    }
}
