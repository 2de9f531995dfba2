use super::*;
use shared::reference::{Draft, build, validate};
use std::collections::BTreeSet;

fn documents() -> [Value; 2] {
    [
        include_str!("../../../../docs/openapi.json"),
        include_str!("../../../../docs/openapi-management.json"),
    ]
    .map(|text| serde_json::from_str(text).unwrap())
}

fn operations() -> Vec<Operation> {
    let documents = documents();
    let read = documents.iter().map(Reference::read);
    read.flat_map(|document| document.operations).collect()
}

fn operation(id: &str) -> Operation {
    let mut operations = operations().into_iter();
    operations.find(|it| it.listed.id == id).unwrap()
}

/// Keywords that `merge` reads, or that say nothing to people.
const KEYWORDS: [&str; 23] = [
    "$ref",
    "additionalProperties",
    "allOf",
    "default",
    "deprecated",
    "description",
    "else",
    "enum",
    "format",
    "if",
    "items",
    "maxItems",
    "maxLength",
    "maximum",
    "minItems",
    "minLength",
    "minimum",
    "oneOf",
    "pattern",
    "properties",
    "propertyNames",
    "required",
    "then",
];

fn check_keywords(schema: &Value, unknown: &mut BTreeSet<String>) {
    for (keyword, value) in schema.as_object().into_iter().flatten() {
        let is_known = KEYWORDS.contains(&keyword.as_str());
        if !is_known && keyword != "type" && keyword != "examples" {
            unknown.insert(keyword.clone());
        }
        match keyword.as_str() {
            "properties" => {
                for (_, property) in value.as_object().into_iter().flatten() {
                    check_keywords(property, unknown);
                }
            }
            "items" | "additionalProperties" => check_keywords(value, unknown),
            "allOf" | "oneOf" => {
                for part in value.as_array().into_iter().flatten() {
                    check_keywords(part, unknown);
                }
            }
            _ => {}
        }
    }
}

#[test]
fn all_keywords_of_our_schemas_are_read() {
    let mut unknown = BTreeSet::new();
    for document in documents() {
        let schemas = document["components"]["schemas"].as_object().unwrap();
        for schema in schemas.values() {
            check_keywords(schema, &mut unknown);
            // `null` beside one other schema is all that is read of `oneOf`.
            let forms = schema["oneOf"].as_array().map_or(0, Vec::len);
            assert_eq!(forms, 0, "{schema}");
        }
    }
    assert_eq!(unknown, BTreeSet::new());
}

#[test]
fn an_operation_is_read_as_it_is_documented() {
    let send = operation("send_email");
    assert_eq!(send.listed.path, "/v1/emails/send");
    assert_eq!(send.rate_limit, Some(RateLimit::PerMinute(60)));
    assert_eq!(send.scopes.any_of, ["emails:send"]);
    assert_eq!(send.authentication, Authentication::Bearer);
    let schema = send.body.unwrap().media.schema;
    let rows = schema.fields.iter();
    let rows: Vec<_> = rows
        .map(|field| {
            (
                field.name.as_str(),
                field.schema.type_text(),
                field.required,
            )
        })
        .collect();
    let string = || "string".to_owned();
    assert_eq!(
        rows,
        [
            ("to", string(), Required::Yes),
            ("from", string(), Required::No),
            ("subject", string(), Required::Sometimes),
            ("html_body", string(), Required::Sometimes),
            ("text_body", string(), Required::No),
            ("template_id", string(), Required::No),
            ("variables", "object".to_owned(), Required::No),
            ("track_opens", "boolean".to_owned(), Required::No),
            ("track_clicks", "boolean".to_owned(), Required::No),
            ("tags", "array of strings".to_owned(), Required::No),
        ]
    );
    assert!(schema.closed);
    let start = operation("start_campaign").scopes;
    assert!(start.any_of.is_empty() && start.all_of.len() == 2);
    assert_eq!(operation("whoami").scopes, RequiredScopes::default());
}

#[test]
fn parts_and_nullable_references_are_merged() {
    let campaign = operation("get_campaign");
    let body = campaign.responses[0].body.as_ref().unwrap();
    let field = |name: &str| {
        let mut fields = body.schema.fields.iter();
        fields.find(|field| field.name == name).unwrap()
    };
    assert_eq!(field("id").schema.kind, Some(SchemaType::String));
    let waiting = &field("waiting_for").schema;
    assert!(waiting.nullable && waiting.description.starts_with("Quota"));
}

#[test]
fn examples_fit_their_schemas() {
    for operation in operations() {
        let bodies = operation.body.iter().map(|body| &body.media);
        let responses = operation.responses.iter();
        for media in bodies.chain(responses.filter_map(|it| it.body.as_ref())) {
            assert!(!media.examples.is_empty(), "{}", operation.listed.id);
            for example in &media.examples {
                let violations = validate(&media.schema, &example.value);
                assert_eq!(violations, [], "{}", operation.listed.id);
            }
        }
    }
}

#[test]
fn examples_make_complete_requests() {
    for operation in operations() {
        let draft = Draft::example(&operation);
        let request = build("", &operation, &draft).unwrap();
        assert!(!request.url.contains(['{', '}', '?']), "{}", request.url);
        assert!(request.needs_key);
        assert_eq!(request.body.is_some(), operation.body.is_some());
    }
}

#[test]
fn all_errors_have_the_same_fields() {
    for operation in operations() {
        let errors = operation.responses.iter().filter(|it| !it.is_success());
        let mut schemas = errors.map(|error| error.body.as_ref().map(|body| &body.schema));
        let first = schemas.next().unwrap();
        assert!(
            schemas.all(|schema| schema == first),
            "{}",
            operation.listed.id
        );
    }
}
