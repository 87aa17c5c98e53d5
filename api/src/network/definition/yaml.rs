//! YAML as JSON with places: what a file says, and the line of every key and value.
//!
//! Only what means the same to every reader is taken: no anchors (which can make a small file huge), no tags, no keys that
//! are not text, no key twice, no unquoted decimals (which others read as floats).

use std::{borrow::Cow, collections::HashMap};

use saphyr::{Marker, Scalar, ScalarStyle, Tag};
use saphyr_parser::{Event, Parser};
use serde_json::{Map, Value};

use super::{Fault, FileFault};
use crate::schema::step;

const MAX_BYTES: usize = 4 * 1024 * 1024;
const MAX_DEPTH: usize = 64;

/// A file's content and the places of its parts.
pub(super) struct Marked {
    /// The content.
    pub(super) value: Value,
    places: HashMap<String, Place>,
    /// What no reading can make good.
    pub(super) faults: Vec<FileFault>,
}

#[derive(Clone, Copy)]
struct Place {
    key: Option<Marker>,
    value: Marker,
    is_scalar: bool,
}

impl Marked {
    /// Puts `fault` at its line: of the value where it has one on its line, of its key or of what should hold it otherwise.
    pub(super) fn locate(&self, fault: Fault) -> FileFault {
        let at_key = fault.code == "unknown_field" || fault.code == "wrong_field_name";
        let mut pointer = fault.pointer.as_str();
        loop {
            if let Some(place) = self.places.get(pointer) {
                let of_value = place.is_scalar && !at_key;
                return at(if of_value { place.value } else { place.key.unwrap_or(place.value) }, fault);
            }
            let Some((holder, _)) = pointer.rsplit_once('/') else {
                return FileFault { line: 1, column: 1, fault };
            };
            pointer = holder;
        }
    }
}

fn at(marker: Marker, fault: Fault) -> FileFault {
    FileFault { line: marker.line(), column: marker.col().saturating_add(1), fault }
}

enum Open {
    Sequence { pointer: String, items: Vec<Value> },
    Mapping { pointer: String, fields: Map<String, Value>, key: Option<(String, Marker)> },
}

impl Open {
    /// The pointer of the next value, and its key's place. `None` where a key is due.
    fn next(&self) -> Option<(String, Option<Marker>)> {
        match self {
            Self::Sequence { pointer, items } => Some((step(pointer, &items.len().to_string()), None)),
            Self::Mapping { pointer, key, .. } => key.as_ref().map(|(name, marker)| (step(pointer, name), Some(*marker))),
        }
    }

    fn pointer(&self) -> &str {
        match self {
            Self::Sequence { pointer, .. } | Self::Mapping { pointer, .. } => pointer,
        }
    }
}

#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    root: Option<Value>,
    places: HashMap<String, Place>,
    faults: Vec<FileFault>,
}

/// Reads `yaml` as far as it can be read.
///
/// # Errors
/// The one fault after which nothing can be read: bad syntax, several documents, too deep, too large.
pub(super) fn parse(yaml: &str) -> Result<Marked, FileFault> {
    let top = |code, message: &str| FileFault { line: 1, column: 1, fault: Fault::new("", code, message) };
    if yaml.len() > MAX_BYTES {
        return Err(top("too_large", "a definition has 4 MiB at most"));
    }
    let mut builder = Builder::default();
    let mut parser = Parser::new_from_str(yaml);
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|error| {
            let pointer = builder.open.last().map(Open::pointer).unwrap_or_default();
            at(*error.marker(), Fault::new(pointer, "bad_yaml", error.info()))
        })?;
        builder.take(event, span.start)?;
    }
    let Builder { root, places, faults, .. } = builder;
    let value = root.ok_or_else(|| top("bad_yaml", "the file is empty"))?;
    Ok(Marked { value, places, faults })
}

impl Builder {
    fn take(&mut self, event: Event<'_>, marker: Marker) -> Result<(), FileFault> {
        match event {
            Event::DocumentStart(_) if self.root.is_some() => {
                return Err(at(marker, Fault::new("", "bad_yaml", "a definition is one document")));
            }
            Event::Alias(_) => {
                self.fault(marker, "alias_not_allowed", "anchors and aliases are not taken: write the value out");
                self.scalar(Cow::Borrowed(""), ScalarStyle::SingleQuoted, marker);
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.refuse_extras(marker, anchor, tag.as_deref());
                self.scalar(text, style, marker);
            }
            Event::SequenceStart(anchor, tag) => {
                self.refuse_extras(marker, anchor, tag.as_deref());
                let pointer = self.enter(marker)?;
                self.open.push(Open::Sequence { pointer, items: Vec::new() });
            }
            Event::MappingStart(anchor, tag) => {
                self.refuse_extras(marker, anchor, tag.as_deref());
                let pointer = self.enter(marker)?;
                self.open.push(Open::Mapping { pointer, fields: Map::new(), key: None });
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let value = match self.open.pop() {
                    Some(Open::Sequence { items, .. }) => Value::Array(items),
                    Some(Open::Mapping { fields, .. }) => Value::Object(fields),
                    None => return Ok(()),
                };
                self.close(value, marker);
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) | Event::DocumentEnd => {}
        }
        Ok(())
    }

