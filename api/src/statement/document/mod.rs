//! A sealed statement as it is sent: JSON as it was sealed, CSV and PDF made from it once and kept.

mod csv;
mod pdf;

use actix_web::{
    HttpResponse,
    http::header::{self, ContentDisposition, DispositionParam, DispositionType},
    web::Bytes,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use domain::id::StatementId;
use futures_util::stream;
use persistence::{
    db::{Db, Tx},
    statement::{self as store, DocumentFormat, Sealed},
};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::{commands, wire::StatementDocument};
use crate::{app::App, extract::Read, negotiate, problem::Problem};

/// A form of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// As it was sealed.
    Json,
    /// A table of the lines, for spreadsheets.
    Csv,
    /// For people.
    Pdf,
}

impl Format {
    const ALL: [Self; 3] = [Self::Json, Self::Csv, Self::Pdf];

    const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Csv => "text/csv",
            Self::Pdf => "application/pdf",
        }
    }

    /// The form that an `Accept` header likes best.
    pub(super) fn preferred(accept: Option<&str>) -> Option<Self> {
        let kind = negotiate::preferred(accept, &Self::ALL.map(Self::media_type))?;
        Self::ALL.into_iter().find(|format| format.media_type() == kind)
    }

    /// The entity tag: a statement has one version, and each form has bytes of its own.
    const fn etag(self) -> &'static str {
        match self {
            Self::Json => "\"1\"",
            Self::Csv => "\"1-csv\"",
            Self::Pdf => "\"1-pdf\"",
        }
    }
}

/// Sends a statement in a form, or 304 to a caller that has it.
pub(super) async fn send(app: &App, read: Read, id: StatementId, format: Format) -> Result<HttpResponse, Problem> {
    let Read { caller, if_none_match, language: _ } = read;
    let sealed = app.db.read(move |tx| commands::sealed(tx, &caller, id)).await?;
    let tag = format.etag();
    let known = if_none_match.is_some_and(|known| {
        known.split(',').map(|known| known.trim().trim_start_matches("W/")).any(|known| known == tag || known == "*")
    });
    if known {
        return Ok(HttpResponse::NotModified().insert_header((header::ETAG, tag)).finish());
    }
    match format {
        Format::Json => Ok(as_sealed(&app.db, &sealed)),
        Format::Csv => made(&app.db, sealed, format, DocumentFormat::Csv, csv::table).await,
        Format::Pdf => made(&app.db, sealed, format, DocumentFormat::Pdf, pdf::print).await,
    }
}

fn answer(format: Format) -> actix_web::HttpResponseBuilder {
    let mut answer = HttpResponse::Ok();
    answer.insert_header((header::ETAG, format.etag())).insert_header((header::VARY, "accept"));
    answer.insert_header((
        header::CONTENT_TYPE,
        match format {
            Format::Csv => "text/csv; charset=utf-8",
            other => other.media_type(),
        },
    ));
    answer
}

fn repr_digest(sha256: &[u8]) -> (&'static str, String) {
    ("Repr-Digest", format!("sha-256=:{}:", STANDARD.encode(sha256)))
}

/// The sealed document, part by part, so that a long one needs no memory.
fn as_sealed(db: &Db, sealed: &Sealed) -> HttpResponse {
    let (db, id) = (db.clone(), sealed.statement.id);
    let parts = stream::try_unfold(0, move |number| {
        let db = db.clone();
        async move {
            let part = db.read(move |tx| store::part(tx.conn, id, number)).await.map_err(Problem::from)?;
            Ok::<_, Problem>(part.map(|part| (Bytes::from(part), number.saturating_add(1))))
        }
    });
    let digest: Vec<u8> = sealed.content_hash.as_bytes().chunks(2).filter_map(byte).collect();
    answer(Format::Json).insert_header(repr_digest(&digest)).streaming(parts)
}

fn byte(hexadecimal: &[u8]) -> Option<u8> {
    u8::from_str_radix(std::str::from_utf8(hexadecimal).ok()?, 16).ok()
}

/// A form that is made from the sealed document when it is first asked for, and kept.
async fn made(
    db: &Db,
    sealed: Sealed,
    format: Format,
    kept: DocumentFormat,
    make: fn(&StatementDocument) -> Result<Vec<u8>, Problem>,
) -> Result<HttpResponse, Problem> {
    let id = sealed.statement.id;
    let found = db.read(move |tx| store::find_document(tx.conn, id, kept)).await.map_err(Problem::from)?;
    let body = match found {
        Some(body) => body,
        None => keep(db, id, kept, make).await?,
    };
    let name = format!(
        "statement-{}-{}-{}.{}",
        sealed.statement.period,
        sealed.statement.currency().code(),
        id.uuid().simple(),
        kept.code()
    );
    let disposition =
        ContentDisposition { disposition: DispositionType::Attachment, parameters: vec![DispositionParam::Filename(name)] };
    let digest = repr_digest(&Sha256::digest(&body));
    Ok(answer(format).insert_header(digest).insert_header((header::CONTENT_DISPOSITION, disposition)).body(body))
}

/// Makes a form and keeps it; where another process was first, its bytes are the form's.
async fn keep(
    db: &Db,
    id: StatementId,
    format: DocumentFormat,
    make: fn(&StatementDocument) -> Result<Vec<u8>, Problem>,
) -> Result<Vec<u8>, Problem> {
    let body = db.read(move |tx| make(&read_document(tx, id)?)).await?;
    db.write(move |tx| {
        if let Some(first) = store::find_document(tx.conn, id, format)? {
            return Ok::<_, Problem>(first);
        }
        let now = tx.now()?;
        store::keep_document(tx.conn, id, format, &body, now)?;
        Ok(body.clone())
    })
    .await
}

fn read_document(tx: &mut Tx<'_>, id: StatementId) -> Result<StatementDocument, Problem> {
    let mut json = String::new();
    for number in 0..store::part_count(tx.conn, id)? {
        json.push_str(&store::part(tx.conn, id, number)?.unwrap_or_default());
    }
    serde_json::from_str(&json).map_err(|error| Problem::internal(format!("{id}: {error}")))
}
