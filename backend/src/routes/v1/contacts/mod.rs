//! `/v1/contacts`: the recipients of campaigns.

mod example;

use crate::{
    endpoint::{Bound, endpoint, message},
    entity_tag::{Preconditions, tagged_json},
    error::ApiError,
    gateway::caller::ApiCaller,
    json,
    json_body::Json,
    mail::address,
    models::{
        contact::{Contact, ContactFilter},
        message::{list as message_list, list::EmailFilter},
    },
    names::{self, normalized},
    random::new_id,
    state::AppState,
};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use shared::{
    contact::{
        ContactStatus, ContactView, NAME_MAX_CHARS, ReplaceContact, TAG_MAX_CHARS, TAGS_MAX,
        UpsertContact,
    },
    email::EmailView,
    ids::ContactId,
    operation,
    page::{Deleted, Page},
};

/// Constraints on the fields that both requests have.
const NAME: Bound = Bound::Text(0, NAME_MAX_CHARS);
const TAGS: Bound = Bound::Texts(TAGS_MAX, TAG_MAX_CHARS);

const UPSERT_BOUNDS: &[(&str, Bound)] = &[
    ("email", Bound::Address),
    ("first_name", NAME),
    ("last_name", NAME),
    ("tags", TAGS),
];

const REPLACE_BOUNDS: &[(&str, Bound)] = &[
    ("email", Bound::Address),
    ("first_name", NAME),
    ("last_name", NAME),
    ("tags", TAGS),
    // A contact becomes `bounced` only through a bounced email.
    ("status", Bound::OneOf(&["active", "unsubscribed"])),
];

/// Query parameters of the list of contacts.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Part of an email address or name.
    #[param(example = "alice")]
    search: Option<String>,
    /// Only contacts with this tag (case-sensitive).
    #[param(example = "newsletter")]
    tag: Option<String>,
    /// Only contacts in this status.
    #[param(example = "active", inline)]
    status: Option<ContactStatus>,
    /// The number of contacts per page, 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
    /// The `next_cursor` of the previous page.
    cursor: Option<String>,
}

/// List contacts
///
/// Returns the contacts in the key's environment, newest first. You can search a part of a name or
/// email address, and filter by tag and by status. Use it to look up a contact's id, or to export
/// all contacts page by page.
#[endpoint(operation::ListContacts, examples(InvalidQuery("limit", "Use 1 to 100.")),
    tag = "Contacts", params(ListQuery),
    responses((status = 200, description = "A page of contacts", body = Page<ContactView>,
        example = json!({"data": [example::contact()],
            "total": 1, "next_cursor": null}))))]
pub async fn list_contacts(
    caller: ApiCaller<operation::ListContacts>,
    state: web::Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let query: ListQuery = json::parse_query(&request)?;
    let filter = ContactFilter {
        search: query.search.filter(|search| !search.is_empty()),
        tag: query
            .tag
            .filter(|tag| !tag.is_empty())
            .map(|tag| normalized(&tag)),
        status: query.status,
        limit: json::page_limit(query.limit)?,
        after: json::cursor(query.cursor.as_deref())?,
    };
    let key = caller.key;
    let page = state
        .db
        .read(move |conn| Contact::list(conn, &key.tenant_id, key.environment, filter))
        .await?;
    Ok(HttpResponse::Ok().json(page))
}

/// Add or update a contact
///
/// Creates a contact, or updates the one with this email address; fields that you leave out keep
/// their value. Responds with 201 for a new contact and 200 for an updated one. The status stays,
/// so an unsubscribed person gets no campaigns again. Use it to import or synchronize contacts
/// without checking whether they exist.
#[endpoint(operation::UpsertContact, etag, retry(Retry::SameEffect),
    errors(InvalidEmail("email", message::NOT_AN_EMAIL_ADDRESS), QuotaExceeded),
    examples(InvalidField("tags[0]", message::EMPTY), UnknownField("name", message::UNKNOWN_NAME)),
    bounds(UPSERT_BOUNDS), tag = "Contacts",
    request_body(content = UpsertContact, example = json!({"email": "alice@example.com",
        "first_name": "Alice", "last_name": "Doe", "tags": ["newsletter"],
        "attributes": {"company": "Acme Corp"}})),
    responses(
        (status = 200, description = "The contact, updated", body = ContactView,
            example = json!(example::updated())),
        (status = 201, description = "The contact, added", body = ContactView,
            example = json!(example::contact()))))]