    /// Opens a sequence or mapping where a value is due.
    fn enter(&mut self, marker: Marker) -> Result<String, FileFault> {
        if self.open.len() >= MAX_DEPTH {
            let pointer = self.open.last().map(Open::pointer).unwrap_or_default();
            return Err(at(marker, Fault::new(pointer, "too_deep", "nothing in a definition is nested that deep")));
        }
        let Some((pointer, key)) = self.due() else {
            let pointer = self.open.last().map(Open::pointer).unwrap_or_default();
            return Err(at(marker, Fault::new(pointer, "wrong_key", "a key must be text")));
        };
        self.places.entry(pointer.clone()).or_insert(Place { key, value: marker, is_scalar: false });
        Ok(pointer)
    }

    fn due(&self) -> Option<(String, Option<Marker>)> {
        self.open.last().map_or_else(|| Some((String::new(), None)), Open::next)
    }

    fn scalar(&mut self, text: Cow<'_, str>, style: ScalarStyle, marker: Marker) {
        let Some((pointer, key)) = self.due() else {
            self.key(text, style, marker);
            return;
        };
        self.places.entry(pointer.clone()).or_insert(Place { key, value: marker, is_scalar: true });
        let value = match plain(text.clone(), style) {
            Scalar::Null => Value::Null,
            Scalar::Boolean(value) => Value::Bool(value),
            Scalar::Integer(value) => Value::from(value),
            Scalar::FloatingPoint(_) => {
                let message = format!("{text} must stand in quotes: a decimal is text here, letter for letter");
                self.faults.push(at(marker, Fault::new(pointer, "unquoted_decimal", message)));
                Value::String(text.into_owned())
            }
            Scalar::String(text) => Value::String(text.into_owned()),
        };
        self.close(value, marker);
    }

    fn key(&mut self, text: Cow<'_, str>, style: ScalarStyle, marker: Marker) {
        if !matches!(plain(text.clone(), style), Scalar::String(_)) {
            self.fault(marker, "wrong_key", &format!("a key must be text: put {text} in quotes"));
        }
        if let Some(Open::Mapping { key, .. }) = self.open.last_mut() {
            *key = Some((text.into_owned(), marker));
        }
    }

    /// Puts a finished value where it belongs.
    fn close(&mut self, value: Value, marker: Marker) {
        match self.open.last_mut() {
            None => self.root = Some(value),
            Some(Open::Sequence { items, .. }) => items.push(value),
            Some(Open::Mapping { pointer, fields, key }) => {
                let Some((name, key)) = key.take() else { return };
                if fields.contains_key(&name) {
                    let first = self.places.get(&step(pointer, &name)).and_then(|place| place.key).unwrap_or(marker).line();
                    let message = format!("{name} stands here twice: first on line {first}");
                    self.faults.push(at(key, Fault::new(step(pointer, &name), "duplicate_key", message)));
                } else {
                    fields.insert(name, value);
                }
            }
        }
    }

    fn refuse_extras(&mut self, marker: Marker, anchor: usize, tag: Option<&Tag>) {
        if anchor > 0 {
            self.fault(marker, "alias_not_allowed", "anchors and aliases are not taken: write the value out");
        }
        if tag.is_some() {
            self.fault(marker, "tag_not_allowed", "tags are not taken");
        }
    }

    fn fault(&mut self, marker: Marker, code: &'static str, message: &str) {
        let pointer = self.due().map(|(pointer, _)| pointer);
        let pointer = pointer.or_else(|| self.open.last().map(|open| open.pointer().to_owned())).unwrap_or_default();
        self.faults.push(at(marker, Fault::new(pointer, code, message)));
    }
}

fn plain(text: Cow<'_, str>, style: ScalarStyle) -> Scalar<'_> {
    if style == ScalarStyle::Plain { Scalar::parse_from_cow(text) } else { Scalar::String(text) }
}
