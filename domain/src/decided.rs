//! What a decision says when it is not refused: the new value to save, or that everything already is as asked.

/// The answer of a decision that may be asked for twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decided<T> {
    /// Save this.
    Changed(T),
    /// The same was decided before: there is nothing to save, and the caller gets the same answer again.
    Unchanged,
}

impl<T> Decided<T> {
    /// What is to be saved, if anything is.
    #[must_use]
    pub fn changed(self) -> Option<T> {
        match self {
            Self::Changed(value) => Some(value),
            Self::Unchanged => None,
        }
    }
}