pub async fn upsert_contact(
    caller: ApiCaller<operation::UpsertContact>,
    state: web::Data<AppState>,
    Json(mut input): Json<UpsertContact>,
) -> Result<HttpResponse, ApiError> {
    address::normalize("email", &mut input.email)?;
    names::normalize(input.names_mut());
    input.validate().map_err(ApiError::fields)?;
    let id = new_id().map_err(ApiError::internal)?;
    let key = caller.key;
    let now = state.clock.now_naive();
    let (contact, is_new) = state
        .db
        .write(move |conn| Contact::upsert(conn, &key.tenant_id, key.environment, id, input, now))
        .await?;
    let answer = if is_new {
        HttpResponse::Created()
    } else {
        HttpResponse::Ok()
    };
    tagged_json(answer, &contact.into_view()?)
}

/// Get a contact
///
/// Returns one contact with its name, tags, attributes and status. The `ETag` of the response is
/// its version. Use it before you replace or delete the contact, and send the version as
/// `If-Match`, to detect concurrent changes.
#[endpoint(operation::GetContact, etag, tag = "Contacts",
    params(("id" = ContactId, Path, description = "Identifier of the contact, with the prefix `con_`",
        example = "con_8sJd2kLm4nPq6rSt")),
    responses((status = 200, description = "The contact", body = ContactView,
        example = json!(example::contact()))))]
pub async fn get_contact(
    caller: ApiCaller<operation::GetContact>,
    state: web::Data<AppState>,
    id: web::Path<ContactId>,
) -> Result<HttpResponse, ApiError> {
    let key = caller.key;
    let contact = state
        .db
        .read(move |conn| Contact::get(conn, &key.tenant_id, key.environment, &id))
        .await?;
    tagged_json(HttpResponse::Ok(), &contact.into_view()?)
}

/// Replace a contact
///
/// Replaces names, tags and attributes; fields that you leave out become empty. `email` and
/// `status` change only if you send them; the address of another contact is refused with
/// `contact_exists`. An `unsubscribed` contact gets no campaigns, and emails that campaigns have
/// queued for it are withdrawn. Use it to change the address or status; to change single fields,
/// use `POST /v1/contacts`.
///
/// With `If-Match`, a contact that was changed meanwhile stays as it is: `precondition_failed`.
#[endpoint(operation::ReplaceContact, etag, retry(Retry::SameEffect),
    errors(InvalidEmail("email", message::NOT_AN_EMAIL_ADDRESS), QuotaExceeded, ContactExists,
        PreconditionFailed),
    examples(InvalidField("tags[0]", message::EMPTY), UnknownField("name", message::UNKNOWN_NAME)),
    bounds(REPLACE_BOUNDS), tag = "Contacts",
    params(("id" = ContactId, Path, description = "Identifier of the contact, with the prefix `con_`",
        example = "con_8sJd2kLm4nPq6rSt"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that was read: if the \
            resource has changed since, the response is 412 `precondition_failed`",
            example = "\"3q2-7wAAAAAAAAAAAAAAAA\"")),
    request_body(content = ReplaceContact, example = json!({"first_name": "Alice",
        "last_name": "Doe", "tags": ["newsletter", "customer"],
        "attributes": {"company": "Acme Corp"}, "status": "active"})),
    responses((status = 200, description = "The contact, replaced", body = ContactView,
        example = json!(example::replaced()))))]
