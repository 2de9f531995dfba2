//! Plans and what they allow.

use crate::quota::Quotas;
use serde::{Deserialize, Serialize};

/// What a tenant pays for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Plan {
    /// 60 requests a minute.
    Starter,
    /// 300 requests a minute.
    Professional,
    /// 1,000 requests a minute.
    Business,
    /// As agreed: the limits are set for the tenant.
    Enterprise,
}

/// How fast a tenant may call the API, for each environment on its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlanLimits {
    /// Requests a minute that can be kept up for ever.
    pub rate_per_minute: u32,
    /// Requests that a rested tenant may make at once.
    pub burst: u32,
}

/// A tenant's plan with the limits that apply, which may be the tenant's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlanView {
    /// The plan.
    pub plan: Plan,
    /// How fast the tenant may call the API.
    #[serde(flatten)]
    pub limits: PlanLimits,
}

/// `PUT /api/v1/tenant/plan`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangePlan {
    /// The plan to move to.
    pub plan: Plan,
}

impl Plan {
    /// Every plan, smallest first.
    pub const ALL: [Self; 4] = [
        Self::Starter,
        Self::Professional,
        Self::Business,
        Self::Enterprise,
    ];

    /// The plan as it is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Starter => "starter",
            Self::Professional => "professional",
            Self::Business => "business",
            Self::Enterprise => "enterprise",
        }
    }

    /// The plan as a person reads it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Starter => "Starter Plan",
            Self::Professional => "Professional Plan",
            Self::Business => "Business Plan",
            Self::Enterprise => "Enterprise Plan",
        }
    }

    /// The limits that come with the plan; a tenant's own limits override them.
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

    /// The quotas that come with the plan, for each environment on its own; a tenant's
    /// own quotas override them.
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

/// A text that names no [`Plan`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownPlan;

impl std::fmt::Display for UnknownPlan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a plan is one of starter, professional, business, enterprise")
    }
}

impl std::error::Error for UnknownPlan {}
