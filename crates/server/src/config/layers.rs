//! File, environment and flags, one over the other, each value with where it came from.

use std::{
    collections::BTreeMap,
    fmt, fs, io,
    path::{Path, PathBuf},
};

use toml::{Table, Value};

use super::{
    Config,
    keys::{KEYS, Key},
    nearest::nearest,
};

/// Read when no file is named, if it exists.
const FILE_DEFAULT: &str = "/etc/chancery/chancery.toml";
const FILE_BYTES_MAX: u64 = 1024 * 1024;
/// Names the file, as `--config` does.
const FILE_VARIABLE: &str = "CHANCERY_CONFIG";
const PREFIX: &str = "CHANCERY_";

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Nobody set it.
    Default,
    /// The file.
    File(PathBuf),
    /// An environment variable.
    Environment(String),
    /// A flag of the command line.
    Flag(String),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) => write!(f, "file {}", path.display()),
            Self::Environment(name) => write!(f, "environment {name}"),
            Self::Flag(name) => write!(f, "flag {name}"),
        }
    }
}

/// A value given on the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag {
    /// How the user wrote it, for messages: `--listen`.
    pub flag: String,
    /// The key it sets.
    pub key: String,
    /// Its value, as text.
    pub value: String,
}

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("the configuration file {path} cannot be read: {error}", path = path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        error: io::Error,
    },
    /// The file is not TOML.
    #[error("the configuration file {path} is not TOML: {reason}", path = path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Where and why.
        reason: String,
    },
    /// A key or variable that does not exist.
    #[error("{source_}: there is no `{name}`{hint}")]
    Unknown {
        /// Where it stands.
        source_: Source,
        /// Its name.
        name: String,
        /// What may have been meant.
        hint: String,
    },
    /// A value that the key may not have.
    #[error("`{key}` ({source_}): {reason}")]
    Value {
        /// The key.
        key: String,
        /// Where the value came from.
        source_: Source,
        /// What is wrong and what would be right.
        reason: String,
    },
}

/// The configuration with the source of each value.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// What is in force.
    pub config: Config,
    pub(super) settings: BTreeMap<&'static str, (Value, Source)>,
}

/// Puts the layers together: defaults, the file, the environment, the flags.
///
/// `file` is the one that `--config` names; without it the variable `CHANCERY_CONFIG`, then `/etc/chancery/chancery.toml` if
/// that exists. `environment` is all variables of the process; those without the prefix `CHANCERY_` are not looked at.
///
/// # Errors
/// The first thing that is wrong: an unreadable file, an unknown key or variable, a value that its key may not have.
pub fn load(file: Option<&Path>, environment: &[(String, String)], flags: &[Flag]) -> Result<Loaded, ConfigError> {
    let mut layers = Layers::defaults()?;
    if let Some(path) = chosen_file(file, environment) {
        layers.add_file(&path)?;
    }
    let variables: Vec<_> = environment.iter().filter(|(name, _)| name.starts_with(PREFIX) && name != FILE_VARIABLE).collect();
    let known = |name: &str| KEYS.iter().find(|key| key.variable() == name);
    for (name, text) in &variables {
        if let Some(key) = known(name) {
            layers.set(key, key.read(text), Source::Environment(name.clone()))?;
        }
    }
    for Flag { flag, key, value } in flags {
        let source = Source::Flag(flag.clone());
        let Some(key) = Key::find(key) else { return Err(unknown_key(source, key)) };
        layers.set(key, key.read(value), source)?;
    }
    let loaded = layers.finish()?;
    // Last, because the configuration itself may name a variable: the one of the master key.
    let of_master_key = loaded.config.master_key.name.as_deref();
    match variables.iter().find(|(name, _)| known(name).is_none() && Some(name.as_str()) != of_master_key) {
        Some((name, _)) => Err(unknown_variable(name)),
        None => Ok(loaded),
    }
}

fn chosen_file(file: Option<&Path>, environment: &[(String, String)]) -> Option<PathBuf> {
    let variable = || environment.iter().find(|(name, _)| name == FILE_VARIABLE).map(|(_, path)| PathBuf::from(path));
    let default = || Some(PathBuf::from(FILE_DEFAULT)).filter(|path| path.exists());
    file.map(Path::to_owned).or_else(variable).or_else(default)
}

