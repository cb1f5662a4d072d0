//! PostgreSQL as Debian ships it: a cluster of its own, `synchronous_commit` and `fsync` on, and pgbench as its client.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, bail};

use crate::{
    plan::Plan,
    process::{Process, free_address},
};

/// PostgreSQL refuses to run as root; Debian's package makes this user.
const USER: &str = "postgres";

/// A running server with one empty table.
pub(crate) struct Postgresql {
    _server: Process,
    bin: PathBuf,
    address: SocketAddr,
    script: PathBuf,
    pub(crate) version: String,
}

impl Postgresql {
    /// Makes a cluster in `dir` and starts it.
    pub(crate) fn start(plan: &Plan, dir: &Path, record_bytes: usize) -> anyhow::Result<Self> {
        let bin = binaries(plan)?;
        let (data, script, address) = (dir.join("data"), dir.join("insert.sql"), free_address()?);
        let body = "5a".repeat(record_bytes);
        fs::write(&script, format!("INSERT INTO record (body) VALUES (decode('{body}', 'hex'));\n"))?;
        if is_root()? {
            done(Command::new("chown").arg("-R").arg(format!("{USER}:{USER}")).arg(dir))?;
        }
        let initdb =
            [data.to_string_lossy().into_owned(), "--auth=trust".into(), "--no-locale".into(), "-E".into(), "UTF8".into()];
        done(as_user(&bin.join("initdb"))?.arg("-D").args(initdb))?;
        let mut server = as_user(&bin.join("postgres"))?;
        server.arg("-D").arg(&data).args(["-h", "127.0.0.1", "-p", &address.port().to_string(), "-k"]).arg(dir);
        server.args([
            "-c",
            "synchronous_commit=on",
            "-c",
            "fsync=on",
            "-c",
            "max_connections=300",
            "-c",
            "log_min_messages=fatal",
        ]);
        let mut server = Process::spawn(server)?;
        server.wait_for(address)?;
        let version = done(Command::new(bin.join("postgres")).arg("--version"))?.trim().to_owned();
        let postgresql = Self { _server: server, bin, address, script, version };
        postgresql.make_table()?;
        Ok(postgresql)
    }

    fn make_table(&self) -> anyhow::Result<()> {
        let table = "CREATE TABLE record (sequence bigserial PRIMARY KEY, body bytea NOT NULL)";
        for _ in 0..100 {
            // It listens a moment before it lets anybody in.
            if done(self.client("psql").args(["-d", "postgres", "-c", table])).is_ok() {
                return Ok(());
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        bail!("PostgreSQL lets nobody in")
    }

    fn client(&self, program: &str) -> Command {
        let mut command = Command::new(self.bin.join(program));
        command.args(["-h", "127.0.0.1", "-p", &self.address.port().to_string(), "-U", USER]);
        command
    }

    /// Single-row inserts a second from so many clients, each of them durable.
    pub(crate) fn drive(&self, clients: usize, seconds: u64) -> anyhow::Result<f64> {
        let mut pgbench = self.client("pgbench");
        pgbench.args(["-n", "-M", "prepared", "-j", "2", "-c", &clients.to_string(), "-T", &seconds.to_string(), "-f"]);
        let told = done(pgbench.arg(&self.script).arg("postgres"))?;
        let rate = told.lines().find_map(|line| line.strip_prefix("tps = ")).context("pgbench told no rate")?;
        Ok(rate.split_whitespace().next().unwrap_or_default().parse()?)
    }
}

/// The folder of the newest version that is installed.
fn binaries(plan: &Plan) -> anyhow::Result<PathBuf> {
    let newest = || {
        let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|entry| entry.path().join("bin"));
        versions.filter(|bin| bin.join("initdb").exists() && bin.join("pgbench").exists()).max()
    };
    if let Some(bin) = newest() {
        return Ok(bin);
    }
    super::packages::need(plan, "/usr/lib/postgresql", &["postgresql"])?;
    newest().context("/usr/lib/postgresql has no version with initdb and pgbench: `apt-get install postgresql`")
}

fn as_user(program: &Path) -> anyhow::Result<Command> {
    if !is_root()? {
        return Ok(Command::new(program));
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid", USER, "--regid", USER, "--init-groups"]).arg(program);
    Ok(command)
}

fn is_root() -> anyhow::Result<bool> {
    Ok(done(Command::new("id").arg("-u"))?.trim() == "0")
}

fn done(command: &mut Command) -> anyhow::Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.current_dir("/").output().with_context(|| format!("cannot run {name}"))?;
    if !output.status.success() {
        bail!("{name} failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
