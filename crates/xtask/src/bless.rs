//! `cargo xtask bless`: writes `schema/` anew from what the server binary says about itself, or checks that it is up to date.
//! Samples in `schema/events/` are promises to old logs: they are added, and never changed or removed without being asked to.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, bail};

/// The folder of the samples that are only ever added to, within `schema/`.
const ADD_ONLY: &str = "events/";

/// How to bless.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Write nothing; name the files that are out of date and fail if there are any
    #[arg(long)]
    check: bool,
    /// Allow samples of events to change or go: right only for events that no release has written
    #[arg(long)]
    unreleased_events: bool,
    /// Ask this server binary instead of building one
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
}

/// What differs between the committed and the generated files, by path within `schema/`.
#[derive(Debug, Default, PartialEq, Eq)]
struct Drift {
    added: Vec<String>,
    changed: Vec<String>,
    removed: Vec<String>,
}

type Files = BTreeMap<String, Vec<u8>>;

/// Regenerates or checks `schema/`.
///
/// # Errors
/// When the server binary cannot be built or refuses, when a file cannot be read or written, when a released event's sample would
/// change, and with `--check` when a file is out of date.
pub(crate) fn run(top: &Path, arguments: &Arguments) -> anyhow::Result<()> {
    let schema = top.join("schema");
    let fresh = tempfile::tempdir().context("no temporary folder for the generated files")?;
    generate(top, arguments.binary.as_deref(), fresh.path())?;
    let (old, new) = (read_files(&schema)?, read_files(fresh.path())?);
    if new.is_empty() {
        bail!("`chancery schema` wrote no files");
    }
    let drift = drift(&old, &new);
    if arguments.check {
        return report(&drift, new.len());
    }
    if !arguments.unreleased_events {
        refuse_changed_events(&drift)?;
    }
    write(&schema, &drift, &new)
}

fn generate(top: &Path, binary: Option<&Path>, into: &Path) -> anyhow::Result<()> {
    let mut command = match binary {
        Some(binary) => Command::new(top.join(binary)),
        None => {
            let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
            cargo.args(["run", "--quiet", "--package", "chancery-server", "--"]);
            cargo
        }
    };
    let command = command.current_dir(top).args(["schema", "--into"]).arg(into);
    let status = command.status().with_context(|| format!("cannot start {command:?}"))?;
    if !status.success() {
        bail!("{command:?} ended with {status}");
    }
    Ok(())
}

fn read_files(folder: &Path) -> anyhow::Result<Files> {
    let mut files = Files::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        if !next.exists() {
            continue;
        }
        for entry in fs::read_dir(&next).with_context(|| format!("cannot list {}", next.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(folder)?.to_string_lossy().into_owned();
            files.insert(name, fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?);
        }
    }
    Ok(files)
}

fn drift(old: &Files, new: &Files) -> Drift {
    let missing_in = |other: &Files, name: &String| !other.contains_key(name);
    Drift {
        added: new.keys().filter(|name| missing_in(old, name)).cloned().collect(),
        changed: new
            .iter()
            .filter(|(name, text)| old.get(*name).is_some_and(|old| old != *text))
            .map(|(name, _)| name.clone())
            .collect(),
        removed: old.keys().filter(|name| missing_in(new, name)).cloned().collect(),
    }
}

fn report(drift: &Drift, count: usize) -> anyhow::Result<()> {
    let lists = [("missing", &drift.added), ("out of date", &drift.changed), ("no longer generated", &drift.removed)];
    for (what, names) in lists {
        for name in names {
            println!("schema/{name}: {what}");
        }
    }
    let total: usize = lists.iter().map(|(_, names)| names.len()).sum();
    if total > 0 {
        bail!("schema/ differs from the code in {total} files: run `cargo xtask bless` and commit the result");
    }
    println!("bless: the {count} files in schema/ are up to date");
    Ok(())
}

fn refuse_changed_events(drift: &Drift) -> anyhow::Result<()> {
    let broken: Vec<&str> =
        drift.changed.iter().chain(&drift.removed).map(String::as_str).filter(|name| name.starts_with(ADD_ONLY)).collect();
    if broken.is_empty() {
        return Ok(());
    }
    bail!(
        "logs out there hold events in the shape of schema/{}; a changed shape is a new variant with an upcast. \
         If no release has written these events yet, say `cargo xtask bless --unreleased-events`",
        broken.join(", schema/")
    )
}

fn write(schema: &Path, drift: &Drift, new: &Files) -> anyhow::Result<()> {
    for name in drift.added.iter().chain(&drift.changed) {
        let (path, text) = (schema.join(name), new.get(name).map_or(&[][..], Vec::as_slice));
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
        }
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        println!("wrote schema/{name}");
    }
    for name in &drift.removed {
        fs::remove_file(schema.join(name)).with_context(|| format!("cannot remove schema/{name}"))?;
        println!("removed schema/{name}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(list: &[(&str, &str)]) -> Files {
        list.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect()
    }

    fn example() -> Drift {
        drift(
            &files(&[("a", "1"), ("b", "1"), ("events/gone.json", "{}")]),
            &files(&[("a", "1"), ("b", "2"), ("events/new.json", "{}")]),
        )
    }

    #[test]
    fn drift_names_what_was_added_changed_and_removed() {
        let drift = example();
        assert_eq!(drift.added, ["events/new.json"]);
        assert_eq!(drift.changed, ["b"]);
        assert_eq!(drift.removed, ["events/gone.json"]);
    }

    #[test]
    fn check_fails_on_any_drift_and_passes_without() {
        assert!(report(&example(), 3).unwrap_err().to_string().contains("in 3 files"));
        report(&Drift::default(), 3).unwrap();
    }

    #[test]
    fn a_sample_of_an_event_neither_changes_nor_goes() {
        assert!(refuse_changed_events(&example()).unwrap_err().to_string().contains("schema/events/gone.json"));
        let added = drift(&files(&[]), &files(&[("events/new.json", "{}")]));
        refuse_changed_events(&added).unwrap();
    }

    #[test]
    fn writing_makes_the_folder_equal_to_what_was_generated() {
        let folder = tempfile::tempdir().unwrap();
        let (old, new) = (files(&[("x/old", "1"), ("same", "1")]), files(&[("same", "1"), ("y/new", "2")]));
        write(folder.path(), &drift(&files(&[]), &old), &old).unwrap();
        assert_eq!(read_files(folder.path()).unwrap(), old);
        write(folder.path(), &drift(&old, &new), &new).unwrap();
        assert_eq!(read_files(folder.path()).unwrap(), new);
    }
}
