//! Renders the bodies of campaign emails when they are sent or displayed. The database stores the
//! campaign's templates once, and the variables of each email.

use crate::{
    clock::Clock,
    error::ApiError,
    mail::{
        links::{Kind, Links},
        template::{Meter, Rendered},
    },
    models::{
        campaign::CampaignBody,
        message::{Message, queue::ClaimLimits},
    },
    state::AppState,
};
use rustc_hash::FxHashMap;
use serde_json::{Map, Value};
use shared::{error::ErrorCode, ids::TenantId};
use std::{cell::RefCell, collections::HashMap, rc::Rc, sync::Arc};
use tokio::sync::Notify;

/// Variable that is not stored, because it is derived from the email's id.
pub const UNSUBSCRIBE_URL: &str = "unsubscribe_url";

/// Maximum number of bodies rendered concurrently. Lower than the number of concurrent sends, so
/// that other emails are never blocked.
const MAX_FILLING: usize = 8;
/// Maximum number of bodies rendered concurrently for one tenant. Half of the total, so that the
/// other half always sends something else.
const MAX_FILLING_PER_TENANT: usize = 4;

/// Error while rendering a body.
#[derive(Debug, PartialEq, Eq)]
pub enum FillError {
    /// The queue of the template threads is full.
    Overloaded,
    /// A retry may succeed.
    Transient(String),
    /// A retry cannot succeed.
    Permanent(String),
}

/// Adds the variable with the recipient's unsubscribe link.
pub fn insert_unsubscribe_url(variables: &mut Map<String, Value>, links: &Links, id: &str) {
    let link = links.make(Kind::Unsubscribe, id, "");
    variables.insert(UNSUBSCRIBE_URL.into(), link.into());
}

/// Renders the bodies of a campaign email on the template threads. Leaves other emails unchanged,
/// and those whose variables were removed.
pub async fn fill(
    state: &AppState,
    message: &mut Message,
    body: Option<Arc<CampaignBody>>,
) -> Result<(), FillError> {
    let Some(variables) = message.variables.clone() else {
        return Ok(());
    };
    let Some(body) = body else {
        let reason = "The campaign of this email is no longer there.";
        return Err(FillError::Permanent(reason.into()));
    };
    let links = state.links();
    let id = message.id.clone();
    let tenant = TenantId::new(message.tenant_id.clone());
    let render = move |clock: &Clock| render(&body, &variables, &links, &id, clock);
    let rendered = state.mail.templates.run(&tenant, render).await;
    let rendered = rendered.map_err(|error| match error.code() {
        ErrorCode::Overloaded => FillError::Overloaded,
        _ => FillError::Transient(error.to_string()),
    })??;
    message.html_body = Some(rendered.html_body);
    message.text_body = rendered.text_body;
    Ok(())
}

/// Parses and renders with the same budgets as when the email was queued. Steps and sizes were
/// within them then; the time depends on the machine.
fn render(
    body: &CampaignBody,
    variables: &str,
    links: &Links,
    id: &str,
    clock: &Clock,
) -> Result<Rendered, FillError> {
    let variables = serde_json::from_str(variables);
    let mut variables: Map<String, Value> =
        variables.map_err(|error| FillError::Permanent(format!("Invalid values: {error}.")))?;
    insert_unsubscribe_url(&mut variables, links, id);
    let mut parsing = Meter::start(clock);
    let mut filling = Meter::start(clock);
    let compiled = body.source().compile(&mut parsing);
    let rendered = compiled.and_then(|compiled| {
        filling = Meter::start(clock);
        compiled.render(&variables, &mut filling)
    });
    rendered.map_err(|error| {
        if parsing.is_over_time() || filling.is_over_time() {
            FillError::Transient(error.message)
        } else {
            FillError::Permanent(error.message)
        }
    })
}

/// Tracks the emails whose bodies are being rendered, with their campaigns' templates.
#[derive(Default)]
pub struct Filling {
    bodies: FxHashMap<String, Arc<CampaignBody>>,
    running: Rc<Running>,
}

