//! Opening the log: everything that must be true before a record is read, or the reason why not.

use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, OnceLock, atomic::AtomicU64},
    thread,
    time::Duration,
};

use chancery_model::Sequence;
use tokio::sync::watch;

use super::{
    OpenError, OpenOptions, SledLog,
    format::{self, Format},
    head_mark::HeadMark,
    host::{self, FileSystem},
    pulse::Pulse,
    read::{self, SledRecords},
};
use crate::{DataDir, Room, compact, data_dir, room::START_BYTES_MIN};

/// So many records at the end are read at every start. The rest is read by the replay and the verifier.
const TAIL_RECORDS_CHECKED: u64 = 1_000;
/// A log that this process has just closed may keep sled's own lock for a moment longer.
const LOCK_TRIES: u32 = 100;
const LOCK_PAUSE: Duration = Duration::from_millis(20);

const RESTORE: &str = "Restore the data directory from a backup. If only a file `log/snap.*` is damaged, \
                       deleting it is enough: it is a cache of the store";

impl SledLog {
    /// Opens the log in the data directory `dir`, or makes a new one there.
    ///
    /// In this order: the file system, the lock, the format, leftovers of sled and copies of its small files,
    /// sled itself (on a thread of its own, since it panics on some kinds of damage), the head against the head
    /// mark, and the last 1,000 records. It blocks.
    ///
    /// # Errors
    /// [`OpenError`], with what to do.
    pub fn open(dir: impl Into<PathBuf>, options: OpenOptions) -> Result<Self, OpenError> {
        let dir = DataDir::new(dir);
        if !options.create && !dir.root().is_dir() {
            return Err(OpenError::NotInitialised { dir: dir.root().to_owned() });
        }
        data_dir::create_dir(dir.root()).map_err(io("create", dir.root()))?;
        match host::file_system(dir.root()) {
            FileSystem::Network(kind) => return Err(OpenError::NetworkFileSystem { dir: dir.root().to_owned(), kind }),
            FileSystem::Doubtful(kind) => tracing::warn!(dir = %dir.root().display(), "the data directory is on {kind}"),
            FileSystem::Local => {}
        }
        let lock = lock(&dir)?;
        Self::open_locked(dir, options, lock)
    }

    /// The same with the lock in hand.
    pub(crate) fn open_locked(dir: DataDir, options: OpenOptions, lock: File) -> Result<Self, OpenError> {
        let format = format::read(&dir)?;
        if format.is_none() && !options.create {
            return Err(OpenError::NotInitialised { dir: dir.root().to_owned() });
        }
        compact::settle(&dir).map_err(io("finish the compaction of", dir.root()))?;
        data_dir::create_dir(&dir.log()).map_err(io("create", &dir.log()))?;
        remove_leftovers(&dir)?;
        check_room(&dir, &options)?;
        if let Some(format) = &format {
            prepare(&dir, format)?;
        }
        let (tree, head) = open_sled(&dir, options.cache_bytes)?;
        let data_path = dir.log().join("db");
        let data_file = File::open(&data_path).map_err(io("open", &data_path))?;
        // What a process that died between flush and sync has left is read like the rest, and has to last like it.
        data_file.sync_data().map_err(io("sync", &data_path))?;
        if format.is_none() {
            finish_new(&dir, head, &tree, &data_file)?;
        }
        let mark = check_mark(&dir, head)?;
        check_tail(&dir, &tree, head)?;
        compact::forget_old(&dir).map_err(io("remove", &dir.log_old()))?;
        let found = if head.0 == 0 { OnceLock::from(0) } else { OnceLock::new() };
        Ok(Self {
            dir,
            tree,
            heads: watch::Sender::new(head),
            mark: Mutex::new(mark),
            poisoned: OnceLock::new(),
            pulse: Pulse::new(options.write_deadline),
            bytes_found: Arc::new(found),
            head_found: head,
            bytes_appended: AtomicU64::new(0),
            options,
            data_file,
            lock,
        })
    }
}

