//! Campaigns: one mail to many contacts. From the moment a campaign is started, its
//! mails are made chunk by chunk (`mail::campaign`), and the row says how far that has
//! come, so that whoever does the next chunk goes on there.

mod attempt;
mod body;
mod list;
mod run;

pub use body::CampaignBody;
pub use list::Filter;
pub use run::{Chunk, Made, Prepared, Step};

use crate::{
    db::{self, DbConnection},
    entity_tag::Preconditions,
    error::ApiError,
    models::{contact::Contact, quota, search::fold},
    schema::campaigns,
};
use chrono::NaiveDateTime;
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl, SelectableHelper};
use shared::{
    campaign::{CampaignForm, CampaignStatus},
    error::ErrorCode,
    ids::{CampaignId, TenantId},
    key::Environment,
    quota::Quota,
};

/// Contacts for whom a draft's templates are filled on trial when it is started.
const CHECKED_CONTACTS: i64 = 500;

/// A row of `campaigns`.
#[derive(
    Debug, Clone, diesel::Queryable, diesel::Selectable, diesel::Insertable, diesel::AsChangeset,
)]
#[diesel(table_name = campaigns, treat_none_as_null = true)]
pub struct Campaign {
    /// Identifier.
    pub id: String,
    /// Whose it is.
    pub tenant_id: String,
    environment: String,
    /// A name for the team.
    pub name: String,
    /// The subject's template.
    pub subject: String,
    template_id: Option<String>,
    /// The HTML body's template; `None` for a draft whose bodies are a template's.
    pub html_body: Option<String>,
    /// The text body's template; without it, the text is made from the HTML.
    pub text_body: Option<String>,
    /// Who its mails come from; `None` for the tenant's default.
    pub sender: Option<String>,
    contact_tags: String,
    status: String,
    /// How many contacts it goes to.
    pub recipients: i64,
    reached_at: Option<NaiveDateTime>,
    reached_id: Option<String>,
    all_queued: bool,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
    started_at: Option<NaiveDateTime>,
    completed_at: Option<NaiveDateTime>,
    chunk_attempts: i32,
    chunk_claimed_until: Option<NaiveDateTime>,
    failure_reason: Option<String>,
    deleted_at: Option<NaiveDateTime>,
}

impl Campaign {
    /// Stores a new draft.
    pub fn create(
        conn: &mut DbConnection,
        tenant: &TenantId,
        environment: Environment,
        id: CampaignId,
        form: CampaignForm,
        own_address: &str,
        now: NaiveDateTime,
    ) -> Result<Self, ApiError> {
        let mut campaign = Self {
            id: id.into(),
            tenant_id: tenant.as_str().into(),
            environment: environment.as_str().into(),
            name: String::new(),
            subject: String::new(),
            template_id: None,
            html_body: None,
            text_body: None,
            sender: None,
            contact_tags: String::new(),
            status: CampaignStatus::Draft.as_str().into(),
            recipients: 0,
            reached_at: None,
            reached_id: None,
            all_queued: false,
            created_at: now,
            updated_at: now,
            started_at: None,
            completed_at: None,
            chunk_attempts: 0,
            chunk_claimed_until: None,
            failure_reason: None,
            deleted_at: None,
        };
        campaign.fill_in(conn, form, own_address)?;
        diesel::insert_into(campaigns::table)
            .values((&campaign, campaigns::search_text.eq(campaign.search_text())))
            .execute(conn)?;
        quota::ensure(conn, tenant, environment, &[Quota::StoredBytes])?;
        Ok(campaign)
    }

    /// Locks the tenant's draft until the end of the transaction and returns it, if the
    /// conditions hold.
    pub fn draft_for_change(
        conn: &mut DbConnection,
        tenant: &TenantId,
        environment: Environment,
        id: &CampaignId,
        conditions: &Preconditions,
    ) -> Result<Self, ApiError> {
        let campaign = Self::get_locked(conn, tenant, environment, id)?;
        let status = campaign.status()?;
        if !status.is_editable() {
            let message = format!("This campaign is {status}: only a draft can be changed.");
            return Err(ApiError::new(ErrorCode::CampaignNotEditable).message(message));
        }
        conditions.ensure(|| campaign.clone().into_view(conn).map(Some))?;
        Ok(campaign)
    }

    /// Replaces what a draft says.
    pub fn replace(
        mut self,
        conn: &mut DbConnection,
        form: CampaignForm,
        own_address: &str,
        now: NaiveDateTime,
    ) -> Result<Self, ApiError> {
        let bytes_before = self.bytes();
        self.fill_in(conn, form, own_address)?;
        self.updated_at = now;
        self.update(conn)?;
        if self.bytes() > bytes_before {
            let environment = self.environment.parse().map_err(ApiError::internal)?;
            quota::ensure(conn, &self.tenant(), environment, &[Quota::StoredBytes])?;
        }
        Ok(self)
    }

    fn bytes(&self) -> usize {
        let bodies = [&self.html_body, &self.text_body].into_iter().flatten();
        self.subject.len() + bodies.map(String::len).sum::<usize>()
    }

    fn fill_in(
        &mut self,
        conn: &mut DbConnection,
        form: CampaignForm,
        own_address: &str,
    ) -> Result<(), ApiError> {
        self.name = form.name;
        self.subject = form.subject;
        self.template_id = form.template_id;
        self.html_body = form.html_body;
        self.text_body = form.text_body;
        self.sender = form.from;
        self.contact_tags =
            serde_json::to_string(&form.contact_tags).map_err(ApiError::internal)?;
        self.clone().ready(conn, own_address).map(drop)
    }