#[derive(Default)]
struct Running {
    by_tenant: RefCell<FxHashMap<String, usize>>,
    ended: Notify,
}

/// An email's slot among the concurrent renderings, released when dropped.
pub struct FillSlot {
    running: Rc<Running>,
    tenant: String,
}

impl Filling {
    /// Limits the next claim to `free` emails and the free slots for campaigns.
    pub fn limits(&self, free: usize) -> ClaimLimits {
        let by_tenant = self.running.by_tenant.borrow();
        let room = MAX_FILLING.saturating_sub(by_tenant.values().sum());
        let is_busy = |count: usize| count >= MAX_FILLING_PER_TENANT;
        let busy = by_tenant.iter().filter(|(_, count)| is_busy(**count));
        ClaimLimits {
            emails: i64::try_from(free).unwrap_or(0),
            campaign_emails: i64::try_from(room).unwrap_or(0),
            except_tenants: busy.map(|(tenant, _)| tenant.clone()).collect(),
        }
    }

    /// Returns the campaigns whose templates are loaded, after dropping those that are no longer in
    /// use.
    pub fn known_bodies(&mut self) -> Vec<String> {
        self.bodies.retain(|_, body| Arc::strong_count(body) > 1);
        self.bodies.keys().cloned().collect()
    }

    /// Adds templates that were loaded from the database.
    pub fn add_bodies(&mut self, bodies: HashMap<String, CampaignBody>) {
        let bodies = bodies.into_iter().map(|(id, body)| (id, Arc::new(body)));
        self.bodies.extend(bodies);
    }

    /// Returns the templates of a campaign, if they are loaded.
    pub fn body(&self, campaign: &str) -> Option<Arc<CampaignBody>> {
        self.bodies.get(campaign).cloned()
    }

    /// Takes a slot for an email of this tenant.
    pub fn begin(&self, tenant: &str) -> FillSlot {
        let mut by_tenant = self.running.by_tenant.borrow_mut();
        *by_tenant.entry(tenant.to_owned()).or_default() += 1;
        FillSlot {
            running: self.running.clone(),
            tenant: tenant.to_owned(),
        }
    }

    /// Waits until a rendering finishes.
    pub async fn ended(&self) {
        self.running.ended.notified().await;
    }
}

impl Drop for FillSlot {
    fn drop(&mut self) {
        let mut by_tenant = self.running.by_tenant.borrow_mut();
        if let Some(count) = by_tenant.get_mut(&self.tenant) {
            *count -= 1;
            if *count == 0 {
                by_tenant.remove(&self.tenant);
            }
        }
        self.running.ended.notify_one();
    }
}

/// Variant of [`fill`] for displaying an email. If rendering fails, it has no bodies.
pub async fn fill_to_show(
    state: &AppState,
    message: &mut Message,
    body: Option<CampaignBody>,
) -> Result<(), ApiError> {
    match fill(state, message, body.map(Arc::new)).await {
        Err(FillError::Overloaded) => Err(ApiError::new(ErrorCode::Overloaded).retry_after(1)),
        Ok(()) | Err(FillError::Transient(_) | FillError::Permanent(_)) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_fills_half_of_the_places_and_waits_then() {
        let filling = Filling::default();
        let room = |free| {
            let limits = filling.limits(free);
            (
                limits.emails,
                limits.campaign_emails,
                limits.except_tenants.join(" "),
            )
        };
        assert_eq!(room(16), (16, 8, String::new()));
        let mut of_one: Vec<_> = (0..3).map(|_| filling.begin("ten_a")).collect();
        assert_eq!(room(13), (13, 5, String::new()));
        of_one.push(filling.begin("ten_a"));
        assert_eq!(room(12), (12, 4, "ten_a".to_owned()));
        let of_others = ["ten_b", "ten_c"].map(|tenant| filling.begin(tenant));
        assert_eq!(room(10), (10, 2, "ten_a".to_owned()));
        of_one.pop();
        assert_eq!(room(10), (10, 3, String::new()));
        drop((of_one, of_others));
        assert_eq!(room(16), (16, 8, String::new()));
        assert!(filling.running.by_tenant.borrow().is_empty());
    }
}
