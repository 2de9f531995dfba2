//! `GET /v1/campaigns`.

use crate::util::{
    TestApp,
    campaigns::{create, form, marketing_key},
    json,
};
use chrono::TimeDelta;
use insta::assert_json_snapshot;

#[test]
fn list_200_omits_the_bodies() {
    let app = TestApp::start();
    let key = marketing_key(&app, "live");
    let path = create(&key, &form());
    let page = key.get("/v1/campaigns").expect(200);
    assert_json_snapshot!(page, {".data[].id" => "[id]"}, @r#"
    {
      "data": [
        {
          "id": "[id]",
          "name": "Autumn sale",
          "subject": "Hello {{ first_name }}",
          "template_id": null,
          "from": null,
          "contact_tags": [],
          "status": "draft",
          "failure_reason": null,
          "recipients": 0,
          "queued": 0,
          "sent": 0,
          "failed": 0,
          "created_at": "2026-11-18T11:06:40Z",
          "updated_at": "2026-11-18T11:06:40Z",
          "started_at": null,
          "completed_at": null
        }
      ],
      "total": 1,
      "next_cursor": null
    }
    "#);
    let id = page["data"][0]["id"].as_str().unwrap();
    assert_eq!(path, format!("/v1/campaigns/{id}"));
}

#[test]
fn list_200_filtered_and_paginated() {
    let app = TestApp::start();
    let key = marketing_key(&app, "live");
    for n in 0..3 {
        let mut form = form();
        form["name"] = json!(format!("Sale {n}"));
        create(&key, &form);
        app.advance(TimeDelta::seconds(1));
    }
    let names = |query: &str| -> Vec<String> {
        let page = key.get(&format!("/v1/campaigns?{query}")).expect(200);
        let data = page["data"].as_array().unwrap().iter();
        data.map(|c| c["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names("status=draft"), ["Sale 2", "Sale 1", "Sale 0"]);
    assert_eq!(names("status=sending"), [""; 0]);
    assert_eq!(names("search=SALE%201"), ["Sale 1"]);
    assert_eq!(names("search=hello").len(), 3);
    let first = key.get("/v1/campaigns?limit=2").expect(200);
    assert_eq!(first["total"], 3);
    let cursor = first["next_cursor"].as_str().unwrap();
    assert_eq!(names(&format!("limit=2&cursor={cursor}")), ["Sale 0"]);
    key.get("/v1/campaigns?status=gone")
        .problem(400, "invalid_query");
    key.get("/v1/campaigns?cursor=x")
        .problem(400, "invalid_query");
}
