//! Pages for people: where to start, the contract as one reads it, and what each code means.

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::{
    app::App,
    extract::text_header,
    problem::{Code, Language, Problem, say, violations},
};

pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/", web::get().to(start))
        .route("/openapi.yaml", web::get().to(contract_yaml))
        .route("/openapi.json", web::get().to(contract_json))
        .route("/docs", web::get().to(to_docs))
        .route("/docs/errors", web::get().to(all_errors))
        .route("/docs/errors/{code}", web::get().to(one_error))
        .service(
            SwaggerUi::new("/docs/{_:.*}")
                .config(Config::new(["/openapi.json"]).try_it_out_enabled(true).persist_authorization(true)),
        );
}

fn page(title: &str, body: &str) -> HttpResponse {
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><link rel=\"icon\" href=\"data:,\">\
         <title>{title}</title><style>body{{font:16px/1.6 system-ui,sans-serif;max-width:46rem;margin:3rem auto;padding:0 1rem;color:#1c2430}}\
         a{{color:#0b5cad}}code,pre{{font:14px/1.5 ui-monospace,monospace;background:#f2f5f8;border-radius:4px}}code{{padding:.1em .3em}}\
         pre{{padding:1rem;overflow:auto}}h1{{font-size:1.9rem}}dt{{font-weight:600;margin-top:1rem}}</style></head><body>{body}</body></html>"
    );
    HttpResponse::Ok().insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8")).body(html)
}

async fn start() -> HttpResponse {
    page(
        "Entente",
        "<h1>Entente</h1><p>The backend of a partner network: who may sell what and for whom, whose prospect it is, \
         who owes whom what from every sale, and why.</p><dl>\
         <dt><a href=\"/docs/\">The contract, to read and to try</a></dt><dd>every operation, with examples; sign in with a token under \
         <em>Authorize</em></dd>\
         <dt><a href=\"/openapi.yaml\">openapi.yaml</a> · <a href=\"/openapi.json\">openapi.json</a></dt><dd>the same, for generators of clients</dd>\
         <dt><a href=\"/docs/errors\">Problems</a></dt><dd>every code that an answer can carry</dd>\
         <dt><a href=\"/v1/networks\">The networks</a></dt><dd>their masters and partnership types, open to anybody</dd>\
         <dt><a href=\"/health/ready\">Readiness</a></dt><dd>whether the service can work</dd></dl>\
         <h2>First steps</h2><p>Sign in, then use the token:</p>\
         <pre>curl -s localhost:8080/v1/auth/login -H 'content-type: application/json' \\\n  -d '{\"email\": \"…\", \"password\": \"…\"}'\n\
         curl -s localhost:8080/v1/me -H \"authorization: Bearer $TOKEN\"</pre>",
    )
}

async fn to_docs() -> HttpResponse {
    HttpResponse::MovedPermanently().insert_header((header::LOCATION, "/docs/")).finish()
}

async fn contract_yaml(app: web::Data<App>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "application/yaml"))
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .body(app.contract.yaml().to_owned())
}

async fn contract_json(app: web::Data<App>) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-cache")).json(app.contract.document())
}

fn about(code: Code, language: Language) -> String {
    let (name, status) = (code.name(), code.status());
    let title = say(language, &format!("problem.{name}.title"), &[]);
    let detail = say(language, &format!("problem.{name}.detail"), &[]).replace("%{", "{");
    format!(
        "<dt id=\"{name}\"><a href=\"/docs/errors/{name}\"><code>{name}</code></a> · {status} · {title}</dt><dd>{detail}</dd>"
    )
}

/// A text that means nothing to XML and HTML: names come from outside.
pub(crate) fn escaped(text: &str) -> String {
    let letter = |letter: char| match letter {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        '"' => "&quot;".to_owned(),
        '\'' => "&#39;".to_owned(),
        other if other.is_control() => " ".to_owned(),
        other => other.to_string(),
    };
    text.chars().map(letter).collect()
}

fn language(request: &HttpRequest) -> Language {
    Language::preferred(&text_header(request, "accept-language").unwrap_or_default())
}

async fn all_errors(request: HttpRequest) -> HttpResponse {
    let list: String = Code::ALL.into_iter().map(|code| about(code, language(&request))).collect();
    let told =
        |(code, text): (String, String)| format!("<dt id=\"errors-{code}\"><code>{code}</code></dt><dd>{}</dd>", escaped(&text));
    let wrong: String = violations(language(&request)).into_iter().map(told).collect();
    page(
        "Problems",
        &format!(
            "<h1>Problems</h1><p>Every failure is an RFC 9457 problem with one of these codes.</p><dl>{list}</dl>\
             <h2>What can be wrong with a request</h2><p>Each of a problem's <code>errors</code> has one of these codes. They never \
             change with the language, and new ones may come.</p><dl>{wrong}</dl>"
        ),
    )
}

async fn one_error(request: HttpRequest, code: web::Path<String>) -> Result<HttpResponse, Problem> {
    let code = Code::ALL.into_iter().find(|known| known.name() == code.as_str()).ok_or_else(Problem::not_found)?;
    let about = about(code, language(&request));
    Ok(page(code.name(), &format!("<h1>{}</h1><dl>{about}</dl><p><a href=\"/docs/errors\">All problems</a></p>", code.name())))
}
