//! `GET /v1/analytics/emails`.

use crate::util::{
    TestApp,
    emails::{event_kinds, links, send_and_settle},
    json,
};
use chrono::TimeDelta;
use insta::assert_json_snapshot;

#[test]
fn get_200_counts_opens_and_clicks() {
    let app = TestApp::start();
    let form = json!({"name": "t", "environment": "test", "permissions": ["emails:send", "analytics:read"]});
    let key = app.key_from(&form);
    let html = "<body><a href='https://example.com'>this</a></body>";
    let mail = json!({"to": "a@example.com", "subject": "Hi", "html_body": html});
    let first = send_and_settle(&key, &mail);
    // The second email is neither opened nor clicked.
    send_and_settle(&key, &mail);
    let links = links(&app, &first);
    let [click, open] = links.as_slice() else {
        panic!("{links:?}");
    };
    for path in [open, open, open, click, click] {
        let answer = app.request("GET", path).send();
        assert!(matches!(answer.status, 200 | 302), "{path}");
    }
    let kinds = event_kinds(&key, &first);
    assert_eq!(kinds, ["sent", "opened", "clicked", "clicked"]);

    let analytics = key.get("/v1/analytics/emails").expect(200);
    assert_json_snapshot!(analytics, @r#"
    {
      "from": "2026-10-19T11:06:40.001Z",
      "to": "2026-11-18T11:06:40.001Z",
      "totals": {
        "sent": 2,
        "delivered": 0,
        "opened": 1,
        "clicked": 1,
        "bounced": 0,
        "complained": 0,
        "unsubscribed": 0,
        "failed": 0
      },
      "rates": {
        "delivery_rate": 0.0,
        "open_rate": 0.5,
        "click_rate": 0.5,
        "bounce_rate": 0.0,
        "complaint_rate": 0.0,
        "unsubscribe_rate": 0.0
      },
      "days": [
        {
          "date": "2026-11-18",
          "sent": 2,
          "opened": 1,
          "clicked": 1,
          "bounced": 0
        }
      ]
    }
    "#);
    let live = app.key(&["analytics:read"]);
    assert_eq!(
        live.get("/v1/analytics/emails").expect(200)["totals"]["sent"],
        0
    );
    app.advance(TimeDelta::days(31));
    let later = key.get("/v1/analytics/emails").expect(200);
    assert_eq!(
        (&later["totals"]["sent"], &later["rates"]["open_rate"]),
        (&json!(0), &json!(0.0))
    );
    let range = "from=2026-01-01T00:00:00Z&to=2027-01-01T00:00:00Z";
    assert_eq!(
        key.get(&format!("/v1/analytics/emails?{range}"))
            .expect(200)["totals"]["sent"],
        2
    );
}

#[test]
fn get_400_invalid_range() {
    let app = TestApp::start();
    let key = app.key(&["analytics:read"]);
    let range = "from=2027-01-01T00:00:00Z&to=2026-01-01T00:00:00Z";
    key.get(&format!("/v1/analytics/emails?{range}"))
        .problem_of_fields(400, "invalid_query", &["from"]);
    key.get("/v1/analytics/emails?from=yesterday")
        .problem(400, "invalid_query");
}
