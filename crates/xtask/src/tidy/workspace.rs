//! What tidy looks at, read from disk and from `cargo metadata` once.

use std::{collections::BTreeMap, env, fs, path::Path, process::Command};

use anyhow::{Context, bail};
use proc_macro2::TokenStream;
use serde::Deserialize;

/// The architecture document, from the top.
pub(super) const ARCHITECTURE: &str = "crates/README.md";

/// All that the rules look at.
pub(super) struct Workspace {
    /// The names at the top.
    pub(super) entries: Vec<String>,
    pub(super) packages: Vec<Package>,
    /// Every Rust file of every package, in order of path.
    pub(super) sources: Vec<Source>,
    /// The text of [`ARCHITECTURE`]; empty if there is none.
    pub(super) architecture: String,
}

/// One Rust file.
pub(super) struct Source {
    /// From the top, with slashes.
    pub(super) path: String,
    pub(super) text: String,
    pub(super) tokens: TokenStream,
}

/// One member of the workspace.
pub(super) struct Package {
    /// Without the `chancery-` prefix.
    pub(super) name: String,
    /// The manifest, from the top.
    pub(super) manifest: String,
    pub(super) dependencies: Vec<Dependency>,
    /// The files that its targets start from, from the top.
    pub(super) roots: Vec<String>,
}

/// One dependency as a manifest declares it.
pub(super) struct Dependency {
    /// As its own package is called, without the `chancery-` prefix.
    pub(super) name: String,
    /// Whether it is for tests, examples and benches only.
    pub(super) dev: bool,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<MetadataPackage>,
}

#[derive(Deserialize)]
struct MetadataPackage {
    name: String,
    manifest_path: String,
    dependencies: Vec<MetadataDependency>,
    targets: Vec<MetadataTarget>,
}

#[derive(Deserialize)]
struct MetadataDependency {
    name: String,
    kind: Option<String>,
}

#[derive(Deserialize)]
struct MetadataTarget {
    src_path: String,
}

impl Workspace {
    /// Reads the workspace whose top is `top`.
    ///
    /// # Errors
    /// When cargo refuses, or a file cannot be read or is not Rust.
    pub(super) fn read(top: &Path) -> anyhow::Result<Self> {
        let packages = read_packages(top)?;
        let mut sources = BTreeMap::new();
        for package in &packages {
            let folder = top.join(&package.manifest);
            read_sources(top, folder.parent().unwrap_or(top), &mut sources)?;
        }
        let mut entries = Vec::new();
        for entry in fs::read_dir(top)? {
            entries.push(entry?.file_name().to_string_lossy().into_owned());
        }
        let architecture = fs::read_to_string(top.join(ARCHITECTURE)).unwrap_or_default();
        Ok(Self { entries, packages, sources: sources.into_values().collect(), architecture })
    }
}

impl Source {
    /// Reads `text` as Rust.
    ///
    /// # Errors
    /// When it is not even a sequence of Rust's tokens.
    pub(super) fn parse(path: &str, text: &str) -> anyhow::Result<Self> {
        let tokens = text.parse().map_err(|error| anyhow::anyhow!("{path} is not Rust: {error}"))?;
        Ok(Self { path: path.to_owned(), text: text.to_owned(), tokens })
    }
}

fn read_packages(top: &Path) -> anyhow::Result<Vec<Package>> {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let output = cargo.args(["metadata", "--no-deps", "--format-version", "1"]).current_dir(top).output()?;
    if !output.status.success() {
        bail!("cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    let metadata: Metadata = serde_json::from_slice(&output.stdout).context("cargo metadata is not as expected")?;
    Ok(metadata.packages.into_iter().map(|package| package.into_package(top)).collect())
}

impl MetadataPackage {
    fn into_package(self, top: &Path) -> Package {
        let dependencies = self.dependencies.iter();
        Package {
            name: short(&self.name),
            manifest: from_top(top, Path::new(&self.manifest_path)),
            dependencies: dependencies
                .map(|each| Dependency { name: short(&each.name), dev: each.kind.as_deref() == Some("dev") })
                .collect(),
            roots: self.targets.iter().map(|target| from_top(top, Path::new(&target.src_path))).collect(),
        }
    }
}

fn read_sources(top: &Path, folder: &Path, sources: &mut BTreeMap<String, Source>) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        // A package within a package is not its own: a workspace by itself (the fuzz targets), or a member that is read anyway.
        if path.join("Cargo.toml").is_file() {
            continue;
        }
        if path.is_dir() && name != "target" && !name.starts_with('.') {
            read_sources(top, &path, sources)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
            let name = from_top(top, &path);
            sources.insert(name.clone(), Source::parse(&name, &text)?);
        }
    }
    Ok(())
}

fn short(name: &str) -> String {
    name.strip_prefix("chancery-").unwrap_or(name).to_owned()
}

fn from_top(top: &Path, path: &Path) -> String {
    path.strip_prefix(top).unwrap_or(path).to_string_lossy().replace('\\', "/")
}
