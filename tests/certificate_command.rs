//! `discoscope cert`: every form of file and a live host, the exit code as the verdict, and the JSON against its schema.

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::{ServerConfig, ServerConnection, pki_types::PrivateKeyDer};
use serde_json::Value;
use std::{
    io::Write,
    net::{SocketAddr, TcpListener},
    path::Path,
    process::{Command, Output, Stdio},
    sync::Arc,
    thread,
};

const PASSWORD: &str = "Hügel-42";

fn fixture(name: &str) -> String {
    format!("{}/tests/certificates/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn cert(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_discoscope"));
    command.arg("cert").args(arguments).stdin(Stdio::null()).env_remove("DISCOSCOPE_TIMEOUT");
    command.output().expect("the program starts")
}

/// Trusts the test root alone, at a time when its certificates are valid.
fn judged(arguments: &[&str]) -> Output {
    let root = fixture("root.pem");
    let common = ["--ca-file", &root, "--only-ca-file", "--at", "2027-06-01T00:00:00Z"];
    cert(&[arguments, &common].concat())
}

fn json(arguments: &[&str]) -> (Option<i32>, Value) {
    let output = judged(&[arguments, &["--format", "json"]].concat());
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("no JSON: {error}"));
    let schema = serde_json::from_str(include_str!("../assets/certificate.schema.json")).expect("the schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema is a schema");
    let wrong: Vec<String> =
        validator.iter_errors(&report).map(|error| format!("{error} at {}", error.instance_path())).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    (output.status.code(), report)
}

fn password_file(folder: &Path) -> String {
    let path = folder.join("password.txt");
    std::fs::write(&path, format!("{PASSWORD}\r\n")).expect("a file");
    path.to_str().expect("a plain name").to_owned()
}

fn words(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), &output.stderr].concat()).into_owned()
}

#[test]
fn every_form_is_judged_alike() {
    let folder = tempfile::tempdir().expect("a folder");
    let secret = password_file(folder.path());
    for name in ["with-key.pem", "chain.p7b", "chain-pem.p7b", "modern.pfx", "windows-2012.pfx"] {
        let file = fixture(name);
        let (code, report) = json(&[&file, "--name", "mail.contoso.test", "--password-file", &secret]);
        assert_eq!((code, &report["accepted"]), (Some(0), &Value::Bool(true)), "{name}: {report:#}");
        assert_eq!(report["checks"]["trusted"]["store"], "ca_file", "{name}");
        assert_eq!(report["checks"]["name_matches"]["matched"], "mail.contoso.test", "{name}");
        assert_eq!(report["chain"][0]["subject"], "CN=mail.contoso.test", "{name}");
        assert_eq!(report["chain_in_order"], serde_json::json!([0, 1]), "{name}");
    }
}

#[test]
fn each_line_of_the_alert_has_its_own_answer() {
    let file = fixture("with-key.pem");
    let leaf = fixture("leaf.cer");
    let lines = |arguments: &[&str]| {
        let (code, report) = json(arguments);
        let ok = |line: &str| report["checks"][line]["ok"].as_bool().expect("a verdict");
        (code, ok("trusted"), ok("in_date"), ok("name_matches"))
    };
    let name = "autodiscover.contoso.test";
    assert_eq!(lines(&[&file, "--name", name]), (Some(0), true, true, true));
    assert_eq!(lines(&[&file, "--name", "mail.fabrikam.test"]), (Some(1), true, true, false));
    assert_eq!(lines(&[&leaf, "--name", name]), (Some(1), false, true, true));
    let root = fixture("root.pem");
    let late = ["--ca-file", &root, "--only-ca-file", "--at", "2049-01-01T00:00:00Z", "--format", "json"];
    let output = cert(&[&[file.as_str(), "--name", name][..], &late].concat());
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let ok = |line: &str| report["checks"][line]["ok"].as_bool();
    assert_eq!((ok("trusted"), ok("in_date"), ok("name_matches")), (Some(true), Some(false), Some(true)));
}

#[test]
fn several_names_are_judged_each() {
    let file = fixture("with-key.pem");
    let (code, report) = json(&[&file, "--name", "mail.contoso.test", "--name", "autdiscover.contoso.test"]);
    assert_eq!(
        (code, &report["accepted"], &report["name"]),
        (Some(1), &Value::Bool(false), &"mail.contoso.test".into())
    );
    assert_eq!((&report["names"][0]["accepted"], &report["names"][1]["accepted"]), (&true.into(), &false.into()));
    assert_eq!(report["names"][1]["checks"]["name_matches"]["near_miss"], "autodiscover.contoso.test");
    assert!(report["findings"].as_array().expect("a list").iter().any(|finding| finding["code"] == "near_miss"));
    let (code, report) = json(&[&file]);
    assert_eq!((code, &report["name"], &report["checks"]["name_matches"]), (Some(0), &Value::Null, &Value::Null));
}

