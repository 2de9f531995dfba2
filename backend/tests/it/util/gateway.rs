//! Rate limits and invalid keys.

use super::TestApp;
use backend::models::tenant::Tenant;
use shared::plan::PlanLimits;

impl TestApp {
    /// Sets the first company's own rate limits, effective immediately.
    pub fn set_rate_limits(&self, rate_per_minute: u32, burst: u32) {
        let limits = PlanLimits {
            rate_per_minute,
            burst,
        };
        let tenant = self.write(|conn| {
            Tenant::set_limits(conn, &self.tenant, limits)?;
            Tenant::get(conn, &self.tenant)
        });
        // Refreshes the limits like the job that polls the change log.
        let refreshed = self.state.tenants.refresh(&tenant);
        refreshed.expect("has a plan");
    }
}

/// Changes the key's last character, so that its check characters are wrong.
pub fn with_wrong_check(plain: &str) -> String {
    let last = if plain.ends_with('a') { 'b' } else { 'a' };
    format!("{}{last}", &plain[..plain.len() - 1])
}
