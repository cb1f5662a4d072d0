//! OpenLDAP's slapd as Debian ships it: its mdb store, every add durable.

use std::{
    collections::HashSet,
    fs,
    net::SocketAddr,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::Context;
use ldap3::{Ldap, LdapConnAsync};
use tokio::task::JoinSet;

use crate::{
    plan::Plan,
    process::{Process, free_address},
    workload::Load,
};

const ROOT: &str = "cn=admin,dc=bench";
const PASSWORD: &str = "secret";

/// A running server with connections to it.
pub(crate) struct Slapd {
    _server: Process,
    address: SocketAddr,
    connections: Vec<Ldap>,
    added: usize,
}

impl Slapd {
    /// Makes a directory in `dir` and starts it.
    pub(crate) fn start(plan: &Plan, dir: &Path) -> anyhow::Result<Self> {
        super::packages::need(plan, "/usr/sbin/slapd", &["slapd"])?;
        let (data, config, address) = (dir.join("data"), dir.join("slapd.conf"), free_address()?);
        fs::create_dir(&data)?;
        let text = format!(
            "include /etc/ldap/schema/core.schema\ninclude /etc/ldap/schema/cosine.schema\n\
             include /etc/ldap/schema/inetorgperson.schema\nmodulepath /usr/lib/ldap\nmoduleload back_mdb\n\
             pidfile {dir}/slapd.pid\ndatabase mdb\nmaxsize 4294967296\nsuffix dc=bench\nrootdn {ROOT}\nrootpw {PASSWORD}\n\
             directory {data}\nindex objectClass eq\nindex uid eq\n",
            dir = dir.display(),
            data = data.display()
        );
        fs::write(&config, text)?;
        let mut server = Command::new("/usr/sbin/slapd");
        server.arg("-f").arg(&config).args(["-h", &format!("ldap://{address}/"), "-d", "0"]);
        let mut server = Process::spawn(server)?;
        server.wait_for(address)?;
        Ok(Self { _server: server, address, connections: Vec::new(), added: 0 })
    }

    /// Opens the connections and makes the place where people are added.
    pub(crate) async fn connect(&mut self, connections: usize) -> anyhow::Result<()> {
        for _ in 0..connections {
            let (connection, mut ldap) = LdapConnAsync::new(&format!("ldap://{}", self.address)).await?;
            tokio::spawn(connection.drive());
            ldap.simple_bind(ROOT, PASSWORD).await?.success()?;
            self.connections.push(ldap);
        }
        let ldap = self.connections.first_mut().context("no connection")?;
        let classes = HashSet::from(["dcObject", "organization"]);
        let base = vec![("objectClass", classes), ("dc", HashSet::from(["bench"])), ("o", HashSet::from(["bench"]))];
        ldap.add("dc=bench", base).await?.success()?;
        Ok(())
    }

    /// Adds people over all connections for so long.
    pub(crate) async fn drive(&mut self, load: Duration) -> anyhow::Result<Load> {
        let (begun, first) = (Instant::now(), self.added);
        let mut tasks = JoinSet::new();
        for (number, ldap) in self.connections.iter().cloned().enumerate() {
            tasks.spawn(add_people(ldap, format!("{first}.{number}"), begun, load));
        }
        let mut millis = Vec::new();
        while let Some(ended) = tasks.join_next().await {
            millis.extend(ended.context("a connection has panicked")??);
        }
        self.added = self.added.saturating_add(millis.len());
        Ok(Load::new(millis, begun.elapsed()))
    }
}

async fn add_people(mut ldap: Ldap, prefix: String, begun: Instant, load: Duration) -> anyhow::Result<Vec<f64>> {
    let mut millis = Vec::new();
    let mut at = Instant::now();
    while at.duration_since(begun) < load {
        let name = format!("{prefix}.{}", millis.len());
        let one = |value: &str| HashSet::from([value.to_owned()]);
        let person = vec![
            ("objectClass".to_owned(), one("inetOrgPerson")),
            ("cn".to_owned(), one(&name)),
            ("sn".to_owned(), one(&name)),
            ("uid".to_owned(), one(&name)),
        ];
        ldap.add(&format!("uid={name},dc=bench"), person).await?.success()?;
        let now = Instant::now();
        millis.push(now.duration_since(at).as_secs_f64() * 1_000.0);
        at = now;
    }
    Ok(millis)
}
