//! The one way out for every read: one snapshot, entity tags, pages.

use actix_web::{HttpResponse, http::header};
use persistence::db::Tx;
use serde::Serialize;

use crate::{
    access::Caller,
    app::App,
    extract::Read,
    problem::Problem,
    write::{Resource, etag},
};

impl App {
    /// Shows one resource, or 304 to a caller that has this version.
    ///
    /// # Errors
    /// Those of `query`.
    pub async fn show<T>(
        &self,
        read: Read,
        query: impl FnOnce(&mut Tx<'_>, &Caller) -> Result<T, Problem> + Send + 'static,
    ) -> Result<HttpResponse, Problem>
    where
        T: Resource + Send + 'static,
    {
        let Read { caller, if_none_match, language: _ } = read;
        let resource = self.db.read(move |tx| query(tx, &caller)).await?;
        let Some(tag) = resource.version().map(etag) else { return Ok(HttpResponse::Ok().json(resource)) };
        let known = if_none_match.is_some_and(|known| {
            known.split(',').map(|known| known.trim().trim_start_matches("W/")).any(|known| known == tag || known == "*")
        });
        if known {
            return Ok(HttpResponse::NotModified().insert_header((header::ETAG, tag)).finish());
        }
        Ok(HttpResponse::Ok().insert_header((header::ETAG, tag)).json(resource))
    }

    /// Shows a list or anything else that has no version of its own.
    ///
    /// # Errors
    /// Those of `query`.
    pub async fn list<T>(
        &self,
        read: Read,
        query: impl FnOnce(&mut Tx<'_>, &Caller) -> Result<T, Problem> + Send + 'static,
    ) -> Result<HttpResponse, Problem>
    where
        T: Serialize + Send + 'static,
    {
        let caller = read.caller;
        Ok(HttpResponse::Ok().json(self.db.read(move |tx| query(tx, &caller)).await?))
    }
}

/// A page of a list: `pages!(RegistrationPage of Registration)`.
#[macro_export]
macro_rules! pages {
    ($page:ident of $item:ty) => {
        #[doc = concat!("A page of a list of ", stringify!($item), ".")]
        #[derive(Debug, serde::Serialize, utoipa::ToSchema)]
        pub struct $page {
            /// The rows.
            pub data: Vec<$item>,
            /// The cursor of the next page for `after`; null on the last one.
            #[schema(required, example = json!(null))]
            pub next: Option<String>,
        }
    };
}
