//! Plans, and their rate limits and quotas.

use crate::quota::Quotas;
use serde::{Deserialize, Serialize};

/// Plan that a tenant has subscribed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Plan {
    /// Up to 60 requests per minute.
    Starter,
    /// Up to 300 requests per minute.
    Professional,
    /// Up to 1,000 requests per minute.
    Business,
    /// Limits agreed individually and set for the tenant.
    Enterprise,
}

/// Rate limits of a tenant, which apply to each environment separately.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlanLimits {
    /// Sustained rate, in requests per minute.
    pub rate_per_minute: u32,
    /// Maximum number of requests in a burst, after a pause.
    pub burst: u32,
}

/// Plan of a tenant with the limits that apply. The operator may have overridden those of the
/// plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlanView {
    /// Plan that the tenant has subscribed to.
    pub plan: Plan,
    /// Rate limits of the tenant.
    #[serde(flatten)]
    pub limits: PlanLimits,
}

/// Request body of `PUT /api/v1/tenant/plan`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangePlan {
    /// Plan to change to.
    pub plan: Plan,
}

impl Plan {
    /// Every plan, from smallest to largest.
    pub const ALL: [Self; 4] = [
        Self::Starter,
        Self::Professional,
        Self::Business,
        Self::Enterprise,
    ];

    /// Returns the value used in JSON and the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Starter => "starter",
            Self::Professional => "professional",
            Self::Business => "business",
            Self::Enterprise => "enterprise",
        }
    }

    /// Returns the name shown in the dashboard.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Starter => "Starter Plan",
            Self::Professional => "Professional Plan",
            Self::Business => "Business Plan",
            Self::Enterprise => "Enterprise Plan",
        }
    }

    /// Returns the plan's rate limits. Overrides for a tenant take precedence.
    pub const fn limits(self) -> PlanLimits {
        let (rate_per_minute, burst) = match self {
            Self::Starter => (60, 100),
            Self::Professional => (300, 500),
            Self::Business | Self::Enterprise => (1000, 2000),
        };
        PlanLimits {
            rate_per_minute,
            burst,
        }
    }

    /// Returns the plan's quotas, which apply to each environment separately. Overrides for a
    /// tenant take precedence.
    pub const fn quotas(self) -> Quotas {
        const GIB: u64 = 1 << 30;
        match self {
            Self::Starter => Quotas {
                templates: 100,
                contacts: 10_000,
                keys: 50,
                stored_bytes: 5 * GIB,
                queued_emails: 10_000,
            },
            Self::Professional => Quotas {
                templates: 500,
                contacts: 100_000,
                keys: 200,
                stored_bytes: 25 * GIB,
                queued_emails: 50_000,
            },
            Self::Business => Quotas {
                templates: 2000,
                contacts: 1_000_000,
                keys: 1000,
                stored_bytes: 100 * GIB,
                queued_emails: 200_000,
            },
            Self::Enterprise => Quotas {
                templates: 10_000,
                contacts: 10_000_000,
                keys: 10_000,
                stored_bytes: 1024 * GIB,
                queued_emails: 2_000_000,
            },
        }
    }
}

impl std::str::FromStr for Plan {
    type Err = UnknownPlan;

    fn from_str(text: &str) -> Result<Self, UnknownPlan> {
        Self::ALL
            .into_iter()
            .find(|plan| plan.as_str() == text)
            .ok_or(UnknownPlan)
    }
}

/// Error returned when parsing an unknown [`Plan`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownPlan;

impl std::fmt::Display for UnknownPlan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a plan is one of starter, professional, business, enterprise")
    }
}

impl std::error::Error for UnknownPlan {}
