//! `POST /v1/emails/send`: queues an email.

use crate::{
    clock::Clock,
    db::DbConnection,
    endpoint::{Bound, endpoint, message},
    error::ApiError,
    gateway::caller::ApiCaller,
    idempotency::{idempotent, idempotent_request},
    json_body::Json,
    keys::cache::KeyRecord,
    mail::{
        address,
        render_pool::RenderPool,
        template::{Rendered, Source},
    },
    models::{
        message::{NewMessage, Origin},
        template::Template,
        tenant::{Tenant, sender::choose_sender},
    },
    names,
    state::AppState,
};
use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use chrono::NaiveDateTime;
use shared::{
    email::{
        BODY_MAX_BYTES, EmailAccepted, EmailStatus, SUBJECT_MAX_CHARS, SendEmail, TAG_MAX_CHARS,
        TAGS_MAX,
    },
    error::{ErrorCode, FieldError},
    ids::MessageId,
    operation,
};
use std::sync::Arc;

const BOUNDS: &[(&str, Bound)] = &[
    ("to", Bound::Address),
    ("subject", Bound::Text(1, SUBJECT_MAX_CHARS)),
    ("html_body", Bound::Text(1, BODY_MAX_BYTES)),
    ("text_body", Bound::Text(1, BODY_MAX_BYTES)),
    ("tags", Bound::Texts(TAGS_MAX, TAG_MAX_CHARS)),
    (
        "template_id",
        Bound::Replaces {
            fields: &["subject", "html_body", "text_body"],
            required: &["subject", "html_body"],
        },
    ),
];

/// Send an email
///
/// Send a single transactional or marketing email. Supports templates, variables, and tracking.
///
/// Send either `template_id` with its `variables`, or `subject` and `html_body`, which are sent as
/// they are. The response confirms that the email is stored and will be sent; it cannot be
/// recalled. `GET /v1/emails/{id}` returns its status. Emails sent with a test key never leave the
/// sandbox.
///
/// Use it for emails to one person, such as receipts and sign-in links. For one email to many
/// contacts, create a campaign.
///
/// With an `Idempotency-Key` you can repeat the request for 24 hours without sending a second
/// email: the same body gets the first response again, with `Idempotent-Replayed: true`.
#[endpoint(operation::SendEmail, retry(Retry::IdempotencyKey),
    errors(InvalidEmail("to", message::NOT_AN_EMAIL_ADDRESS), SenderNotAllowed,
        UnknownTemplate("template_id",
        "There is no template welcome-v2 among the live templates."), MissingVariable,
        QuotaExceeded, IdempotencyInFlight, IdempotencyKeyReused),
    examples(InvalidField("subject", message::REQUIRED_WITHOUT_TEMPLATE), UnknownField("html",
        message::UNKNOWN_NAME)), bounds(BOUNDS), tag = "Emails",
    params(("Idempotency-Key" = Option<String>, Header, description = "Any text of 1 to 255 \
        visible ASCII characters that is new for a new email", example = "order-1234-receipt",
        min_length = 1, max_length = 255)),
    request_body(content = SendEmail, examples(
        ("template" = (summary = "From a template", value = json!({"to": "user@example.com",
            "template_id": "welcome-v1", "variables": {"name": "Alice", "company": "Acme Corp"},
            "tags": ["onboarding", "welcome"]}))),
        ("without_template" = (summary = "With subject and body", value = json!({"to": "user@example.com",
            "subject": "Hello", "html_body": "<h1>Hello World</h1>"}))))),
    responses((status = 200, description = "The email is queued", body = EmailAccepted,
        example = json!({"id": "msg_8sJd2kLm4nPq6rSt", "status": "queued",
            "to": "user@example.com", "created_at": "2025-11-25T10:30:00Z"}))))]
