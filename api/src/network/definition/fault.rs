//! What is wrong with a definition.

use std::fmt;

use crate::schema::SchemaFault;

/// One thing that is wrong with a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where, as an RFC 6901 pointer into the document.
    pub pointer: String,
    /// A stable word in snake_case.
    pub code: &'static str,
    /// What is wrong, in English.
    pub message: String,
    /// The rule of the network that it breaks, where it is one.
    pub rule: Option<&'static str>,
    /// What a text about it in another language needs to say, by name.
    pub params: Vec<(&'static str, String)>,
}

impl Fault {
    /// A fault at `pointer`.
    #[must_use]
    pub fn new(pointer: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), code, message: message.into(), rule: None, params: Vec::new() }
    }

    /// Something that a type cannot be read from.
    #[must_use]
    pub fn unreadable(pointer: impl Into<String>, reason: impl fmt::Display) -> Self {
        let message = reason.to_string();
        Self { params: vec![("expected", message.clone())], ..Self::new(pointer, "wrong_format", message) }
    }

    /// The same fault, seen from a document that holds this one at `pointer`.
    #[must_use]
    pub fn below(mut self, pointer: &str) -> Self {
        self.pointer.insert_str(0, pointer);
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pointer, code, message, rule: _, params: _ } = self;
        write!(f, "{pointer}: {message} [{code}]")
    }
}

impl From<SchemaFault> for Fault {
    fn from(fault: SchemaFault) -> Self {
        let message = fault.to_string();
        let SchemaFault { pointer, code, params } = fault;
        Self { pointer, code, message, rule: None, params }
    }
}

/// One thing that is wrong with a file, and where in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileFault {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
    /// What is wrong.
    pub fault: Fault,
}

impl fmt::Display for FileFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, column, fault: Fault { pointer, code, message, rule: _, params: _ } } = self;
        write!(f, "{line}:{column}: {message} ({code} at {pointer})")
    }
}
