//! `GET /metrics`.

use crate::util::TestApp;

#[test]
fn metrics_404_through_a_proxy() {
    let app = TestApp::start_empty(&[]);
    assert_eq!(app.request("GET", "/metrics").send().status, 200);
    for header in [
        "Forwarded",
        "Via",
        "X-Forwarded-For",
        "X-Forwarded-Host",
        "X-Forwarded-Proto",
        "X-Real-IP",
    ] {
        let request = app.request("GET", "/metrics").header(header, "x");
        request.send().problem(404, "not_found");
    }
    // This proxy adds no header, and passes on its own address as the host.
    let app = TestApp::start_empty(&["--public-url", "https://portal.example.com"]);
    app.request("GET", "/metrics")
        .send()
        .problem(404, "not_found");
}
