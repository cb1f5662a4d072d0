//! Peers come as Debian packages; one that is missing is skipped, or installed if asked for.

use std::process::{Command, Stdio};

use anyhow::{Context, bail};

use crate::plan::Plan;

/// Makes sure that `program` is there.
pub(crate) fn need(plan: &Plan, program: &str, packages: &[&str]) -> anyhow::Result<()> {
    if std::path::Path::new(program).exists() {
        return Ok(());
    }
    if !plan.install {
        bail!("{program} is missing: `apt-get install {}`, or --install as root", packages.join(" "));
    }
    let apt = Command::new("apt-get")
        .args(["install", "-qy", "--no-install-recommends"])
        .args(packages)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdout(Stdio::null())
        .status()
        .context("cannot run apt-get")?;
    if apt.success() { Ok(()) } else { bail!("apt-get could not install {}", packages.join(" ")) }
}
