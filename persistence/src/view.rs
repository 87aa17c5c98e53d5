//! Who looks: what a company may see follows from it, and is decided here for every query.
//!
//! A master sees what it supervises, a partner what is its own. Whoever may not see a row gets the same answer as for a row
//! that does not exist (D22).

use domain::id::{CompanyId, NetworkId};

/// The company that looks, and the network it is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct View {
    /// The network: nothing of another is ever seen.
    pub network: NetworkId,
    /// The company.
    pub company: CompanyId,
}

/// Narrows a boxed query on a table with `network_id`, `master_id` and `partner_id` to what `view` may see.
///
/// With a second column (`counterparty_id`, say), a partner named there sees the row as well.
macro_rules! visible_to {
    ($query:expr, $table:ident, $view:expr) => {{
        let view: &$crate::view::View = $view;
        let query = $query.filter($table::network_id.eq($crate::columns::Uid::from(view.network)));
        match view.company {
            domain::id::CompanyId::Master(id) => query.filter($table::master_id.eq($crate::columns::Uid::from(id))),
            domain::id::CompanyId::Partner(id) => query.filter($table::partner_id.eq($crate::columns::Uid::from(id))),
        }
    }};
    ($query:expr, $table:ident, $view:expr, or $column:ident) => {{
        let view: &$crate::view::View = $view;
        let query = $query.filter($table::network_id.eq($crate::columns::Uid::from(view.network)));
        match view.company {
            domain::id::CompanyId::Master(id) => query.filter($table::master_id.eq($crate::columns::Uid::from(id))),
            domain::id::CompanyId::Partner(id) => {
                let id = $crate::columns::Uid::from(id);
                query.filter($table::partner_id.eq(id).or($table::$column.eq(id)))
            }
        }
    }};
}
pub(crate) use visible_to;

/// Narrows a boxed query on a table with `network_id`, `master_id`, `partner_id` and `company_id` to what `view` may see: a promoter what
/// is its own, the company that it works with what is about it, be it a master, and the master that supervises it (R10, R26).
macro_rules! visible_to_parties {
    ($query:expr, $table:ident, $view:expr) => {{
        let view: &$crate::view::View = $view;
        let query = $query.filter($table::network_id.eq($crate::columns::Uid::from(view.network)));
        let own = $table::company_id.eq($crate::columns::Uid::from(view.company));
        match view.company {
            domain::id::CompanyId::Master(id) => query.filter($table::master_id.eq($crate::columns::Uid::from(id)).or(own)),
            domain::id::CompanyId::Partner(id) => query.filter($table::partner_id.eq($crate::columns::Uid::from(id)).or(own)),
        }
    }};
}
pub(crate) use visible_to_parties;

/// One page of a list: newest first by id, or oldest change first for those who keep a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// How many rows at most.
    pub limit: i64,
    /// Where the page before ended.
    pub after: Option<Place>,
    /// Only rows changed at or after this instant, in the order of change.
    pub updated_since: Option<chrono::DateTime<chrono::Utc>>,
}

/// A place in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The row's last change, in the order of change.
    pub updated_at: Option<chrono::DateTime<chrono::Utc>>,
    /// The row's id.
    pub id: uuid::Uuid,
}

/// Orders and cuts a boxed query on a table with `id` and `updated_at` to one page.
///
/// Newest first, so that rows that come in while somebody pages are before its beginning: none is skipped, none repeats.
/// Where a row never changes, `changed recorded_at` names the column that stands for its last change.
macro_rules! paged {
    ($query:expr, $table:ident, $page:expr) => {
        $crate::view::paged!($query, $table, $page, changed updated_at)
    };
    ($query:expr, $table:ident, $page:expr, changed $changed:ident) => {
        $crate::view::paged!($query, $table, $page, changed at $table::$changed)
    };
    ($query:expr, $table:ident, $page:expr, changed at $changed:expr) => {{
        let page: &$crate::view::Page = $page;
        let mut query = $query.limit(page.limit);
        if let Some(since) = page.updated_since {
            query = query.filter($changed.ge($crate::columns::At::from(since)));
            if let Some($crate::view::Place { updated_at: Some(at), id }) = page.after {
                let (at, id) = ($crate::columns::At::from(at), $crate::columns::Uid(id));
                query = query.filter($changed.gt(at).or($changed.eq(at).and($table::id.gt(id))));
            }
            query.order(($changed.asc(), $table::id.asc()))
        } else {
            if let Some(place) = page.after {
                query = query.filter($table::id.lt($crate::columns::Uid(place.id)));
            }
            query.order($table::id.desc())
        }
    }};
}
pub(crate) use paged;

/// What is due in a stretch of time, in the order of its day or instant and then of its id: a part of a list that several tables make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due<T> {
    /// Only what is due later than this.
    pub above: Option<T>,
    /// Only what is due then or before.
    pub to: Option<T>,
    /// Where the page before ended.
    pub after: Option<(T, uuid::Uuid)>,
    /// How many rows at most.
    pub limit: i64,
}

/// Narrows, orders and cuts a boxed query to what is due by a column, `$id` deciding where two are due together. `$as` makes a value of
/// the column's type.
macro_rules! due {
    ($query:expr, $table:ident, $column:ident, $id:ident, $due:expr, $as:expr) => {{
        let due = $due;
        let mut query = $query.limit(due.limit);
        if let Some(above) = due.above {
            query = query.filter($table::$column.gt($as(above)));
        }
        if let Some(to) = due.to {
            query = query.filter($table::$column.le($as(to)));
        }
        if let Some((at, id)) = due.after {
            let (at, id) = ($as(at), $crate::columns::Uid(id));
            query = query.filter($table::$column.gt(at).or($table::$column.eq(at).and($table::$id.gt(id))));
        }
        query.order(($table::$column.asc(), $table::$id.asc()))
    }};
}
pub(crate) use due;
