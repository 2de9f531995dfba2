//! Migrations of existing data.

use crate::util::{
    app::{Place, start_of_time},
    block_on,
};
use backend::{
    clock::Clock,
    models::{template::Template, tenant::Tenant},
    server,
};
use diesel::{RunQueryDsl, sql_query};
use shared::{ids::TenantId, key::Environment, plan::Plan};

#[test]
fn existing_tenants_get_the_welcome_template() {
    let place = Place::new();
    let clock = Clock::stepped(start_of_time());
    let (db, _) = server::open(&place.storage(), &clock).unwrap();
    let now = clock.now_naive();
    let fresh = TenantId::new("ten_fresh");
    let old = TenantId::new("ten_old");
    let tenant = |id: &TenantId| Tenant::new(id.clone(), id.as_str(), Plan::Starter, false, now);
    db.write_blocking(|conn| tenant(&fresh).insert(conn))
        .unwrap();
    // Simulates a tenant from before the migration.
    let migration = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/migrations/sqlite/2026-11-23-000005_create_messages/up.sql"
    ))
    .unwrap();
    let insert = migration.split("INSERT INTO templates").nth(1).unwrap();
    let insert = insert.split(';').next().unwrap();
    db.write_blocking(|conn| {
        sql_query("DELETE FROM templates").execute(conn)?;
        Ok(sql_query(format!("INSERT INTO templates{insert}")).execute(conn)?)
    })
    .unwrap();
    db.write_blocking(|conn| tenant(&old).insert(conn)).unwrap();
    for environment in [Environment::Live, Environment::Test] {
        let get = |id: TenantId| {
            let template = db.read(move |conn| Template::get(conn, &id, environment, "welcome-v1"));
            let view = block_on(template).unwrap().expect("is there").into_view();
            (view.name, view.subject, view.html_body, view.text_body)
        };
        assert_eq!(get(fresh.clone()), get(old.clone()));
    }
}
