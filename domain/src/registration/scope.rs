//! What of a prospect is claimed, protected or sold: the whole of it, or named product lines (D17).

use std::collections::BTreeSet;

/// What of a prospect is claimed, protected or sold (D17).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// The whole prospect.
    Whole,
    /// Items of these product lines, by their codes, and nothing else.
    ///
    /// A registration names one at least. A sale has none where its items belong to no product line: only a protection of the
    /// whole prospect is in its way.
    Lines(BTreeSet<String>),
}

impl Scope {
    /// What a registration claims that names these product lines: the whole prospect where it names none.
    #[must_use]
    pub fn of_registration(product_lines: impl IntoIterator<Item = String>) -> Self {
        let lines: BTreeSet<String> = product_lines.into_iter().collect();
        if lines.is_empty() { Self::Whole } else { Self::Lines(lines) }
    }

    /// The product lines, unless it is the whole prospect.
    #[must_use]
    pub const fn lines(&self) -> Option<&BTreeSet<String>> {
        match self {
            Self::Whole => None,
            Self::Lines(lines) => Some(lines),
        }
    }

    /// Whether two partners with these scopes of one prospect compete for it: the whole prospect overlaps with everything.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Whole, _) | (_, Self::Whole) => true,
            (Self::Lines(own), Self::Lines(others)) => !own.is_disjoint(others),
        }
    }

    /// Whether an item of this product line, or of none, is in the scope.
    #[must_use]
    pub fn covers(&self, product_line: Option<&str>) -> bool {
        match self {
            Self::Whole => true,
            Self::Lines(lines) => product_line.is_some_and(|line| lines.contains(line)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(codes: &[&str]) -> Scope {
        Scope::of_registration(codes.iter().map(ToString::to_string))
    }

    fn sale(codes: &[&str]) -> Scope {
        Scope::Lines(codes.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn d17_scopes_overlap_where_they_share_a_product_line_and_the_whole_prospect_overlaps_with_all() {
        let table = [
            (lines(&[]), lines(&[]), true),
            (lines(&[]), lines(&["crm"]), true),
            (lines(&["crm"]), lines(&["crm"]), true),
            (lines(&["crm", "erp"]), lines(&["erp", "people"]), true),
            (lines(&["crm"]), lines(&["erp"]), false),
            (lines(&["crm", "people"]), lines(&["erp"]), false),
            (lines(&[]), sale(&[]), true),
            (lines(&["crm"]), sale(&[]), false),
            (lines(&["crm"]), sale(&["crm"]), true),
        ];
        for (one, other, expected) in table {
            assert_eq!((one.overlaps(&other), other.overlaps(&one)), (expected, expected), "{one:?} and {other:?}");
        }
    }

    #[test]
    fn d17_product_lines_cover_their_items_and_no_others() {
        let table = [
            (lines(&[]), None, true),
            (lines(&[]), Some("crm"), true),
            (lines(&["crm"]), Some("crm"), true),
            (lines(&["crm"]), Some("erp"), false),
            (lines(&["crm"]), None, false),
        ];
        for (scope, product_line, expected) in table {
            assert_eq!(scope.covers(product_line), expected, "{scope:?} and {product_line:?}");
        }
    }
}