#[test]
fn two_certificates_are_compared_and_the_first_decides() {
    let (leaf, root) = (fixture("with-key.pem"), fixture("root.pem"));
    let (code, report) = json(&[&leaf, "--compare", &fixture("chain.p7b")]);
    assert_eq!((code, &report["compared"]["same"]), (Some(0), &Value::Bool(true)), "{}", report["compared"]);
    let (code, report) = json(&[&leaf, "--compare", &root]);
    assert_eq!((code, &report["compared"]["same"]), (Some(0), &Value::Bool(false)));
    let only_here = report["compared"]["names_only_here"].as_array().expect("a list");
    assert!(only_here.contains(&"mail.contoso.test".into()), "{only_here:?}");
    let output = judged(&[&leaf, "--compare", &root]);
    assert!(words(&output).contains(": another certificate\n"), "{}", words(&output));
    let output = judged(&[&leaf, "--compare", "/does/not/exist.pem"]);
    assert!(output.status.code() == Some(3) && words(&output).contains("/does/not/exist.pem"), "{}", words(&output));
}

#[test]
fn a_private_key_and_a_password_are_never_shown() {
    let folder = tempfile::tempdir().expect("a folder");
    let secret = password_file(folder.path());
    let key = std::fs::read_to_string(fixture("with-key.pem")).expect("text");
    let line = key.lines().nth(1).expect("a line of the key");
    for name in ["with-key.pem", "modern.pfx"] {
        for format in ["text", "json"] {
            let output = judged(&[&fixture(name), "--password-file", &secret, "--format", format]);
            let shown = words(&output);
            assert!(!shown.contains(line) && !shown.contains(PASSWORD), "{name} {format}");
            assert!(format == "json" || shown.contains("private key passed over"), "{shown}");
        }
    }
}

#[test]
fn what_cannot_be_judged_says_why() {
    let folder = tempfile::tempdir().expect("a folder");
    let wrong = folder.path().join("wrong.txt");
    std::fs::write(&wrong, "wrong").expect("a file");
    let wrong = wrong.to_str().expect("a plain name");
    let (pfx, key) = (fixture("modern.pfx"), fixture("README.md"));
    let table: [(&[&str], i32, &str); 9] = [
        (&[&pfx], 2, "--password-file"),
        (&[&pfx, "--password-file", wrong], 3, "does not open with this password"),
        (&[&pfx, "--password-file", "no/such/file"], 3, "no/such/file"),
        (&["-", "--password-file", "-"], 2, "standard input"),
        (&[&key], 3, "is no certificate"),
        (&["no/such/file.pem"], 3, "no/such/file.pem"),
        (&["missing.pfx"], 3, "missing.pfx"),
        (&["bad host"], 2, "bad host"),
        (&["mail.contoso.test:0"], 2, "port"),
    ];
    for (arguments, code, word) in table {
        let output = judged(arguments);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {error}");
        assert!(
            error.contains(word) && !error.contains("panicked") && output.stdout.is_empty(),
            "{arguments:?}: {error}"
        );
    }
    let output = cert(&[&pfx, "--at", "tomorrow"]);
    assert!(output.status.code() == Some(2) && words(&output).contains("tomorrow"));
    assert_eq!(cert(&[&pfx, "--only-ca-file"]).status.code(), Some(2));
}

#[test]
fn the_text_marks_the_name_and_says_what_is_wrong() {
    let output = judged(&[&fixture("chain.p7b"), "--name", "autodiscover.contoso.test"]);
    let text = words(&output);
    for expected in [
        "ACCEPTED at 2027-06-01 00:00 UTC",
        "autodiscover.contoso.test  <- matches",
        "Chain as it should be sent: 1, 2",
        "Certificate 3 is a root",
        "(the given roots: yes)",
    ] {
        assert!(text.contains(expected), "{expected:?} is missing in\n{text}");
    }
    assert!(!output.stdout.contains(&0x1b), "no escape sequence");
}

/// A server on loopback that shows its certificate to whoever connects, as many times as are asked for.
fn server(names: &[&str], times: usize) -> (SocketAddr, String) {
    let mut root = CertificateParams::new(Vec::new()).expect("parameters");
    root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    root.distinguished_name.push(rcgen::DnType::CommonName, "Live Root");
    let root_key = KeyPair::generate().expect("key");
    let root_certificate = root.self_signed(&root_key).expect("certificate");
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let key = KeyPair::generate().expect("key");
    let issuer = Issuer::from_params(&root, &root_key);
    let leaf = CertificateParams::new(names).expect("parameters").signed_by(&key, &issuer).expect("certificate");
    let key = PrivateKeyDer::try_from(key.serialize_der()).expect("key");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], key)
        .expect("configuration");
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for stream in listener.incoming().take(times).filter_map(Result::ok) {
            let mut stream = stream;
            let mut connection = ServerConnection::new(Arc::clone(&config)).expect("connection");
            while connection.is_handshaking() && connection.complete_io(&mut stream).is_ok() {}
            let _ = stream.flush();
        }
    });
    (address, root_certificate.pem())
}

