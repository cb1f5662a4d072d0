//! Pages of a list.

/// One page: what is on it, and where the next one starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T, K> {
    /// The items.
    pub items: Vec<T>,
    /// The key of the last item, when more follow.
    pub next: Option<K>,
}

impl<T, K> Page<T, K> {
    /// Takes up to `limit` items of an ordered iterator of key and item.
    pub fn take(mut from: impl Iterator<Item = (K, T)>, limit: usize) -> Self {
        let mut items = Vec::new();
        let mut last = None;
        while items.len() < limit {
            let Some((key, item)) = from.next() else { return Self { items, next: None } };
            items.push(item);
            last = Some(key);
        }
        let next = if from.next().is_some() { last } else { None };
        Self { items, next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_says_whether_more_follow() {
        let all = || (1..=3).map(|n| (n, n * 10));
        assert_eq!(Page::take(all(), 2), Page { items: vec![10, 20], next: Some(2) });
        assert_eq!(Page::take(all(), 3), Page { items: vec![10, 20, 30], next: None });
        assert_eq!(Page::take(all(), 0), Page { items: vec![], next: None });
    }
}
