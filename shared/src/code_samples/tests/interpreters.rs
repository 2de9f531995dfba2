//! Runs the samples in their own languages, against a stub that prints the request instead of
//! sending it. Languages that aren't installed are skipped.

use crate::code_samples::{
    tests::{Key, Language, requests, sample},
    text,
};
use crate::reference::HttpRequest;
use serde_json::{Value, json};
use std::{
    fs,
    io::ErrorKind,
    path::PathBuf,
    process::{Command, id},
};

/// A fake key, set in the environment of the samples.
const KEY: &str = "pm_test_0123456789";

/// Runs `code` and returns its output. `None` if the program isn't installed.
fn run(program: &str, arguments: &[&str], file: &str, code: &str) -> Option<Vec<u8>> {
    let folder: PathBuf = std::env::temp_dir().join(format!("samples-{}-{program}", id()));
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(file), code).unwrap();
    let output = Command::new(program)
        .args(arguments)
        .arg(file)
        .env("PENGUINMAILS_API_KEY", KEY)
        .current_dir(&folder)
        .output();
    let left_over = fs::read_dir(&folder).unwrap().count();
    fs::remove_dir_all(&folder).unwrap();
    match output {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            eprintln!("left out: there is no {program} on this machine");
            None
        }
        output => {
            let output = output.unwrap();
            let complaint = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{program}: {complaint}");
            assert_eq!(left_over, 1, "{program} has left a file");
            Some(output.stdout)
        }
    }
}

/// Returns the request that the stub must print.
fn expected(request: &HttpRequest) -> Value {
    let headers = request.headers.iter().cloned();
    let mut headers: Vec<_> = headers.collect();
    headers.push(("Authorization".into(), format!("Bearer {KEY}")));
    headers.sort();
    json!({
        "method": request.method,
        "url": request.url,
        "headers": headers,
        "body": request.body.as_deref().map(parsed),
    })
}

/// Parses JSON, so that bodies are compared by value.
fn parsed(body: &str) -> Value {
    serde_json::from_str(body).unwrap_or_else(|_| json!(body))
}

/// Compares the stub's output, one JSON object per line, with the requests.
fn compare(output: &[u8], requests: &[HttpRequest]) {
    let output = String::from_utf8_lossy(output);
    let lines: Vec<_> = output.lines().collect();
    assert_eq!(lines.len(), requests.len());
    for (line, request) in lines.into_iter().zip(requests) {
        let mut found: Value = serde_json::from_str(line).unwrap();
        let headers = found["headers"].as_object().cloned().unwrap_or_default();
        let mut headers: Vec<_> = headers
            .into_iter()
            .map(|(name, value)| (name, value.as_str().unwrap().to_owned()))
            .collect();
        headers.sort();
        found["headers"] = json!(headers);
        found["body"] = found["body"].as_str().map(parsed).unwrap_or_default();
        assert_eq!(found, expected(request));
    }
}

fn all(language: Language, requests: &[HttpRequest]) -> Vec<String> {
    let samples = requests.iter();
    let samples = samples.map(|request| sample(language, request, Key::Variable));
    samples.collect()
}

#[test]
fn bash_hands_curl_what_was_meant() {
    const END: &str = "<<end of the call>>";
    let requests = requests();
    let stub = format!("curl() {{ printf '%s\\0' \"$@\" '{END}'; }}\n");
    let code = stub + &all(Language::Curl, &requests).join("\n");
    let Some(output) = run("bash", &[], "sample.sh", &code) else {
        return;
    };
    let output = String::from_utf8_lossy(&output);
    let words: Vec<_> = output.trim_end_matches('\0').split('\0').collect();
    let calls: Vec<_> = words.split(|word| *word == END).collect();
    for (call, request) in calls.iter().zip(&requests) {
        let [flag, method, url, rest @ ..] = call else {
            panic!("{call:?}");
        };
        assert_eq!(*flag, "-X");
        let mut headers = Vec::new();
        let mut body = None;
        for pair in rest.chunks(2) {
            match pair[0] {
                "-H" => headers.push(pair[1].split_once(": ").unwrap()),
                "-d" | "--data-raw" => body = Some(pair[1]),
                other => panic!("{other}"),
            }
        }
        headers.sort_unstable();
        let mut request = request.clone();
        if let Some(body) = &mut request.body {
            // Command arguments can't contain NUL.
            *body = body.replace('\0', "");
        }
        let found = json!({ "method": method, "url": url, "headers": headers,
            "body": body.map(parsed) });
        assert_eq!(found, expected(&request));
    }
    assert_eq!(
        calls.len(),
        requests.len() + 1,
        "nothing follows the last one"
    );
}

