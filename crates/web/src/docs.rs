//! `/api/docs`: the API's description as a page, and `/api/openapi.json` as it is.

use crate::openapi;
use crate::state::AppState;
use axum::Router;
use axum::http::{HeaderName, header};
use axum::response::Html;
use axum::routing::get;
use serde_json::Value;
use std::fmt::{self, Write};
use std::sync::Arc;

/// The page needs its style sheet and nothing else.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Both routes; the document is made once.
pub fn router(document: &utoipa::openapi::OpenApi) -> Router<AppState> {
    let value = serde_json::to_value(document).expect("the description is plain data");
    let page: Arc<str> = page(&value).expect("writing to a String cannot fail").into();
    let json: Arc<str> = openapi::json().into();
    let policy: [(HeaderName, &str); 1] = [(header::CONTENT_SECURITY_POLICY, POLICY)];
    Router::new()
        .route("/api/docs", get(move || async move { (policy, Html(page.to_string())) }))
        .route("/api/docs.css", get(|| async { ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLE) }))
        .route(
            "/api/openapi.json",
            get(move || async move { ([(header::CONTENT_TYPE, "application/json")], json.to_string()) }),
        )
}

const STYLE: &str = include_str!("docs.css");
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

fn page(document: &Value) -> Result<String, fmt::Error> {
    let mut out = String::from("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>API</title>");
    out.push_str(
        "<meta name=\"viewport\" content=\"width=device-width\"><link rel=\"stylesheet\" href=\"/api/docs.css\"><main>",
    );
    write!(out, "<h1>{} API</h1><p>{}</p>", text(&document["info"]["title"]), text(&document["info"]["description"]))?;
    out.push_str("<p>The same for programs: <a href=\"/api/openapi.json\">openapi.json</a> (OpenAPI 3.1).</p>");
    for tag in document["tags"].as_array().into_iter().flatten() {
        write!(out, "<h2>{}</h2><p>{}</p>", text(&tag["name"]), text(&tag["description"]))?;
        for (path, item) in document["paths"].as_object().into_iter().flatten() {
            for method in METHODS {
                let operation = &item[method];
                if operation["tags"][0] == tag["name"] {
                    write_operation(&mut out, method, path, operation)?;
                }
            }
        }
    }
    out.push_str("<h2>schemas</h2>");
    for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
        write!(out, "<section id=\"{0}\"><h3>{0}</h3>", escape(name))?;
        write_schema(&mut out, schema)?;
        out.push_str("</section>");
    }
    out.push_str("</main></html>");
    Ok(out)
}

fn write_operation(out: &mut String, method: &str, path: &str, operation: &Value) -> fmt::Result {
    let id = text(&operation["operationId"]);
    write!(out, "<section id=\"{id}\"><h3><b class=\"{method}\">{method}</b> <code>{}</code></h3>", escape(path))?;
    write!(out, "<p><strong>{}</strong></p>", text(&operation["summary"]))?;
    write!(out, "<p>{}</p>", text(&operation["description"]))?;
    out.push_str("<dl>");
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let (name, location) = (text(&parameter["name"]), text(&parameter["in"]));
        write!(out, "<dt><code>{name}</code> <i>{location}</i><dd>{}", text(&parameter["description"]))?;
    }
    for (kind, content) in operation["requestBody"]["content"].as_object().into_iter().flatten() {
        write!(out, "<dt>body <i>{}</i><dd>{}", escape(kind), type_of(&content["schema"]))?;
    }
    for (status, response) in
        operation["responses"].as_object().into_iter().flatten().filter(|(status, _)| *status != "default")
    {
        let body = response["content"].as_object().and_then(|content| content.values().next());
        write!(out, "<dt>{}<dd>{}", escape(status), body.map_or("no body".into(), |body| type_of(&body["schema"])))?;
    }
    out.push_str("</dl></section>");
    Ok(())
}

fn write_schema(out: &mut String, schema: &Value) -> fmt::Result {
    write!(out, "<p>{}</p><dl>", text(&schema["description"]))?;
    let parts = schema["allOf"].as_array();
    let parts = parts.map_or(vec![schema], |parts| parts.iter().collect());
    for part in parts {
        if part["$ref"].is_string() {
            write!(out, "<dt>all of<dd>{}", type_of(part))?;
        }
        for (name, property) in part["properties"].as_object().into_iter().flatten() {
            write!(
                out,
                "<dt><code>{}</code> <i>{}</i><dd>{}",
                escape(name),
                type_of(property),
                text(&property["description"])
            )?;
        }
        for value in part["enum"].as_array().into_iter().flatten() {
            write!(out, "<dt><code>{}</code><dd>", text(value))?;
        }
        for variant in part["oneOf"].as_array().into_iter().flatten() {
            write!(out, "<dt><code>{}</code><dd>{}", text(&variant["enum"][0]), text(&variant["description"]))?;
        }
    }
    out.push_str("</dl>");
    Ok(())
}

/// A schema in a few words, with links to the named ones.
fn type_of(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return format!("<a href=\"#{0}\">{0}</a>", escape(name));
    }
    if let Some(choices) = schema["oneOf"].as_array().or(schema["allOf"].as_array()) {
        return choices.iter().map(type_of).collect::<Vec<_>>().join(" or ");
    }
    match &schema["type"] {
        Value::String(word) if word == "array" => format!("list of {}", type_of(&schema["items"])),
        Value::String(word) => escape(schema["format"].as_str().unwrap_or(word)),
        Value::Array(words) => words.iter().map(text).collect::<Vec<_>>().join(" or "),
        _ => "bytes".into(),
    }
}

fn text(value: &Value) -> String {
    escape(value.as_str().unwrap_or_default())
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
