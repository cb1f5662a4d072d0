//! The event log: records, the hash tree over them, signed checkpoints, snapshots, the [`EventLog`] port with
//! its sled store, and the offline verifier.
//!
//! It keeps bytes in order and proves that they are the same bytes. It never knows what an event means, and it
//! is the only crate that names sled or bincode.
//!
//! - [`Record`], [`encode_record`], [`decode_record`]: what is stored, and its only encoding.
//! - [`EventLog`], [`SledLog`], [`MemoryLog`], [`Follow`]: append, read, follow.
//! - [`tree`], [`TileStore`], [`Checkpoint`], [`WitnessFile`]: RFC 6962 over the stored bytes.
//! - [`Compaction`], [`Ballast`], [`Room`]: the log written anew without its waste; what to do about a full disk.
//! - [`SnapshotStore`]: the state at a sequence, as a cache.
//! - [`verify`]: everything above checked against the stored bytes.

#![cfg_attr(test, expect(clippy::cast_possible_truncation, reason = "the numbers of tests are small"))]

mod bytes;
mod checkpoint;
mod codec;
mod compact;
#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
mod data_dir;
mod follow;
mod memory;
mod port;
mod read_ahead;
mod record;
mod room;
mod sled_log;
mod snapshot;
#[cfg(test)]
mod test_data;
mod tiles;
pub mod tree;
pub mod verify;
mod witness;

pub use bytes::Bytes;
pub use checkpoint::{Checkpoint, CheckpointError, CheckpointSigner, CheckpointVerifier};
pub use codec::{CodecError, FORMAT, RECORD_BYTES_MAX, VALUE_BYTES_MAX, decode, decode_record, encode, encode_record};
pub use compact::{CompactError, Compacted, Compaction};
pub use data_dir::DataDir;
pub use follow::{FOLLOW_BATCH_BYTES_MAX, Follow};
pub use memory::MemoryLog;
pub use port::{AppendError, BATCH_BYTES_MAX, BATCH_RECORDS_MAX, EventLog, LogError, Records, Space};
pub use read_ahead::{ReadAhead, read_ahead};
pub use record::{Record, TokenUse};
pub use room::{BALLAST_BYTES, Ballast, BallastKept, Room};
pub use sled_log::{AfterFlush, OpenError, OpenOptions, SledLog};
pub use snapshot::{SNAPSHOTS_KEPT, Skipped, Snapshot, SnapshotError, SnapshotStore};
pub use tiles::{TILE_WIDTH, TileError, TileStore};
pub use tree::{Hash, Tree};
pub use witness::{WitnessError, WitnessFile, check_witness};
