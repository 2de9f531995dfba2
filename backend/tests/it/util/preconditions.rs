//! Conditional requests for tests.

use super::{Answer, Key};
use serde_json::Value;

/// Number of threads that update one resource at the same time.
const EDITORS: usize = 8;

/// Returns the `ETag` of a response.
#[track_caller]
pub fn etag(answer: &Answer) -> String {
    let tag = answer.header("etag").expect("has an ETag");
    assert!(tag.starts_with('"') && tag.ends_with('"'), "{tag}");
    tag.to_owned()
}

pub fn put_if_match(key: &Key<'_>, path: &str, if_match: &str, body: &Value) -> Answer {
    key.request("PUT", path)
        .header("If-Match", if_match)
        .json(body)
        .send()
}

/// Sends the same condition from all editors at once. Returns the number of the editor that
/// succeeded.
#[track_caller]
pub fn race(send: impl Fn(usize) -> Answer + Sync, code: &str) -> usize {
    let answers: Vec<Answer> = std::thread::scope(|scope| {
        let send = &send;
        let threads: Vec<_> = (0..EDITORS).map(|n| scope.spawn(move || send(n))).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("answers"))
            .collect()
    });
    let mut first = None;
    for (n, answer) in answers.iter().enumerate() {
        if answer.status == 200 {
            assert_eq!(first.replace(n), None, "two editors were both first");
        } else {
            answer.problem(412, code);
        }
    }
    first.expect("one editor is first")
}
