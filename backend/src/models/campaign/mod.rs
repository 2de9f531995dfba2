//! Campaigns: one email to many contacts. Once a campaign is started, its emails are created in
//! chunks (`jobs::send_campaigns`). The row stores the progress, so that any process can continue with
//! the next chunk.

mod attempt;
mod body;
pub mod emails;
mod list;
mod run;

pub use body::CampaignBody;
pub use list::CampaignFilter;
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

/// Contacts for which a draft's templates are rendered as a check when it is started.
const CHECKED_CONTACTS: i64 = 500;

#[derive(
    Debug, Clone, diesel::Queryable, diesel::Selectable, diesel::Insertable, diesel::AsChangeset,
)]
#[diesel(table_name = campaigns, treat_none_as_null = true)]
pub struct Campaign {
    pub id: String,
    pub tenant_id: String,
    environment: String,
    pub name: String,
    /// Template of the subject.
    pub subject: String,
    template_id: Option<String>,
    /// Template of the HTML body; `None` for a draft with a `template_id`.
    pub html_body: Option<String>,
    /// Template of the text body; `None` to derive the text from the HTML.
    pub text_body: Option<String>,
    /// Sender of the emails; `None` for the tenant's default.
    pub sender: Option<String>,
    contact_tags: String,
    status: String,
    /// Number of contacts that it is sent to.
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

    /// Returns the tenant's draft, locked until the end of the transaction, if the conditions hold.
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

    /// Replaces the content of a draft.
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

    /// Variant of [`Self::get`] that locks the campaign until the end of the transaction.
    fn get_locked(
        conn: &mut DbConnection,
        tenant: &TenantId,
        environment: Environment,
        id: &CampaignId,
    ) -> Result<Self, ApiError> {
        lock(conn, id.as_str())?;
        Self::get(conn, tenant, environment, id)
    }

    /// Returns the tenant's draft as it would be started now, with its first contacts, so that its
    /// templates can be checked without a database connection. `None` for a paused campaign, whose
    /// templates are fixed.
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

    /// Starts or resumes the tenant's campaign. The first start requires a valid sender, template
    /// and at least one recipient, and fixes the content. `None` if the content of a draft differs
    /// from `checked`.
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
            // The tenant may have lost the domain while the campaign was paused.
            campaign.allowed_sender(conn, own_address)?;
        }
        campaign.update(conn)?;
        quota::ensure(conn, tenant, environment, &[Quota::StoredBytes])?;
        Ok(Some(campaign))
    }

    /// Pauses the tenant's campaign: no more emails are created, and queued ones are not sent.
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

    pub fn tenant(&self) -> TenantId {
        TenantId::new(self.tenant_id.clone())
    }

    pub fn status(&self) -> Result<CampaignStatus, ApiError> {
        CampaignStatus::ALL
            .into_iter()
            .find(|status| status.as_str() == self.status)
            .ok_or_else(|| ApiError::internal("a campaign has an unknown status"))
    }

    fn search_text(&self) -> String {
        fold(&format!("{} {}", self.name, self.subject))
    }

    /// Backfills the folded texts of up to `limit` campaigns.
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

/// Locks the campaign with this id until the end of the transaction.
fn lock(conn: &mut DbConnection, id: &str) -> Result<(), ApiError> {
    db::lock(conn, &format!("campaign {id}"))
}
