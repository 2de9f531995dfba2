//! `GET /v1/analytics/campaigns/{id}`.

use crate::util::{
    TestApp,
    campaigns::{all_emails, analytics, completed, create, form, id_of, marketing_key, start},
    emails::{links, path_of},
    json,
};
use insta::assert_json_snapshot;

#[test]
fn get_200_counts_what_recipients_did() {
    let app = TestApp::start();
    let key = marketing_key(&app, "test");
    for name in ["delivered", "bounced", "complained"] {
        let contact = json!({"email": format!("{name}@sandbox.penguinmails.test")});
        key.post("/v1/contacts", &contact).expect(201);
    }
    key.post("/v1/contacts", &json!({"email": "reader@example.com"}))
        .expect(201);
    let path = create(&key, &form());
    let empty = analytics(&key, &path);
    assert_eq!(
        (&empty["recipients"], &empty["rates"]["open_rate"]),
        (&json!(0), &json!(0.0))
    );
    start(&key, &path);
    completed(&key, &path);

    let mails = all_emails(&key);
    let mail = mails
        .iter()
        .find(|mail| mail["to"] == "reader@example.com")
        .unwrap();
    let links = links(&app, &key.get(&path_of(mail)).expect(200));
    let follow = |start: &str| {
        let path = links.iter().find(|link| link.starts_with(start));
        app.request("GET", path.unwrap()).send()
    };
    for _ in 0..2 {
        assert_eq!(follow("/t/o/").status, 200);
        let answer = follow("/t/c/");
        assert_eq!(answer.status, 302);
        assert_eq!(answer.header("location"), Some("https://acme.example/sale"));
    }

    let numbers = analytics(&key, &path);
    assert_eq!(numbers["campaign_id"], json!(id_of(&path)));
    assert_json_snapshot!(numbers, {".campaign_id" => "[id]"}, @r#"
    {
      "campaign_id": "[id]",
      "name": "Autumn sale",
      "status": "completed",
      "recipients": 4,
      "sent": 4,
      "delivered": 2,
      "opened": 1,
      "clicked": 1,
      "bounced": 1,
      "complained": 1,
      "unsubscribed": 0,
      "failed": 0,
      "rates": {
        "delivery_rate": 0.5,
        "open_rate": 0.25,
        "click_rate": 0.25,
        "bounce_rate": 0.25,
        "complaint_rate": 0.25,
        "unsubscribe_rate": 0.0
      },
      "links": [
        {
          "url": "https://acme.example/sale",
          "clicks": 2
        }
      ],
      "started_at": "2026-11-18T11:06:40Z",
      "completed_at": "2026-11-18T11:06:40Z"
    }
    "#);
    let bounced = key.get("/v1/contacts?status=bounced").expect(200);
    assert_eq!(
        bounced["data"][0]["email"],
        "bounced@sandbox.penguinmails.test"
    );
}
