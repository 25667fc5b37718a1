//! Rules about signing in, each against its look-alike.

use super::*;
use crate::finding::Certainty;

fn attempt(user: &str, scheme: Scheme, result: SignInResult, status: u16) -> SignIn {
    SignIn {
        host: "autodiscover.contoso.test".to_owned(),
        address: SocketAddr::from(([192, 0, 2, 10], 443)),
        scheme: Some(scheme),
        user_name: Some(user.to_owned()),
        result,
        withheld: None,
        legs: 1,
        channel_binding: matches!(scheme, Scheme::Ntlm | Scheme::Negotiate),
        status: Some(status),
        elapsed_us: 1000,
    }
}

/// A healthy endpoint that asks for a password, at which this was tried.
fn tried(headers: &[(&str, &str)], attempts: &[SignIn]) -> World {
    let world = World::new(ClientFamily::Outlook365).dns("autodiscover", "192.0.2.10");
    let world = world.tcp("autodiscover", "192.0.2.10:443", TcpResult::Connected);
    let world = world.certificate("autodiscover", &["autodiscover.contoso.test"]).role("autodiscover", Role::Decides);
    let mut world = world.http_with("autodiscover", 401, true, headers, "");
    world.walk.class = VerdictClass::NeedsPassword;
    let evidence = attempts.iter().map(|attempt| Evidence::SignIn(Box::new(attempt.clone())));
    world.stage("autodiscover", Stage::Http).evidence.extend(evidence);
    world
}

const ANNA: &str = "CONTOSO\\anna";
const PROXY: [(&str, &str); 1] = [("via", "1.1 proxy")];

fn basic(result: SignInResult) -> SignIn {
    attempt(ANNA, Scheme::Basic, result, if result == SignInResult::Accepted { 200 } else { 401 })
}

fn ntlm(result: SignInResult) -> SignIn {
    attempt(ANNA, Scheme::Ntlm, result, if result == SignInResult::Accepted { 200 } else { 401 })
}

#[test]
fn a_refusal_is_told_with_what_was_tried() {
    let finding = tried(&[], &[basic(SignInResult::Refused)]).find("credentials-refused");
    assert_eq!((finding.certainty, finding.severity), (Certainty::Proven, Severity::Major));
    assert!(finding.explanation.contains("locked") && finding.title.starts_with("autodiscover.contoso.test"));
    tried(&[], &[basic(SignInResult::Accepted)]).gives(&[]);
    // What was not sent was not refused.
    let withheld = SignIn { withheld: Some(Withheld::HostNotConfirmed), ..basic(SignInResult::Withheld) };
    tried(&[], &[withheld]).gives(&[]);
}

/// Outlook takes the strongest way that is offered and never falls back to Basic.
#[test]
fn the_walk_ends_where_windows_cannot_sign_in() {
    let class = |attempts: &[SignIn], schemes: &[&str]| {
        let mut world = tried(&[], attempts).absent("root").passed("autodiscover", Stage::Tcp);
        match world.stage("autodiscover", Stage::Http).evidence.first_mut() {
            Some(Evidence::Http(exchange)) => {
                exchange.schemes = schemes.iter().map(|scheme| (*scheme).to_owned()).collect();
            }
            _ => panic!("no request"),
        }
        crate::walk::walk(&world.model, ClientFamily::Outlook2013).class
    };
    let right = [basic(SignInResult::Accepted), ntlm(SignInResult::Refused)];
    assert_eq!(class(&right, &["Basic", "NTLM"]), VerdictClass::Fails);
    assert_eq!(class(&[ntlm(SignInResult::Interrupted)], &["NTLM"]), VerdictClass::Fails);
    // A token goes another way; a wrong password is refused by every way; what succeeds is sound.
    assert_eq!(class(&right, &["Bearer", "NTLM"]), VerdictClass::NeedsPassword);
    let wrong = [basic(SignInResult::Refused), ntlm(SignInResult::Refused)];
    assert_eq!(class(&wrong, &["Basic", "NTLM"]), VerdictClass::NeedsPassword);
    assert_eq!(class(&[ntlm(SignInResult::Accepted)], &["NTLM"]), VerdictClass::NeedsPassword);
}

