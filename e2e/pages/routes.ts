// Paths of the dashboard.

const SETTINGS = "/dashboard/settings";

export const OVERVIEW = `${SETTINGS}/developers`;
export const KEYS = `${OVERVIEW}/keys`;
export const USAGE = `${OVERVIEW}/usage`;
export const WEBHOOKS = `${OVERVIEW}/webhooks`;
export const DOCS = `${OVERVIEW}/docs`;
export const ERROR_CATALOGUE = `${OVERVIEW}/docs/errors`;
export const NOT_FOUND = `${OVERVIEW}/no-such-page`;
export const ESP_WEBHOOKS = `${SETTINGS}/integrations/esp/webhooks`;
export const BILLING = `${SETTINGS}/billing`;
export const ACCOUNT = `${SETTINGS}/account`;
export const LOGIN = "/login";
