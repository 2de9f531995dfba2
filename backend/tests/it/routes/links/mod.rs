mod click;
mod head;
mod not_found;
mod open;
mod unsubscribe;
