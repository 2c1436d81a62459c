//! The API's description, made from the handlers.

use crate::error::Problem;
use crate::routes;
use crate::state::AppState;
use axum::Router;
use utoipa::OpenApi;
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{Content, OpenApi as Document, Ref, RefOr, ResponseBuilder};
use utoipa_axum::router::OpenApiRouter;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "PageSpace suite",
        version = "1",
        description = "Drop in files, get back images and text that are ready for AI. Errors are problem+json with a stable `code`. \
                       Lists come in pages: send `nextCursor` back as `cursor`; a list that is a plain array names its next page in the \
                       header `Link`. Programs send `Authorization: Bearer <token>`; \
                       a browser's session cookie works from this site's own pages only."
    ),
    tags(
        (name = "files", description = "Names in drives that point at contents."),
        (name = "contents", description = "What is in a file: the original, its images, its text."),
        (name = "drives", description = "Shared spaces with members and roles."),
        (name = "imports", description = "Files that are fetched by link, and how far that is."),
        (name = "readings", description = "Files that are read again, and how far that is."),
        (name = "search", description = "Finding files by what stands in them."),
        (name = "jobs", description = "What is being done, was done and went wrong."),
        (name = "accounts", description = "Signing in, tokens, people."),
        (name = "system", description = "What this server accepts and offers."),
    ),
    components(schemas(Problem))
)]
struct Base;

/// Every route under `/api/v1` and its description.
pub fn split() -> (Router<AppState>, Document) {
    let (router, mut document) =
        OpenApiRouter::with_openapi(Base::openapi()).nest("/api/v1", routes::router()).split_for_parts();
    describe_errors(&mut document);
    describe_sign_in(&mut document);
    (router, document)
}

/// The description alone, as JSON for people and version control.
pub fn json() -> String {
    let text = split().1.to_pretty_json().expect("the description is plain data");
    text + "\n"
}

/// Every operation can fail, and does so in one form.
fn describe_errors(document: &mut Document) {
    let content = Content::new(Some(RefOr::Ref(Ref::from_schema_name("Problem"))));
    let problem = ResponseBuilder::new().description("A problem").content("application/problem+json", content).build();
    for item in document.paths.paths.values_mut() {
        let operations = [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch];
        for operation in operations.into_iter().flatten() {
            operation.responses.responses.insert("default".into(), RefOr::T(problem.clone()));
        }
    }
}

fn describe_sign_in(document: &mut Document) {
    let components = document.components.get_or_insert_default();
    let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(model::SESSION_COOKIE.plain)));
    let token = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
    components.add_security_scheme("session", cookie);
    components.add_security_scheme("token", token);
    let none: [&str; 0] = [];
    document.security = Some(vec![SecurityRequirement::new("session", none), SecurityRequirement::new("token", none)]);
}