struct Layers(BTreeMap<&'static str, (Value, Source)>);

impl Layers {
    fn defaults() -> Result<Self, ConfigError> {
        let mut layers = Self(BTreeMap::new());
        for key in KEYS {
            let parsed = format!("value = {}", key.default).parse::<Table>();
            let value = parsed.ok().and_then(|mut table| table.remove("value")).ok_or_else(|| "no TOML".to_owned());
            layers.set(key, value.and_then(|value| key.check(&value).map(|()| value)), Source::Default)?;
        }
        Ok(layers)
    }

    fn add_file(&mut self, path: &Path) -> Result<(), ConfigError> {
        let failed = |error| ConfigError::Read { path: path.to_owned(), error };
        let bytes = fs::metadata(path).map_err(failed)?.len();
        if bytes > FILE_BYTES_MAX {
            let reason = format!("it has {bytes} bytes, the limit is {FILE_BYTES_MAX}");
            return Err(failed(io::Error::new(io::ErrorKind::FileTooLarge, reason)));
        }
        let text = fs::read_to_string(path).map_err(failed)?;
        let table: Table = text.parse().map_err(|error: toml::de::Error| ConfigError::Syntax {
            path: path.to_owned(),
            reason: error.to_string().trim_end().to_owned(),
        })?;
        self.add_table("", table, &Source::File(path.to_owned()))
    }

    fn add_table(&mut self, prefix: &str, table: Table, source: &Source) -> Result<(), ConfigError> {
        for (name, value) in table {
            let name = format!("{prefix}{name}");
            let is_table = KEYS.iter().any(|key| key.name.strip_prefix(&name).is_some_and(|rest| rest.starts_with('.')));
            match (Key::find(&name), value) {
                (Some(key), value) => self.set(key, key.check(&value).map(|()| value), source.clone())?,
                (None, Value::Table(inner)) if is_table => self.add_table(&format!("{name}."), inner, source)?,
                (None, _) if is_table => {
                    let reason = format!("is a table: write [{name}] and its keys below");
                    return Err(ConfigError::Value { key: name, source_: source.clone(), reason });
                }
                (None, _) => return Err(unknown_key(source.clone(), &name)),
            }
        }
        Ok(())
    }

    fn set(&mut self, key: &'static Key, value: Result<Value, String>, source: Source) -> Result<(), ConfigError> {
        match value {
            Ok(value) => {
                self.0.insert(key.name, (value, source));
                Ok(())
            }
            Err(reason) => Err(ConfigError::Value { key: key.name.to_owned(), source_: source, reason }),
        }
    }

    fn finish(self) -> Result<Loaded, ConfigError> {
        let source_of = |key: &str| self.0.get(key).map_or(Source::Default, |(_, source)| source.clone());
        let refused = |key: &str, reason| ConfigError::Value { key: key.to_owned(), source_: source_of(key), reason };
        let mut root = Table::new();
        for (name, (value, _)) in &self.0 {
            match name.split_once('.') {
                None => {
                    root.insert((*name).to_owned(), value.clone());
                }
                Some((table, rest)) => {
                    let inner = root.entry(table).or_insert_with(|| Value::Table(Table::new()));
                    if let Value::Table(inner) = inner {
                        inner.insert(rest.to_owned(), value.clone());
                    }
                }
            }
        }
        // Each value was held against its key, so what fails here is a key whose type in `Config` disagrees: our mistake.
        let config: Config = root.try_into().map_err(|error: toml::de::Error| refused("", error.to_string()))?;
        config.check().map_err(|(key, reason)| refused(key, reason))?;
        Ok(Loaded { config, settings: self.0 })
    }
}

fn unknown_key(source_: Source, name: &str) -> ConfigError {
    let hint = match nearest(name, KEYS.iter().map(|key| key.name)) {
        Some(near) => format!("; did you mean `{near}`?"),
        None => "; `chancery config --sample` lists all keys".to_owned(),
    };
    ConfigError::Unknown { source_, name: name.to_owned(), hint }
}

fn unknown_variable(name: &str) -> ConfigError {
    let variables: Vec<_> = KEYS.iter().map(Key::variable).collect();
    let hint = match nearest(name, variables.iter().map(String::as_str)) {
        Some(near) => format!("; did you mean `{near}`?"),
        None => "; variables that begin with CHANCERY_ are named after the keys that `chancery config --sample` lists".to_owned(),
    };
    ConfigError::Unknown { source_: Source::Environment(name.to_owned()), name: name.to_owned(), hint }
}