/// Refuses to let sled run into a full disk: it writes a snapshot of its own as it opens, and one that is torn has to be
/// removed before it opens again.
fn check_room(dir: &DataDir, options: &OpenOptions) -> Result<(), OpenError> {
    let Ok(room) = Room::at(dir.root(), options.disk_free_bytes_min) else { return Ok(()) };
    let min = room.reserve.min(START_BYTES_MIN);
    if room.free < min {
        return Err(OpenError::DiskFull { dir: dir.root().to_owned(), free: room.free, min });
    }
    Ok(())
}

fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> OpenError + use<> {
    let path = path.to_owned();
    move |source| OpenError::Io { action, path, source }
}

fn damaged_store(dir: &DataDir, reason: String) -> OpenError {
    OpenError::Damaged { what: "the event log", at: dir.log(), reason, remedy: RESTORE }
}

/// Takes the lock of the data directory, before anything in it is touched.
fn lock(dir: &DataDir) -> Result<File, OpenError> {
    let path = dir.lock();
    let opened = File::options().write(true).create(true).truncate(false).open(&path);
    let file = opened.map_err(io("open", &path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::Locked { dir: dir.root().to_owned() }),
        Err(TryLockError::Error(source)) => Err(OpenError::Io { action: "lock", path, source }),
    }
}

/// Before sled sees a finished directory: its files are there and as they were, and the small ones are kept aside.
///
/// Copied are `conf` and the finished snapshots, which sled replaces as it opens; the data file is written in place
/// and would have to be copied in full. They never change under their names, so that a copy is made once, while
/// the file is young.
fn prepare(dir: &DataDir, format: &Format) -> Result<(), OpenError> {
    let (log, aside) = (dir.log(), dir.log_aside());
    format.check_settings(dir)?;
    let data = log.join("db");
    if file_len(&data) == 0 {
        let reason = "its data file is missing or empty".to_owned();
        return Err(OpenError::Damaged { what: "the event log", at: data, reason, remedy: RESTORE });
    }
    data_dir::create_dir(&aside).map_err(io("create", &aside))?;
    let mut kept = Vec::new();
    for (path, name) in entries(&log)? {
        if name == "conf" || name.starts_with("snap.") {
            let copy = aside.join(&name);
            if file_len(&copy) != file_len(&path) {
                fs::copy(&path, &copy).map_err(io("copy", &path))?;
            }
            kept.push(name);
        }
    }
    for (path, _) in entries(&aside)?.into_iter().filter(|(_, name)| !kept.contains(name)) {
        fs::remove_file(&path).map_err(io("remove", &path))?;
    }
    Ok(())
}

/// Removes what a crash during an earlier start has left. sled takes a leftover `snap.*.generating` for its newest
/// snapshot and refuses to open for ever; the finished snapshot before it is still there.
fn remove_leftovers(dir: &DataDir) -> Result<(), OpenError> {
    for (path, name) in entries(&dir.log())? {
        if name.starts_with("snap.") && name.ends_with(".generating") {
            tracing::warn!(file = %path.display(), "removing what a crash during an earlier start has left");
            fs::remove_file(&path).map_err(io("remove", &path))?;
        }
    }
    Ok(())
}

fn entries(dir: &Path) -> Result<Vec<(PathBuf, String)>, OpenError> {
    let read = || -> io::Result<Vec<(PathBuf, String)>> {
        fs::read_dir(dir)?.map(|entry| entry.map(|e| (e.path(), e.file_name().to_string_lossy().into_owned()))).collect()
    };
    read().map_err(io("read", dir))
}

/// The length of a file in bytes, 0 when there is none.
fn file_len(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |file| file.len())
}

