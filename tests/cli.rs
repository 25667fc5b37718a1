//! The program as it is typed: what is wrong is named in one sentence, and the exit code says whose fault it is.

use std::{
    io::Read,
    net::UdpSocket,
    process::{Command, Output, Stdio},
};

fn discoscope(arguments: &[&str]) -> Output {
    command(arguments).output().expect("the program starts")
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_discoscope"));
    command.args(arguments).stdin(Stdio::null());
    for name in ["DISCOSCOPE_CLIENT", "DISCOSCOPE_THEME", "DISCOSCOPE_TIMEOUT", "NO_COLOR"] {
        command.env_remove(name);
    }
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// One sentence on standard error that holds these words, nothing on standard output, and no panic.
fn refused(arguments: &[&str], code: i32, words: &[&str]) {
    let output = discoscope(arguments);
    let error = text(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {error}");
    assert!(output.stdout.is_empty(), "{arguments:?} wrote {}", text(&output.stdout));
    assert!(!error.contains("panicked"), "{arguments:?}: {error}");
    for word in words {
        assert!(error.contains(word), "{arguments:?}: {word:?} is missing in {error}");
    }
}

#[test]
fn an_address_typed_wrong_is_named() {
    refused(&["check", "anna"], 2, &["anna", "no @"]);
    refused(&["check", "anna b@contoso.test"], 2, &["anna b@contoso.test", "space"]);
    refused(&["check", "anna@contoso"], 2, &["contoso", "no dot"]);
    refused(&["check", ""], 2, &["no address"]);
    refused(&["check", &format!("{}@contoso.test", "a".repeat(300))], 2, &["313 characters"]);
    refused(&["check", "CONTOSO\\anna"], 2, &["logon name"]);
}

#[test]
fn options_typed_wrong_are_named() {
    let check = |option: &str, value: &str, words: &[&str]| {
        refused(&["check", "anna@contoso.test", option, value], 2, words);
    };
    check("--resolver", "nonsense", &["--resolver", "nonsense"]);
    check("--connect-to", "a:b", &["--connect-to", "a:b"]);
    check("--scp-url", "http://ex1/", &["--scp-url", "https"]);
    check("--ldap", "http://dc1", &["--ldap", "ldaps://SERVER"]);
    check("--ldap", "ldap://anna:secret@dc1", &["--ldap", "--ldap-user"]);
    check("--site", "two words", &["--site", "nltest"]);
    // What was typed is named, but for a password in it.
    for (option, value) in [
        ("--ldap", "ldap://anna:Qx7zebra@dc1"),
        ("--ldap", "http://anna:Qx7zebra@dc1"),
        ("--scp-url", "https://anna:Qx7zebra@dc1/"),
        ("--resolver", "https://anna:Qx7zebra@dns.test/"),
    ] {
        let output = discoscope(&["check", "anna@contoso.test", option, value]);
        assert_eq!(output.status.code(), Some(2), "{option} {value}");
        let told = format!("{}{}", text(&output.stdout), text(&output.stderr));
        assert!(told.contains(option) && !told.contains("Qx7zebra"), "{told}");
    }
    check("--ldap-user", "anna", &["--ldap-user", "--ldap"]);
    let kerberos = if cfg!(feature = "kerberos") { "give --ldap" } else { "feature kerberos" };
    refused(&["check", "anna@contoso.test", "--ldap-kerberos"], 2, &["--ldap-kerberos", kerberos]);
    let both = ["check", "anna@contoso.test", "--ldap", "auto", "--ldap-kerberos", "--ldap-user", "anna"];
    refused(&both, 2, &["--ldap-kerberos", "--ldap-user"]);
    check("--scp-file", "no/such/file", &["--scp-file", "no/such/file"]);
    check("--ca-file", "/does/not/exist.pem", &["/does/not/exist.pem"]);
    check("--client", "outlook97", &["outlook97"]);
    check("--timeout", "0", &["0"]);
    check("--only", "carrier-pigeon", &["carrier-pigeon"]);
    check("--assume", "all is well", &["all is well", "remove NAME"]);
    refused(&["check", "--lab", "no-such-case"], 2, &["no-such-case"]);
    refused(&["replay", "/does/not/exist.jsonl"], 3, &["/does/not/exist.jsonl"]);
    refused(&["explain", "xyzzy-plugh"], 2, &["xyzzy-plugh"]);
}

#[test]
fn what_if_is_answered_beside_what_was_measured() {
    let change =
        "add _autodiscover._tcp.contoso.test SRV 0 0 443 remote.contoso.test; remove autodiscover.contoso.test";
    let output = discoscope(&["check", "--lab", "wizard-certificate", "--assume", change]);
    let report = text(&output.stdout);
    // What was measured decides the exit code.
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    assert!(report.contains("\nASKS THE USER: "), "{report}");
    assert!(report.contains("\n   It would come to: needs password. "), "{report}");
    let change = "add autodiscover.contoso.test A 10.1.1.1; remove nosuch.contoso.test";
    let report = text(&discoscope(&["check", "--lab", "wizard-certificate", "--assume", change]).stdout);
    let marked =
        "https://autodiscover.contoso.test: asks the user -> decides (assumed: DNS; not known: TCP, TLS, HTTP, XML)";
    assert!(report.contains(marked), "{report}");
    assert!(report.contains("remove nosuch.contoso.test: this run asked nothing there"), "{report}");
}

#[test]
fn a_healthy_run_is_calm() {
    let output = discoscope(&["check", "--lab", "healthy"]);
    let report = text(&output.stdout);
    assert!(report.contains("HTTP 404, as expected") && !report.contains("FAILED"), "{report}");
    assert!(!report.contains("Questions that only a person can answer"), "{report}");
    let asked = discoscope(&["check", "--lab", "healthy", "--reply", "fails-all-the-same=yes"]);
    assert!(text(&asked.stdout).contains("Questions that only a person can answer"), "{}", text(&asked.stdout));
    assert_eq!(asked.status.code(), Some(0));
    // What points nowhere is said to do nothing.
    let unasked = discoscope(&["check", "--lab", "healthy", "--reply", "hosts-file-override=yes"]);
    assert_eq!(unasked.status.code(), Some(0));
    assert!(text(&unasked.stderr).contains("--reply hosts-file-override"), "{}", text(&unasked.stderr));
}

#[test]
fn a_reply_makes_a_finding_and_the_output_of_its_command_proves_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("output.txt");
    // As PowerShell's `>` writes it: UTF-16 with a byte order mark.
    let wide: Vec<u8> = "\u{feff}True\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    std::fs::write(&file, wide).expect("written");
    let from_file = format!("registry-excludes-left-behind=@{}", file.display());
    for (reply, certainty) in [("registry-excludes-left-behind=yes", "likely"), (from_file.as_str(), "proven")] {
        let output = discoscope(&["check", "--lab", "healthy", "--reply", reply]);
        let report = text(&output.stdout);
        assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
        assert!(report.contains("case registry-excludes-left-behind"), "{report}");
        // The verdict says so at once.
        let verdict = report.split("\n\n").nth(1).unwrap_or_default().replace('\n', " ");
        assert!(verdict.contains("But something is wrong: A forgotten switch"), "{verdict}");
        assert!(report.contains(&format!("{certainty}; to act: this PC; case registry")), "{report}");
    }
    let no = discoscope(&["check", "--lab", "healthy", "--reply", "registry-excludes-left-behind=no"]);
    assert_eq!(no.status.code(), Some(0), "{}", text(&no.stdout));
    let check = |reply: &str, words: &[&str]| refused(&["check", "--lab", "healthy", "--reply", reply], 2, words);
    check("registry-excludes-left-behind=perhaps", &["perhaps", "neither yes nor no"]);
    check("san-mismatch=yes", &["san-mismatch", "asks"]);
    check("registry-excludes-left-behind", &["CASE=yes"]);
    check("registry-excludes-left-behind=@/does/not/exist", &["/does/not/exist"]);
}

#[test]
fn every_form_of_the_report_says_the_same() {
    let report = |format: &str| {
        let output = discoscope(&["check", "--lab", "wizard-certificate", "--format", format]);
        assert_eq!(output.status.code(), Some(1), "{format}: {}", text(&output.stderr));
        text(&output.stdout)
    };
    for format in ["text", "json", "markdown", "html"] {
        let report = report(format);
        for words in ["san-mismatch", "Outlook stops at step 4", "_autodiscover._tcp.contoso.test"] {
            assert!(
                report.contains(words) || report.contains(&words.replace('_', "\\_")),
                "{format}: {words} in {report}"
            );
        }
    }
    assert!(report("html").ends_with("</html>\n"));
    let lines = report("jsonl");
    let first = lines.lines().next().expect("a line");
    assert!(first.contains("\"event\":\"session_started\""), "{first}");
    assert!(lines.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()));
    refused(&["check", "a@b.test", "c@d.test", "--format", "html"], 2, &["one address"]);
}

