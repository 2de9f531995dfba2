mod campaigns;
mod emails;