#[test]
fn a_live_host_is_judged_for_its_own_name() {
    let (address, root) = server(&["mail.contoso.test", "xn--bcher-kva.test", "127.0.0.1"], 4);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("root.pem");
    std::fs::write(&path, root).expect("a file");
    let root = path.to_str().expect("a plain name");
    let schema = serde_json::from_str(include_str!("../assets/certificate.schema.json")).expect("the schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema is a schema");
    let literal = address.to_string();
    let table = [
        ("mail.contoso.test", "mail.contoso.test", 0),
        ("https://bücher.test/autodiscover/autodiscover.xml", "xn--bcher-kva.test", 0),
        (literal.as_str(), "127.0.0.1", 0),
        ("autodiscover.contoso.test", "autodiscover.contoso.test", 1),
    ];
    for (typed, name, code) in table {
        let to = format!(":443:127.0.0.1:{}", address.port());
        let output = cert(&[typed, "--ca-file", root, "--only-ca-file", "--connect-to", &to, "--format", "json"]);
        assert_eq!(output.status.code(), Some(code), "{typed}: {}", words(&output));
        let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert!(validator.is_valid(&report), "{typed}");
        assert_eq!((&report["name"], &report["source"]["kind"]), (&name.into(), &"host".into()), "{typed}");
        assert_eq!(report["source"]["version"], "TLS 1.3", "{typed}");
    }
}

#[test]
fn a_host_that_cannot_be_reached_is_no_verdict() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    drop(listener);
    let output = cert(&[&address]);
    assert_eq!(output.status.code(), Some(3), "{}", words(&output));
    assert!(words(&output).contains("refused"), "{}", words(&output));
}

/// Serves one body for every request on a loopback port; the URL.
fn publish(body: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback");
    let url = format!("http://{}/issuing.crt", listener.local_addr().expect("bound"));
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut request = [0; 4096];
            let _ = std::io::Read::read(&mut stream, &mut request);
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
            let _ = stream.write_all(&[head.into_bytes(), body.clone()].concat());
        }
    });
    url
}

/// Authority information access with one short caIssuers address (RFC 5280 4.2.2.1).
fn issuer_address(url: &str) -> rcgen::CustomExtension {
    let tagged = |tag: u8, content: &[u8]| [&[tag, u8::try_from(content.len()).expect("short")], content].concat();
    let method = [0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x02];
    let description = [method.as_slice(), &tagged(0x86, url.as_bytes())].concat();
    let content = tagged(0x30, &tagged(0x30, &description));
    rcgen::CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 1, 1], content)
}

#[test]
fn a_missing_issuer_is_fetched_when_asked_for_and_handed_out() {
    let authority = |name: &str| {
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        (params, KeyPair::generate().expect("a key"))
    };
    let ((root_params, root_key), (params, key)) = (authority("Root"), authority("Issuing"));
    let root = root_params.self_signed(&root_key).expect("a root");
    let issuing = params.signed_by(&key, &Issuer::from_params(&root_params, &root_key)).expect("an authority");
    let url = publish(issuing.der().to_vec());
    let mut leaf = CertificateParams::new(vec!["mail.contoso.test".to_owned()]).expect("parameters");
    leaf.custom_extensions.push(issuer_address(&url));
    let leaf_key = KeyPair::generate().expect("a key");
    let leaf = leaf.signed_by(&leaf_key, &Issuer::from_params(&params, &key)).expect("a certificate");
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, text: String| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path.to_str().expect("a plain name").to_owned()
    };
    let (leaf, root) = (file("leaf.pem", leaf.pem()), file("root.pem", root.pem()));
    let common = ["--ca-file", &root, "--only-ca-file", "--name", "mail.contoso.test", &leaf];
    let plain = cert(&common);
    assert_eq!(plain.status.code(), Some(1));
    assert!(!words(&plain).contains("BEGIN CERTIFICATE"), "{}", words(&plain));
    // The server still does not send it: what is fetched does not change the verdict.
    let fetched = cert(&[&common[..], &["--fetch-issuers"]].concat());
    assert_eq!(fetched.status.code(), Some(1));
    let text = words(&fetched).replace('\r', "");
    assert!(text.contains("the chain is complete") && text.contains(issuing.pem().replace('\r', "").trim()), "{text}");
    let output = cert(&[&common[..], &["--fetch-issuers", "--format", "json"]].concat());
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let schema = serde_json::from_str(include_str!("../assets/certificate.schema.json")).expect("the schema is JSON");
    assert!(jsonschema::validator_for(&schema).expect("the schema is a schema").is_valid(&report), "{report}");
    assert_eq!(report["issuers"][0]["result"], "fetched");
    assert_eq!(report["issuers"][0]["completes"], true);
}
