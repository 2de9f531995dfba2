// Addresses of the dashboard, each written down once.

const DEVELOPERS = "/dashboard/settings/developers";

export const KEYS = `${DEVELOPERS}/keys`;
export const ERROR_CATALOGUE = `${DEVELOPERS}/docs/errors`;
export const NOT_FOUND = `${DEVELOPERS}/no-such-page`;
export const LOGIN = "/login";
