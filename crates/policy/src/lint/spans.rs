//! Where things are in the text: a second walk over a JSON text that was read before, only when there is something to say.

use super::{Path, Span, TextPosition, finding::Step};

/// A value's place, and those of what is in it.
struct Node {
    start: usize,
    end: usize,
    inside: Inside,
}

enum Inside {
    Nothing,
    Items(Vec<Node>),
    Fields(Vec<Field>),
}

/// The name, its place, and the value.
type Field = (String, (usize, usize), Node);

/// The places of a JSON text.
pub(super) struct Spans<'a> {
    text: &'a str,
    top: Option<Node>,
    /// The byte at which each line begins.
    lines: Vec<usize>,
    /// Whether a character is one byte everywhere, so that bytes count characters.
    ascii: bool,
}

impl<'a> Spans<'a> {
    pub(super) fn read(text: &'a str) -> Self {
        Self { top: Walker { text, at: 0 }.node(), ..Self::of_lines(text) }
    }

    /// The places of a text that is not JSON: its lines only.
    pub(super) fn of_lines(text: &'a str) -> Self {
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, top: None, lines, ascii: text.is_ascii() }
    }

    /// The place of a path; none if the text does not have it.
    pub(super) fn of(&self, path: &Path) -> Option<Span> {
        let mut node = self.top.as_ref()?;
        for step in &path.0 {
            node = match (step, &node.inside) {
                (Step::Value(name), Inside::Fields(fields)) => &fields.iter().find(|(key, ..)| *key == name.as_str())?.2,
                (Step::Key(name), Inside::Fields(fields)) => {
                    let (_, (start, end), _) = fields.iter().find(|(key, ..)| *key == name.as_str())?;
                    return Some(self.span(*start, *end));
                }
                (Step::Index(index), Inside::Items(items)) => items.get(*index)?,
                _ => return None,
            };
        }
        Some(self.span(node.start, node.end))
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span { start: self.position(start), end: self.position(end) }
    }

    /// A byte as a position.
    fn position(&self, byte: usize) -> TextPosition {
        let line = self.lines.partition_point(|begin| *begin <= byte);
        let begin = line.checked_sub(1).and_then(|line| self.lines.get(line)).copied().unwrap_or(0);
        let chars = |from: usize| {
            if self.ascii { byte - from } else { self.text.get(from..byte).map_or(byte - from, |text| text.chars().count()) }
        };
        TextPosition { line, column: chars(begin), offset: chars(0) }
    }

    /// The position of a line from 1 and a byte in it from 1, as the reader of JSON counts.
    pub(super) fn point(&self, line: usize, column: usize) -> Span {
        let begin = line.checked_sub(1).and_then(|line| self.lines.get(line)).copied().unwrap_or(0);
        let mut byte = (begin + column.saturating_sub(1)).min(self.text.len());
        while !self.text.is_char_boundary(byte) {
            byte -= 1;
        }
        self.span(byte, byte)
    }
}

/// Walks over a text that is known to be JSON, of which the depth is limited; anything else ends the walk.
struct Walker<'a> {
    text: &'a str,
    at: usize,
}

impl Walker<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r' | b',' | b':')) {
            self.at += 1;
        }
    }

    fn node(&mut self) -> Option<Node> {
        self.blanks();
        let start = self.at;
        let inside = match self.peek()? {
            b'{' => Inside::Fields(self.fields()?),
            b'[' => Inside::Items(self.items()?),
            b'"' => {
                self.string()?;
                Inside::Nothing
            }
            _ => {
                while !matches!(self.peek(), None | Some(b',' | b'}' | b']' | b' ' | b'\t' | b'\n' | b'\r')) {
                    self.at += 1;
                }
                // Not JSON after all: a walk that stands still would never end.
                if self.at == start {
                    return None;
                }
                Inside::Nothing
            }
        };
        Some(Node { start, end: self.at, inside })
    }

    fn items(&mut self) -> Option<Vec<Node>> {
        self.at += 1;
        let mut items = Vec::new();
        loop {
            self.blanks();
            if self.peek()? == b']' {
                self.at += 1;
                return Some(items);
            }
            items.push(self.node()?);
        }
    }

    fn fields(&mut self) -> Option<Vec<Field>> {
        self.at += 1;
        let mut fields = Vec::new();
        loop {
            self.blanks();
            match self.peek()? {
                b'}' => {
                    self.at += 1;
                    return Some(fields);
                }
                b'"' => {
                    let start = self.at;
                    self.string()?;
                    let place = (start, self.at);
                    let name = serde_json::from_str(self.text.get(start..self.at)?).ok()?;
                    fields.push((name, place, self.node()?));
                }
                _ => return None,
            }
        }
    }

    fn string(&mut self) -> Option<()> {
        self.at += 1;
        loop {
            match self.peek()? {
                b'"' => {
                    self.at += 1;
                    return Some(());
                }
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
    }
}
