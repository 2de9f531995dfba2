mod analytics;
mod campaigns;
mod contacts;
mod emails;
mod templates;
