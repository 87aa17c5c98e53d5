//! How scopes stand in rows: the codes of product lines, or nothing for the whole prospect (D17).

use domain::registration::Scope;

/// The line of a row that is about the whole prospect.
const WHOLE: &str = "";

/// A scope in one column. The codes of product lines have no space in them.
pub(crate) fn written(scope: &Scope) -> Option<String> {
    scope.lines().map(|lines| lines.iter().map(String::as_str).collect::<Vec<_>>().join(" "))
}

/// The scope in such a column.
pub(crate) fn read(product_lines: Option<&str>) -> Scope {
    Scope::of_registration(product_lines.into_iter().flat_map(|lines| lines.split(' ')).map(str::to_owned))
}

/// The lines of a scope, where each has a row of its own.
pub(crate) fn lines_of(scope: &Scope) -> Vec<&str> {
    scope.lines().map_or_else(|| vec![WHOLE], |lines| lines.iter().map(String::as_str).collect())
}

/// Whether such a row's line overlaps with a scope.
pub(crate) fn is_within(line: &str, scope: &Scope) -> bool {
    line == WHOLE || scope.covers(Some(line))
}
