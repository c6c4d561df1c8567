//! The OpenAPI document: what the parts describe, and what holds for every operation.

use std::sync::LazyLock;

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::PARTS;

/// What is wrong, in both languages (RFC 9457); sent as `application/problem+json`.
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
#[allow(dead_code)]
pub struct Problem {
    /// `urn:baogong:problem:` and the code.
    r#type: String,
    /// What is wrong and what would be right, in English.
    title: String,
    /// The same in Chinese.
    detail: String,
    /// The status code.
    status: u16,
    /// A stable word for programs, such as `order_interval`.
    code: String,
    /// The field at fault, if one is.
    field: Option<String>,
    /// When it will be possible, in Unix seconds, if that is known.
    possible_s: Option<i64>,
}

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Baogong (保供)",
        version = "1",
        description = "Emergency living supplies for households that may not go out. Amounts are in fen, weights in grams, times in Unix seconds; local times are written 2026-11-21T18:00. Personal fields are masked as on the pages."
    ),
    components(schemas(Problem))
)]
struct Frame;

/// The whole document, made once.
pub fn document() -> &'static Value {
    static DOCUMENT: LazyLock<Value> = LazyLock::new(make);
    &DOCUMENT
}

fn make() -> Value {
    let mut whole = <Frame as utoipa::OpenApi>::openapi();
    for (_, described) in PARTS {
        whole.merge(described());
    }
    let mut document = serde_json::to_value(&whole).unwrap_or_default();
    document["components"]["securitySchemes"] = json!({
        "bearer": {"type": "http", "scheme": "bearer", "description": "The secret that POST /api/v1/session gives."},
        "cookie": {"type": "apiKey", "in": "cookie", "name": "session", "description": "The session of the pages; changes need the header X-Form-Token too."}
    });
    let Some(paths) = document["paths"].as_object_mut() else {
        return document;
    };
    for (path, item) in paths {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            complete(path, method, operation);
        }
    }
    document
}

/// Adds to an operation what holds for all: the problem document, the session, and the id of a change.
fn complete(path: &str, method: &str, operation: &mut Value) {
    let problem = json!({"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}});
    operation["responses"]["default"] = json!({"description": "What is wrong", "content": problem});
    let open = path.starts_with("/api/v1/open") || (path == "/api/v1/session" && method == "post");
    if !open {
        operation["security"] = json!([{"bearer": []}, {"cookie": []}]);
    }
    if method == "get" || path == "/api/v1/session" && method == "post" {
        return;
    }
    let id = json!({
        "name": "Idempotency-Key",
        "in": "header",
        "required": true,
        "description": "A UUID made by the client. The same id acts once; with other content it is refused (409).",
        "schema": {"type": "string", "format": "uuid"}
    });
    match operation["parameters"].as_array_mut() {
        Some(parameters) => parameters.push(id),
        None => operation["parameters"] = json!([id]),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn described() -> Vec<(String, String, Value)> {
        let paths = document()["paths"].as_object().unwrap();
        let operations = paths.iter().flat_map(|(path, item)| {
            let item = item.as_object().unwrap();
            item.iter()
                .map(|(method, operation)| (method.to_uppercase(), path.clone(), operation.clone()))
        });
        operations.collect()
    }

    #[test]
    fn every_route_is_described_and_every_description_is_a_route() {
        let routes: BTreeSet<(String, String)> = super::super::routes()
            .iter()
            .map(|route| (route.method.to_string(), route.path.to_string()))
            .collect();
        let described: BTreeSet<(String, String)> = described()
            .into_iter()
            .map(|(method, path, _)| (method, path))
            .collect();
        assert_eq!(routes, described);
        assert!(routes.len() > 60, "{}", routes.len());
    }

    #[test]
    fn the_document_is_consistent() {
        let mut ids = BTreeSet::new();
        for (method, path, operation) in described() {
            let id = operation["operationId"].as_str().unwrap_or_default().to_string();
            assert!(
                !id.is_empty() && ids.insert(id.clone()),
                "{method} {path}: operation id {id:?}"
            );
            let named = |name: &str| {
                let parameters = operation["parameters"].as_array();
                parameters.is_some_and(|all| all.iter().any(|one| one["name"] == name))
            };
            for part in path
                .split('/')
                .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
            {
                assert!(named(part), "{method} {path}: {part} is not described");
            }
            let changes = method != "GET" && path != "/api/v1/session" || method == "DELETE";
            assert_eq!(named("Idempotency-Key"), changes, "{method} {path}");
        }
        let text = document().to_string();
        for reference in text
            .split("\"$ref\":\"#")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
        {
            assert!(
                document().pointer(reference).is_some(),
                "{reference} leads nowhere"
            );
        }
    }
}
