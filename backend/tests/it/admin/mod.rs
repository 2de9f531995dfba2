mod set_quota;
mod set_sender;
mod stop_campaign;
mod users;