/// Opens sled and finds its last record, on a thread whose panic is an answer.
fn open_sled(dir: &DataDir, cache_bytes: u64) -> Result<(sled::Db, Sequence), OpenError> {
    let config = sled::Config::new()
        .path(dir.log())
        .mode(sled::Mode::LowSpace)
        .cache_capacity(cache_bytes)
        .flush_every_ms(None)
        .use_compression(false)
        .print_profile_on_drop(false);
    let opened = thread::Builder::new()
        .name("log-open".to_owned())
        .spawn(move || open_patiently(&config).map(|tree| (read::head(&tree), tree)))
        .map_err(io("start a thread for", &dir.log()))?
        .join();
    match opened {
        Ok(Ok((Ok(head), tree))) => Ok((tree, head)),
        Ok(Ok((Err(reason), _))) => Err(damaged_store(dir, reason)),
        Ok(Err(error)) if is_locked(&error) => Err(OpenError::Locked { dir: dir.root().to_owned() }),
        Ok(Err(sled::Error::Io(source))) if is_damage(&source) => Err(damaged_store(dir, source.to_string())),
        Ok(Err(sled::Error::Io(source))) => Err(OpenError::Io { action: "open", path: dir.log(), source }),
        Ok(Err(error)) => Err(damaged_store(dir, error.to_string())),
        Err(panic) => Err(damaged_store(dir, host::panic_text(&*panic))),
    }
}

fn open_patiently(config: &sled::Config) -> sled::Result<sled::Db> {
    for _ in 1..LOCK_TRIES {
        match config.open() {
            Err(error) if is_locked(&error) => thread::sleep(LOCK_PAUSE),
            opened => return opened,
        }
    }
    config.open()
}

fn is_locked(error: &sled::Error) -> bool {
    matches!(error, sled::Error::Io(error) if error.to_string().contains("could not acquire lock"))
}

/// Whether sled has found the file shorter than it says, or not what it must be, which it tells as an input error too.
fn is_damage(error: &io::Error) -> bool {
    use io::ErrorKind::{InvalidData, InvalidInput, Other, UnexpectedEof};
    error.raw_os_error().is_none() && matches!(error.kind(), InvalidData | InvalidInput | Other | UnexpectedEof)
}

/// Makes a new directory durable, and only then says that it is one.
fn finish_new(dir: &DataDir, head: Sequence, tree: &sled::Db, data_file: &File) -> Result<(), OpenError> {
    if head.0 > 0 {
        let reason = format!("it is missing beside a log of {head} records");
        let remedy = "Restore this file from a backup of the same data directory";
        return Err(OpenError::Damaged { what: "the format file", at: dir.format(), reason, remedy });
    }
    tree.flush().map_err(|error| damaged_store(dir, error.to_string()))?;
    data_file.sync_all().map_err(io("sync", &dir.log()))?;
    let settings = dir.log().join("conf");
    File::open(&settings).and_then(|file| file.sync_all()).map_err(io("sync", &settings))?;
    for path in [&dir.log().join("blobs"), &dir.log(), &dir.root().to_owned()] {
        if path.is_dir() {
            data_dir::sync_dir(path).map_err(io("sync", path))?;
        }
    }
    format::write(dir)
}

fn check_mark(dir: &DataDir, head: Sequence) -> Result<HeadMark, OpenError> {
    let path = dir.log_head();
    let (mut mark, marked) = HeadMark::open(&path).map_err(io("open", &path))?;
    match marked {
        Some(marked) if head < marked => {
            return Err(OpenError::ShorterThanWitness { at: dir.log(), head: head.0, witness: marked.0, remedy: RESTORE });
        }
        None if head.0 > 0 => tracing::warn!(file = %path.display(), "the head mark was lost or torn and is written again"),
        _ => {}
    }
    mark.set(head).map_err(io("write", &path))?;
    Ok(mark)
}

/// Reads the first record and the last ones: a store that has lost pages is refused before it is used.
fn check_tail(dir: &DataDir, tree: &sled::Tree, head: Sequence) -> Result<(), OpenError> {
    let tail = Sequence(head.0.saturating_sub(TAIL_RECORDS_CHECKED));
    let first = SledRecords::new(tree, Sequence(0), Sequence(head.0.min(1)));
    for record in first.chain(SledRecords::new(tree, tail, head)) {
        record.map_err(|error| damaged_store(dir, error.to_string()))?;
    }
    let blobs = dir.log().join("blobs");
    if fs::read_dir(&blobs).is_ok_and(|mut entries| entries.next().is_some()) {
        tracing::error!(dir = %blobs.display(), "the store has blob files, which are not durable; please report this");
    }
    Ok(())
}