#[test]
fn a_resolver_where_nothing_listens_is_named() {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a port");
    let address = socket.local_addr().expect("an address").to_string();
    drop(socket);
    let output = discoscope(&["check", "anna@contoso.test", "--resolver", &address, "--timeout", "1"]);
    assert_eq!(output.status.code(), Some(3), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains(&address), "{}", text(&output.stderr));
    assert!(text(&output.stdout).starts_with("discoscope "), "the report is still printed");
}

#[test]
fn a_resolver_that_is_not_one_is_named() {
    // It takes the question and never answers it as DNS would.
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a port");
    let address = socket.local_addr().expect("an address").to_string();
    let echo = std::thread::spawn(move || {
        let mut bytes = [0_u8; 512];
        socket.set_read_timeout(Some(std::time::Duration::from_secs(3))).expect("a limit");
        while let Ok((_, from)) = socket.recv_from(&mut bytes) {
            let _ = socket.send_to(b"I am a teapot", from);
        }
    });
    let output = discoscope(&["check", "anna@contoso.test", "--resolver", &address, "--timeout", "1"]);
    assert_eq!(output.status.code(), Some(3), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains(&address), "{}", text(&output.stderr));
    echo.join().expect("the echo ends");
}

#[test]
fn a_domain_that_does_not_exist_is_a_problem_found() {
    let output = discoscope(&["check", "--lab", "domain-absent"]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("domain-does-not-exist"));
}