#[test]
fn node_hands_fetch_what_was_meant() {
    let requests = requests();
    let stub = "const print = console.log;\nconsole.log = () => {};\n\
        globalThis.fetch = async (url, options) => {\n\
        print(JSON.stringify({ url, ...options }));\n\
        return { status: 200, text: async () => '' };\n};\n";
    let blocks = all(Language::Node, &requests).into_iter();
    let blocks: Vec<_> = blocks.map(|code| format!("{{\n{code}\n}}")).collect();
    let code = stub.to_owned() + &blocks.join("\n");
    if let Some(output) = run("node", &[], "sample.mjs", &code) {
        compare(&output, &requests);
    }
}

#[test]
fn python_hands_requests_what_was_meant() {
    let requests = requests();
    let stub = r#"
import builtins, json as to_json, sys, types
show = print
builtins.print = lambda *words: None
stub = types.ModuleType("requests")
class Response:
    status_code = 200
    text = ""
def call(method):
    def send(url, headers, json=None, data=None):
        body = data.decode() if json is None else to_json.dumps(json)
        if json is not None:
            headers.setdefault("Content-Type", "application/json")
        record = {"method": method, "url": url, "headers": headers, "body": body}
        show(to_json.dumps(record))
        return Response
    return send
stub.post, stub.put = call("POST"), call("PUT")
sys.modules["requests"] = stub
"#;
    let code = stub.to_owned() + &all(Language::Python, &requests).join("\n");
    if let Some(output) = run("python3", &[], "sample.py", &code) {
        compare(&output, &requests);
    }
}

#[test]
fn php_hands_curl_what_was_meant() {
    let requests = requests();
    let stub = r#"<?php
function curl_init($url) { return (object) ["url" => $url]; }
function curl_setopt_array($request, $options) { $request->options = $options; }
function curl_exec($request) {
    $headers = [];
    foreach ($request->options["headers"] as $header) {
        [$name, $value] = explode(": ", $header, 2);
        $headers[$name] = $value;
    }
    fwrite(STDOUT, json_encode([
        "url" => $request->url,
        "method" => $request->options["method"],
        "headers" => $headers,
        "body" => $request->options["body"],
    ]) . "\n");
}
function curl_getinfo() { return ""; }
define("CURLOPT_CUSTOMREQUEST", "method");
define("CURLOPT_RETURNTRANSFER", "return");
define("CURLOPT_HTTPHEADER", "headers");
define("CURLOPT_POSTFIELDS", "body");
define("CURLINFO_RESPONSE_CODE", "code");
ob_start(fn () => "");
"#;
    let samples = all(Language::Php, &requests).into_iter();
    let samples: Vec<_> = samples
        .map(|code| code.trim_start_matches("<?php\n").to_owned())
        .collect();
    let code = stub.to_owned() + &samples.join("\n");
    // Without `php.ini`, PHP has no curl extension and the stub can define its functions.
    if let Some(output) = run("php", &["-n"], "sample.php", &code) {
        compare(&output, &requests);
    }
}

#[test]
fn ruby_hands_net_http_what_was_meant() {
    let requests = requests();
    let stub = r#"
require "net/http"
require "json"
def puts(*) = nil
class Stub
  def request(request)
    names = request.to_hash.keys - ["accept", "accept-encoding", "user-agent", "host"]
    headers = names.to_h { |name| [name.split("-").map(&:capitalize).join("-"), request[name]] }
    record = { url: request.uri.to_s, method: request.method, headers: headers, body: request.body }
    STDOUT.puts(JSON.generate(record))
    Struct.new(:code, :body).new("200", "")
  end
end
def (Net::HTTP).start(*) = yield(Stub.new)
"#;
    let code = stub.to_owned() + &all(Language::Ruby, &requests).join("\n");
    if let Some(output) = run("ruby", &[], "sample.rb", &code) {
        compare(&output, &requests);
    }
}

/// Strings for JavaScript are valid JSON as well.
#[test]
fn texts_are_json() {
    for value in super::values::texts() {
        let read: String = serde_json::from_str(&text::json(&value)).unwrap();
        assert_eq!(read, value);
    }
}