pub async fn replace_contact(
    caller: ApiCaller<operation::ReplaceContact>,
    state: web::Data<AppState>,
    id: web::Path<ContactId>,
    conditions: Preconditions,
    Json(mut input): Json<ReplaceContact>,
) -> Result<HttpResponse, ApiError> {
    if let Some(email) = &mut input.email {
        address::normalize("email", email)?;
    }
    names::normalize(input.names_mut());
    input.validate().map_err(ApiError::fields)?;
    let key = caller.key;
    let now = state.clock.now_naive();
    let contact = state
        .db
        .write(move |conn| {
            Contact::replace(
                conn,
                &key.tenant_id,
                key.environment,
                &id,
                input,
                &conditions,
                now,
            )
        })
        .await?;
    tagged_json(HttpResponse::Ok(), &contact.into_view()?)
}

/// Delete a contact
///
/// Deletes a contact permanently and withdraws the emails that campaigns have queued for it. Emails
/// that were sent to it stay in the list of emails. Use it to erase a person's data. To stop
/// sending emails to someone, set the status to `unsubscribed` instead: a deleted contact can be
/// added again.
#[endpoint(operation::DeleteContact, retry(Retry::Refused(ErrorCode::NotFound)),
    errors(PreconditionFailed), tag = "Contacts",
    params(("id" = ContactId, Path, description = "Identifier of the contact, with the prefix `con_`",
        example = "con_8sJd2kLm4nPq6rSt"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that was read: if the \
            resource has changed since, the response is 412 `precondition_failed`",
            example = "\"3q2-7wAAAAAAAAAAAAAAAA\"")),
    responses((status = 200, description = "The contact was deleted", body = Deleted<ContactId>,
        example = json!({"id": "con_8sJd2kLm4nPq6rSt", "deleted": true}))))]
pub async fn delete_contact(
    caller: ApiCaller<operation::DeleteContact>,
    state: web::Data<AppState>,
    id: web::Path<ContactId>,
    conditions: Preconditions,
) -> Result<HttpResponse, ApiError> {
    let key = caller.key;
    let id = id.into_inner();
    let now = state.clock.now_naive();
    let deleted = Deleted::of(id.clone());
    state
        .db
        .write(move |conn| {
            Contact::delete(conn, &key.tenant_id, key.environment, &id, &conditions, now)
        })
        .await?;
    Ok(HttpResponse::Ok().json(deleted))
}

/// Query parameters of the list of emails to a contact.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListEmailsQuery {
    /// The number of emails per page, 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
    /// The `next_cursor` of the previous page.
    cursor: Option<String>,
}

/// List the emails to a contact
///
/// Returns the emails to the contact's current address, including those of campaigns, newest first.
/// Requires access to contacts and to emails. Use it to see what one person has received, for
/// example in a support case.
#[endpoint(operation::ListContactEmails, examples(InvalidQuery("limit", "Use 1 to 100.")),
    tag = "Contacts", params(("id" = ContactId, Path, description = "Identifier of the contact, with the prefix `con_`",
        example = "con_8sJd2kLm4nPq6rSt"), ListEmailsQuery),
    responses((status = 200, description = "A page of emails", body = Page<EmailView>,
        example = json!({"data": [{"id": "msg_8sJd2kLm4nPq6rSt", "status": "sent",
            "from": "Acme <hello@acme.example>", "to": "alice@example.com",
            "subject": "Welcome to Acme Corp, Alice!", "tags": ["onboarding", "welcome"],
            "campaign_id": null, "created_at": "2025-11-25T10:30:00Z",
            "sent_at": "2025-11-25T10:30:01Z"}], "total": 1, "next_cursor": null}))))]
pub async fn list_contact_emails(
    caller: ApiCaller<operation::ListContactEmails>,
    state: web::Data<AppState>,
    id: web::Path<ContactId>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let query: ListEmailsQuery = json::parse_query(&request)?;
    let limit = json::page_limit(query.limit)?;
    let after = json::cursor(query.cursor.as_deref())?;
    let key = caller.key;
    let page = state
        .db
        .read(move |conn| {
            let contact = Contact::get(conn, &key.tenant_id, key.environment, &id)?;
            let filter = EmailFilter {
                to: Some(contact.email),
                limit,
                after,
                ..EmailFilter::default()
            };
            message_list::list(conn, &key.tenant_id, key.environment, filter)
        })
        .await?;
    Ok(HttpResponse::Ok().json(page))
}
