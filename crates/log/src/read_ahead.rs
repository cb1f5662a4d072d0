//! Reading on a thread of its own, so that the next records are read and decoded while these are applied.

use std::{
    iter::FusedIterator,
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread, vec,
};

use chancery_model::Sequence;

use crate::LogError;

/// Items handed over at once.
const BLOCK_ITEMS: usize = 512;
/// Blocks that wait at most.
const BLOCKS_WAITING_MAX: usize = 4;

/// Items that another thread makes. See [`read_ahead`].
pub struct ReadAhead<T, E> {
    blocks: Receiver<Block<T, E>>,
    block: vec::IntoIter<Result<T, E>>,
    ended: bool,
}

enum Block<T, E> {
    Items(Vec<Result<T, E>>),
    End,
}

/// Runs `items` on a thread of its own, a few blocks ahead; dropping the result ends it.
///
/// Give it the expensive part as well: `read_ahead(log.read(from).map(decode))` decodes on the other core. It ends
/// with its source, at its first error, or with [`LogError::Closed`] if the thread broke off: never early and silent.
pub fn read_ahead<T, E>(items: impl Iterator<Item = Result<T, E>> + Send + 'static) -> ReadAhead<T, E>
where
    T: Send + 'static,
    E: Send + From<LogError> + 'static,
{
    let (sender, blocks) = sync_channel(BLOCKS_WAITING_MAX);
    let spawned = thread::Builder::new().name("log-read".to_owned()).spawn({
        let sender = sender.clone();
        move || run(items, &sender)
    });
    if let Err(error) = spawned {
        let failed = LogError::Storage { sequence: Sequence(0), reason: format!("no thread to read on: {error}") };
        let _ = sender.try_send(Block::Items(vec![Err(failed.into())]));
        let _ = sender.try_send(Block::End);
    }
    ReadAhead { blocks, block: Vec::new().into_iter(), ended: false }
}

fn run<T, E>(mut items: impl Iterator<Item = Result<T, E>>, sender: &SyncSender<Block<T, E>>) {
    loop {
        let mut block = Vec::with_capacity(BLOCK_ITEMS);
        block.extend(items.by_ref().take(BLOCK_ITEMS));
        let ended = block.len() < BLOCK_ITEMS;
        // The other side may have gone; then there is nobody to read for.
        if sender.send(Block::Items(block)).is_err() {
            return;
        }
        if ended {
            let _ = sender.send(Block::End);
            return;
        }
    }
}

impl<T, E: From<LogError>> Iterator for ReadAhead<T, E> {
    type Item = Result<T, E>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(item) = self.block.next() {
                self.ended |= item.is_err();
                if self.ended {
                    self.block = Vec::new().into_iter();
                }
                return Some(item);
            }
            if self.ended {
                return None;
            }
            match self.blocks.recv() {
                Ok(Block::Items(items)) => self.block = items.into_iter(),
                Ok(Block::End) => self.ended = true,
                Err(_) => {
                    self.ended = true;
                    return Some(Err(LogError::Closed.into()));
                }
            }
        }
    }
}

impl<T, E: From<LogError>> FusedIterator for ReadAhead<T, E> {}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(to: usize) -> impl Iterator<Item = Result<usize, LogError>> + Send {
        (0..to).map(Ok)
    }

    #[test]
    fn gives_everything_in_order_and_ends() {
        for to in [0, 1, BLOCK_ITEMS - 1, BLOCK_ITEMS, BLOCK_ITEMS + 1, 10 * BLOCK_ITEMS + 3] {
            let mut ahead = read_ahead(numbers(to));
            assert!(ahead.by_ref().map(Result::unwrap).eq(0..to), "{to}");
            assert!(ahead.next().is_none());
        }
        // Dropped halfway, the thread ends by itself.
        assert_eq!(read_ahead(numbers(usize::MAX)).take(3).count(), 3);
    }

    #[test]
    fn ends_at_an_error_and_says_when_its_thread_broke_off() {
        let failing = numbers(700).chain([Err(LogError::Closed), Ok(1)]);
        let found: Vec<_> = read_ahead(failing).collect();
        assert_eq!((found.len(), found.last()), (701, Some(&Err(LogError::Closed))));
        let breaking = numbers(700).inspect(|item| assert!(*item != Ok(600), "as the test wants"));
        let found: Vec<_> = read_ahead(breaking).collect();
        assert_eq!((found.len(), found.last()), (513, Some(&Err(LogError::Closed))));
    }
}