#[test]
fn exit_codes_follow_the_verdict() {
    assert_eq!(discoscope(&["check", "--lab", "healthy"]).status.code(), Some(0));
    assert_eq!(discoscope(&["check", "--lab", "wizard-certificate"]).status.code(), Some(1));
    // The verdict is open, and what it hangs on is known.
    for name in ["tls10-only", "tls-old-suites-only", "pc-hosts-override"] {
        assert_eq!(discoscope(&["check", "--lab", name]).status.code(), Some(1), "{name}");
    }
}

#[test]
fn json_goes_to_standard_output_alone() {
    let output = discoscope(&["check", "--lab", "healthy", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report["verdict"]["class"], "needs-password");
    assert!(output.stderr.is_empty(), "{}", text(&output.stderr));
}

#[test]
fn a_recording_replays_to_the_same_bytes() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("run.jsonl");
    let file = file.to_str().expect("a plain name");
    let live = discoscope(&["check", "--lab", "san-typo", "--format", "json", "--record", file]);
    let again = discoscope(&["replay", file, "--format", "json"]);
    assert_eq!(text(&live.stdout), text(&again.stdout));
    assert_eq!(live.status.code(), again.status.code());
}

#[test]
fn an_internationalised_domain_is_shown_both_ways() {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a port");
    let address = socket.local_addr().expect("an address").to_string();
    drop(socket);
    let output = discoscope(&["check", "anna@bücher.test", "--resolver", &address, "--timeout", "1"]);
    let report = text(&output.stdout);
    assert!(report.contains("bücher.test") && report.contains("xn--bcher-kva.test"), "{report}");
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let mut child =
        command(&["explain", "--list"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("starts");
    let mut start = [0_u8; 16];
    child.stdout.take().expect("a pipe").read_exact(&mut start).expect("some output");
    // The pipe is closed here, long before the pages end.
    let output = child.wait_with_output().expect("ends");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(output.stderr.is_empty(), "{}", text(&output.stderr));
}

#[test]
fn without_a_terminal_the_wizard_is_linear_text() {
    let output = discoscope(&["lab", "healthy"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("NEEDS PASSWORD"), "{}", text(&output.stdout));
    assert!(!output.stdout.contains(&0x1b), "no escape sequence");
    let list = discoscope(&["lab"]);
    assert!(text(&list.stdout).contains("three-companies"));
}

#[test]
fn every_command_explains_itself() {
    for arguments in [&["--help"][..], &["check", "--help"], &["lab", "--help"], &["man"], &["completions", "bash"]] {
        let output = discoscope(arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert!(output.stdout.len() > 200, "{arguments:?}");
    }
    let output = discoscope(&["explain", "the", "name", "on", "the", "security", "certificate", "is", "invalid"]);
    assert!(text(&output.stdout).contains("\nsan-mismatch "), "{}", text(&output.stdout));
    let output = discoscope(&["explain", "0x80072F06"]);
    assert!(text(&output.stdout).contains("12038"), "{}", text(&output.stdout));
}

#[test]
fn a_password_is_sent_nowhere_by_accident() {
    let check = |options: &[&str], words: &[&str]| {
        refused(&[&["check", "anna@contoso.test"], options].concat(), 2, words);
    };
    check(&["--user", "anna"], &["--send-password-to", "without --user first"]);
    check(&["--user", "anna", "--send-password-to", "mail.contoso.test"], &["no terminal", "--password-file"]);
    check(&["--send-password-to", "mail.contoso.test"], &["--user"]);
    check(&["--scheme", "basic"], &["--user"]);
    check(&["--password-file", "-"], &["--user"]);
    check(&["--user", "anna", "--token-file", "-"], &["--token-file"]);
    check(&["--user", "anna", "--scheme", "digest"], &["digest"]);
    for host in [
        "https://mail.contoso.test",
        "mail.contoso.test:0",
        "mail.contoso.test:x",
        "*.contoso.test",
        "",
        "mail contoso",
    ] {
        let options = ["--user", "anna", "--password-file", "/dev/null", "--send-password-to", host];
        check(&options, &["--send-password-to"]);
    }
    let to = ["--send-password-to", "mail.contoso.test", "--password-file"];
    let missing = [&["check", "anna@contoso.test", "--user", "anna"][..], &to, &["/does/not/exist"]].concat();
    refused(&missing, 3, &["--password-file", "/does/not/exist"]);
    check(&[&["--user", "an:na"][..], &to, &["-"]].concat(), &["colon"]);
    // Standard input is empty here.
    check(&[&["--user", "anna"][..], &to, &["-"]].concat(), &["empty"]);
    refused(
        &["check", "a@b.test", "c@d.test", "--user", "a", "--send-password-to", "b.test", "--password-file", "-"],
        2,
        &["empty"],
    );
    // No option takes a password itself.
    let help = text(&discoscope(&["check", "--help"]).stdout);
    assert!(!help.contains("--password ") && !help.contains("<PASSWORD>"), "{help}");
}

#[test]
fn several_addresses_of_one_customer_share_the_lab() {
    let output =
        discoscope(&["check", "--lab", "three-companies", "a@companya.test", "b@companyb.test", "c@companyb.test"]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{text}");
    let line = |address: &str| text.lines().find(|line| line.contains(address)).expect("a line for each address");
    assert!(line("a@companya.test").contains("NEEDS PASSWORD"), "{text}");
    assert!(line("b@companyb.test").contains("ASKS THE USER"), "{text}");
    assert!(line("c@companyb.test").contains("srv-missing-for-extra-domain"), "{text}");
}

#[test]
fn another_language_is_a_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let messages = folder.path().join("messages.toml");
    let named = folder.path().to_str().expect("a temporary folder's name is text");
    let arguments = ["--language", named, "check", "--lab", "healthy"];
    refused(&arguments, 2, &["messages.toml"]);
    std::fs::write(&messages, "\"no such text\" = \"kein solcher Text\"").expect("written");
    refused(&arguments, 2, &["no such text", "messages.toml"]);
    std::fs::write(&messages, "\"{days} days\" = \"{weeks} Wochen\"").expect("written");
    refused(&arguments, 2, &["{days} days", "{weeks}"]);
    std::fs::write(&messages, "\" Nothing is wrong.\" = \" Alles in Ordnung.\"").expect("written");
    let output = discoscope(&arguments);
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("Alles in Ordnung."), "{text}");
    let pages = folder.path().join("findings");
    std::fs::create_dir(&pages).expect("a folder");
    let page = std::fs::read_to_string("assets/findings/san-mismatch.md").expect("a page");
    let page = page.replace("title: The certificate of", "title: Das Zertifikat von");
    std::fs::write(pages.join("san-mismatch.md"), page.replace("severity: major", "severity: minor")).expect("written");
    refused(&arguments, 2, &["san-mismatch", "major", "minor"]);
    std::fs::write(pages.join("san-mismatch.md"), page).expect("written");
    let output = discoscope(&["--language", named, "check", "--lab", "wizard-certificate"]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("Das Zertifikat von autodiscover.contoso.test"), "{text}");
}