    /// The tenant's campaign with this id.
    pub fn get(
        conn: &mut DbConnection,
        tenant: &TenantId,
        environment: Environment,
        id: &CampaignId,
    ) -> Result<Self, ApiError> {
        Ok(campaigns::table
            .filter(campaigns::tenant_id.eq(tenant.as_str()))
            .filter(campaigns::environment.eq(environment.as_str()))
            .filter(campaigns::id.eq(id.as_str()))
            .filter(campaigns::deleted_at.is_null())
            .select(Self::as_select())
            .first(conn)?)
    }

    /// As [`Self::get`], and nobody else changes it until the end of the transaction.
    fn get_locked(
        conn: &mut DbConnection,
        tenant: &TenantId,
        environment: Environment,
        id: &CampaignId,
    ) -> Result<Self, ApiError> {
        lock(conn, id.as_str())?;
        Self::get(conn, tenant, environment, id)
    }

    /// The tenant's draft as it would be started now, with its first contacts, so that
    /// its templates can be checked without a database connection. `None` for a paused
    /// campaign, whose templates are settled.
    pub fn to_check(
        conn: &mut DbConnection,
        tenant: &TenantId,
        environment: Environment,
        id: &CampaignId,
        own_address: &str,
        now: NaiveDateTime,
    ) -> Result<Option<(Self, Vec<Contact>)>, ApiError> {
        let mut campaign = Self::get(conn, tenant, environment, id)?;
        campaign.move_to(CampaignStatus::Sending, now)?;
        if campaign.started_at.is_some() {
            return Ok(None);
        }
        let campaign = campaign.ready(conn, own_address)?;
        let contacts = campaign.audience()?.page(conn, None, CHECKED_CONTACTS)?;
        Ok(Some((campaign, contacts)))
    }

    /// Starts the tenant's campaign, or resumes it. The first time it must be fit to
    /// be sent and have somebody to go to, and what it says is settled. `None` if a draft
    /// does not say what was `checked`.
    pub fn start(
        conn: &mut DbConnection,
        tenant: &TenantId,
        environment: Environment,
        id: &CampaignId,
        own_address: &str,
        checked: Option<&Self>,
        now: NaiveDateTime,
    ) -> Result<Option<Self>, ApiError> {
        let mut campaign = Self::get_locked(conn, tenant, environment, id)?;
        campaign.move_to(CampaignStatus::Sending, now)?;
        if campaign.started_at.is_none() {
            campaign = campaign.ready(conn, own_address)?;
            if checked.map(Self::source) != Some(campaign.source()) {
                return Ok(None);
            }
            campaign.started_at = Some(now);
            campaign.recipients = campaign.audience()?.count(conn)?;
            if campaign.recipients == 0 {
                return Err(ErrorCode::NoRecipients.into());
            }
        } else {
            // The domain may have been taken from the tenant while it was paused.
            campaign.allowed_sender(conn, own_address)?;
        }
        campaign.update(conn)?;
        quota::ensure(conn, tenant, environment, &[Quota::StoredBytes])?;
        Ok(Some(campaign))
    }

    /// Halts the tenant's campaign: no more mails are made, and the queue passes over
    /// those that wait.
    pub fn pause(
        conn: &mut DbConnection,
        tenant: &TenantId,
        environment: Environment,
        id: &CampaignId,
        now: NaiveDateTime,
    ) -> Result<Self, ApiError> {
        let mut campaign = Self::get_locked(conn, tenant, environment, id)?;
        campaign.move_to(CampaignStatus::Paused, now)?;
        campaign.update(conn)?;
        Ok(campaign)
    }

    fn move_to(&mut self, next: CampaignStatus, now: NaiveDateTime) -> Result<(), ApiError> {
        let status = self.status()?;
        if !status.may_become(next) {
            let message = format!("This campaign cannot go from {status} to {next}.");
            return Err(ApiError::new(ErrorCode::IllegalTransition).message(message));
        }
        self.status = next.as_str().into();
        self.updated_at = now;
        Ok(())
    }

    /// The tenant that it belongs to.
    pub fn tenant(&self) -> TenantId {
        TenantId::new(self.tenant_id.clone())
    }

    /// How far it has come.
    pub fn status(&self) -> Result<CampaignStatus, ApiError> {
        CampaignStatus::ALL
            .into_iter()
            .find(|status| status.as_str() == self.status)
            .ok_or_else(|| ApiError::internal("a campaign has an unknown status"))
    }

    fn search_text(&self) -> String {
        fold(&format!("{} {}", self.name, self.subject))
    }

    /// Folds the texts of up to `limit` campaigns that were stored before that was done.
    pub fn fold_texts(conn: &mut DbConnection, limit: i64) -> Result<usize, ApiError> {
        let rows: Vec<Self> = campaigns::table
            .filter(campaigns::search_text.eq(""))
            .order(campaigns::id)
            .limit(limit)
            .select(Self::as_select())
            .load(conn)?;
        for campaign in &rows {
            diesel::update(campaigns::table.find(&campaign.id))
                .set(campaigns::search_text.eq(campaign.search_text()))
                .execute(conn)?;
        }
        Ok(rows.len())
    }

    fn contact_tags(&self) -> Result<Vec<String>, ApiError> {
        serde_json::from_str(&self.contact_tags).map_err(ApiError::internal)
    }

    fn update(&self, conn: &mut DbConnection) -> Result<(), ApiError> {
        diesel::update(campaigns::table.find(&self.id))
            .set((self, campaigns::search_text.eq(self.search_text())))
            .execute(conn)?;
        Ok(())
    }
}

/// Makes everyone wait who is about to change the campaign with this id.
fn lock(conn: &mut DbConnection, id: &str) -> Result<(), ApiError> {
    db::lock(conn, &format!("campaign {id}"))
}