pub async fn send_email(
    caller: ApiCaller<operation::SendEmail>,
    state: web::Data<AppState>,
    request: HttpRequest,
    Json(input): Json<SendEmail>,
) -> Result<HttpResponse, ApiError> {
    let key = caller.key;
    let now = state.clock.now_naive();
    let idempotency_key = idempotent_request(&state, &request, &key, &input)?;
    let prepare = prepare(&state, key, input);
    let commit = move |conn: &mut DbConnection, message: NewMessage| queue(conn, message, now);
    let response = idempotent(&state, idempotency_key, StatusCode::OK, prepare, commit).await?;
    state.mail.wake();
    Ok(response)
}

/// Validates the request and renders its template.
async fn prepare(
    state: &web::Data<AppState>,
    key: Arc<KeyRecord>,
    input: SendEmail,
) -> Result<NewMessage, ApiError> {
    let shared = state.clone();
    let draft = state
        .db
        .read(move |conn| Draft::new(conn, key, input, shared.mail.own_address()))
        .await?;
    draft.fill(&state.mail.templates).await
}

/// A validated request with all the data that it needs from the database.
struct Draft {
    key: Arc<KeyRecord>,
    input: SendEmail,
    sender: String,
    template: Option<Template>,
}

impl Draft {
    fn new(
        conn: &mut DbConnection,
        key: Arc<KeyRecord>,
        mut input: SendEmail,
        own_address: &str,
    ) -> Result<Self, ApiError> {
        address::normalize("to", &mut input.to)?;
        address::normalize_sender(&mut input.from)?;
        names::normalize(&mut input.tags);
        input.validate().map_err(ApiError::fields)?;
        if input.to.parse::<lettre::Address>().is_err() {
            let message = "No mail server takes this address. Use the form name@example.com.";
            return Err(field("to", ErrorCode::InvalidEmail, message));
        }
        let tenant = Tenant::get(conn, &key.tenant_id)?;
        let sender = choose_sender(&tenant, input.from.as_deref(), own_address)
            .map_err(|error| ApiError::fields(vec![error]))?;
        let template = match &input.template_id {
            None => None,
            Some(id) => {
                let template = Template::get(conn, &key.tenant_id, key.environment, id)?;
                Some(template.ok_or_else(|| {
                    let message = format!(
                        "There is no template {id} among the {} templates.",
                        key.environment.as_str()
                    );
                    field("template_id", ErrorCode::UnknownTemplate, message)
                })?)
            }
        };
        Ok(Self {
            key,
            input,
            sender,
            template,
        })
    }

    /// Renders the template, if there is one.
    async fn fill(self, pool: &RenderPool) -> Result<NewMessage, ApiError> {
        let input = self.input;
        let content = match self.template {
            None => Rendered {
                subject: input.subject.unwrap_or_default(),
                html_body: input.html_body.unwrap_or_default(),
                text_body: input.text_body,
            },
            Some(template) => {
                let variables = input.variables.unwrap_or_default();
                let render = move |clock: &Clock| Source::from(&template).render(&variables, clock);
                let rendered = pool.run(&self.key.tenant_id, render).await?;
                rendered.map_err(|error| ApiError::fields(vec![error]))?
            }
        };
        Ok(NewMessage {
            tenant_id: self.key.tenant_id.clone(),
            environment: self.key.environment,
            origin: Origin::Api(self.key.id.clone()),
            sender: Some(self.sender),
            recipient: input.to,
            subject: content.subject,
            html_body: Some(content.html_body),
            text_body: content.text_body,
            variables: None,
            tags: input.tags,
            track_opens: input.track_opens,
            track_clicks: input.track_clicks,
        })
    }
}

fn queue(
    conn: &mut DbConnection,
    message: NewMessage,
    now: NaiveDateTime,
) -> Result<EmailAccepted, ApiError> {
    let queued = message.queue(conn, now)?;
    let message = queued.ok_or_else(|| ApiError::internal("a new id was taken"))?;
    Ok(EmailAccepted {
        id: MessageId::new(message.id),
        status: EmailStatus::Queued,
        to: message.recipient,
        created_at: message.created_at.and_utc(),
    })
}

fn field(name: &str, code: ErrorCode, message: impl Into<String>) -> ApiError {
    ApiError::fields(vec![FieldError::new(name, code, message)])
}