#[test]
fn ntlm_that_fails_where_basic_works_is_broken_in_between() {
    let attempts = [basic(SignInResult::Accepted), ntlm(SignInResult::Refused)];
    assert_eq!(tried(&PROXY, &attempts).find("auth-prompt-loop").certainty, Certainty::Likely);
    assert_eq!(tried(&[], &attempts).find("auth-prompt-loop").certainty, Certainty::Possible);
    let begins_in_vain = [basic(SignInResult::Accepted), ntlm(SignInResult::Interrupted)];
    assert_eq!(tried(&[], &begins_in_vain).find("auth-prompt-loop").certainty, Certainty::Proven);
    // NTLM alone that is refused may be the password; both accepted is health.
    tried(&PROXY, &[ntlm(SignInResult::Refused)]).gives(&["credentials-refused"]);
    tried(&PROXY, &[basic(SignInResult::Accepted), ntlm(SignInResult::Accepted)]).gives(&[]);
}

#[test]
fn another_certificate_for_the_name_points_to_extended_protection() {
    let attempts = [basic(SignInResult::Accepted), ntlm(SignInResult::Refused)];
    let mut world = tried(&[], &attempts);
    let mut other = handshake("autodiscover.contoso.test", &["autodiscover.contoso.test", "ex1.contoso.test"]);
    other.address = SocketAddr::from(([192, 0, 2, 11], 443));
    world.stage("autodiscover", Stage::Tls).evidence.push(Evidence::Tls(Box::new(other)));
    let finding = world.find("extended-protection-tls-terminated");
    assert_eq!(finding.certainty, Certainty::Likely);
    assert!(!world.ids().contains(&"auth-prompt-loop".to_owned()));
}

#[test]
fn a_forbidden_mailbox_is_told_from_a_wrong_password() {
    let forbidden = attempt(ANNA, Scheme::Basic, SignInResult::Unclear, 403);
    assert_eq!(tried(&[], &[forbidden]).find("mailbox-or-licence-not-ready").certainty, Certainty::Likely);
    let error = AnswerError { code: "501".to_owned(), message: "No settings".to_owned(), ..AnswerError::default() };
    let answer = AutodiscoverAnswer { error: Some(error), ..AutodiscoverAnswer::bare(AnswerKind::Error) };
    let world = tried(&[], &[basic(SignInResult::Accepted)]).xml("autodiscover", Cause::XmlErrorCode, answer);
    assert_eq!(world.find("mailbox-or-licence-not-ready").certainty, Certainty::Possible);
    // An error about the question says nothing about the mailbox.
    let error = AnswerError { code: "600".to_owned(), message: "Invalid Request".to_owned(), ..AnswerError::default() };
    let answer = AutodiscoverAnswer { error: Some(error), ..AutodiscoverAnswer::bare(AnswerKind::Error) };
    let world = tried(&[], &[basic(SignInResult::Accepted)]).xml("autodiscover", Cause::XmlErrorCode, answer);
    assert!(!world.ids().contains(&"mailbox-or-licence-not-ready".to_owned()));
}

#[test]
fn error_600_counts_only_beside_settings() {
    let body = "<Error><ErrorCode>600</ErrorCode><Message>Invalid Request</Message></Error>";
    let with = |kind: AnswerKind| {
        let mut world = tried(&[], &[basic(SignInResult::Accepted)]);
        let exchange = world.state("autodiscover").exchange().cloned().expect("an exchange");
        let body = Some(Body { length: body.len(), truncated: false, text: body.to_owned() });
        let purpose = HttpPurpose::SignedInGet;
        let get = HttpExchange { purpose, method: "GET".to_owned(), status: Some(200), body, ..exchange };
        world.stage("autodiscover", Stage::Http).evidence.push(Evidence::Http(Box::new(get)));
        world.stage("autodiscover", Stage::Xml).evidence.push(Evidence::Xml(Box::new(AutodiscoverAnswer::bare(kind))));
        world
    };
    assert_eq!(with(AnswerKind::Settings).find("xml-600-on-get").severity, Severity::Info);
    assert!(!with(AnswerKind::Error).ids().contains(&"xml-600-on-get".to_owned()));
}

#[test]
fn another_name_is_proven_by_the_same_password() {
    let address = "a@contoso.test";
    let refused = attempt(address, Scheme::Basic, SignInResult::Refused, 401);
    let accepted = basic(SignInResult::Accepted);
    tried(&[], &[accepted.clone(), refused.clone()]).gives(&["upn-differs-from-smtp"]);
    // By another way it may be that way which is broken.
    let by_ntlm = attempt(address, Scheme::Ntlm, SignInResult::Refused, 401);
    assert!(!tried(&[], &[accepted, by_ntlm]).ids().contains(&"upn-differs-from-smtp".to_owned()));
    tried(&[], &[refused]).gives(&["credentials-refused"]);
}
