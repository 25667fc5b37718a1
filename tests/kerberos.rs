//! What is told of a sign-in by Kerberos: in words, in private, and as the schema has it. The sign-in itself is held against
//! Samba in the interop suite, the protection within it against the RFC in `probe/ldap/kerberos`.

mod support;

use discoscope::{
    event::{
        ClientFamily, DirectoryAnswer, DirectoryProtection, DirectorySignIn, DirectorySignInResult, DirectorySignInWay,
        Envelope, Event, Evidence, TicketTrouble,
    },
    lab,
    redaction::Redactor,
    report::{self, Format},
};

const SCENARIO: &str = "scp-wrong-site";

/// The scenario's run as if this had come of the sign-in.
async fn run(sign_in: &DirectorySignIn) -> Vec<Envelope> {
    let scenarios = lab::scenarios().expect("all files can be read");
    let scenario = scenarios.iter().find(|scenario| scenario.name == SCENARIO).expect("it exists");
    let mut envelopes = support::envelopes(scenario).await;
    let mut changed = 0;
    for envelope in &mut envelopes {
        if let Event::Observed { evidence: Evidence::Directory(answer), .. } = &mut envelope.event {
            let protection = DirectoryProtection::Kerberos;
            **answer = DirectoryAnswer { protection, sign_in: Some(sign_in.clone()), ..(**answer).clone() };
            changed += 1;
        }
    }
    assert!(changed > 0, "nobody was asked: this check would prove nothing");
    envelopes
}

fn ticket(account: &str, result: DirectorySignInResult, trouble: Option<TicketTrouble>) -> DirectorySignIn {
    DirectorySignIn {
        way: DirectorySignInWay::Kerberos,
        service: Some("ldap/dc1.contoso.test".to_owned()),
        trouble,
        ..DirectorySignIn::new(account.to_owned(), result)
    }
}

fn written(envelopes: &[Envelope], format: Format) -> String {
    let (model, diagnosis) = support::conclude(envelopes, ClientFamily::default());
    let mut bytes = Vec::new();
    report::write(format, &model, &diagnosis, &mut bytes).expect("memory can be written");
    String::from_utf8(bytes).expect("reports are UTF-8")
}

/// One line of words, whatever the width.
async fn told(sign_in: &DirectorySignIn) -> String {
    written(&run(sign_in).await, Format::Text).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ticket_is_told_with_its_owner() {
    let accepted = ticket("kim.akers@CONTOSO.TEST", DirectorySignInResult::Accepted, None);
    let text = told(&accepted).await;
    assert!(text.contains("sign-in: Kerberos, ticket of kim.akers@CONTOSO.TEST: accepted"), "{text}");
    for (sign_in, words) in [
        (
            ticket("", DirectorySignInResult::NoUsableTicket, Some(TicketTrouble::NoTicket)),
            "klist lists tickets, kinit",
        ),
        (ticket("a@B", DirectorySignInResult::NoUsableTicket, Some(TicketTrouble::ClockSkew)), "the clocks of this"),
        (
            ticket("a@B", DirectorySignInResult::NoUsableTicket, Some(TicketTrouble::UnknownService)),
            "knows no ldap/dc1.contoso.test",
        ),
        (
            ticket("a@B", DirectorySignInResult::NoUsableTicket, Some(TicketTrouble::NoServer)),
            "no Kerberos server (KDC)",
        ),
        (ticket("", DirectorySignInResult::NotVerified, None), "ticket not used: the server's identity"),
        (
            DirectorySignIn { code: Some(8), ..ticket("a@B", DirectorySignInResult::Refused, None) },
            "give ldap:// instead of ldaps://",
        ),
        (
            // SEC_E_BAD_BINDINGS ([MS-ERREF] 2.1.1).
            DirectorySignIn {
                code: Some(49),
                data: Some("80090346".to_owned()),
                ..ticket("a@B", DirectorySignInResult::Refused, None)
            },
            "another certificate than the one seen here",
        ),
        (
            DirectorySignIn { code: Some(49), ..ticket("a@B", DirectorySignInResult::Refused, None) },
            "does not accept the ticket",
        ),
    ] {
        let text = told(&sign_in).await;
        assert!(text.contains(words), "{words:?} is missing in {text}");
        assert!(!text.contains("assword not sent") && !text.contains("wrong user name"), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn its_owner_is_private() {
    let mut sign_in = ticket("bertram@CONTOSO.TEST", DirectorySignInResult::Refused, None);
    sign_in.message = "Client 'bertram@CONTOSO.TEST' of FILE:/home/bertram/cache".to_owned();
    let nobody = ticket("", DirectorySignInResult::NoUsableTicket, Some(TicketTrouble::NoTicket));
    for (sign_in, expected) in [(sign_in, "@CONTOSO.TEST"), (nobody, "")] {
        let mut redactor = Redactor::default();
        let events: Vec<Envelope> = run(&sign_in).await.iter().map(|envelope| redactor.redact(envelope)).collect();
        let all = format!("{}{}", serde_json::to_string(&events).expect("JSON"), written(&events, Format::Text));
        assert!(!all.contains("bertram"), "the user is told");
        let accounts = events.iter().filter_map(|envelope| match &envelope.event {
            Event::Observed { evidence: Evidence::Directory(answer), .. } => answer.sign_in.as_ref(),
            _ => None,
        });
        for sign_in in accounts {
            assert!(sign_in.account == expected || sign_in.account.starts_with("user"), "{}", sign_in.account);
            assert!(sign_in.account.ends_with(expected), "{}", sign_in.account);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_of_it_fits_the_schema() {
    let schema = serde_json::from_str(include_str!("../assets/report.schema.json")).expect("the schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema is a schema");
    let troubles = [
        None,
        Some(TicketTrouble::NoTicket),
        Some(TicketTrouble::Expired),
        Some(TicketTrouble::ClockSkew),
        Some(TicketTrouble::UnknownService),
        Some(TicketTrouble::NoServer),
        Some(TicketTrouble::NameNeeded),
        Some(TicketTrouble::NotOffered),
        Some(TicketTrouble::Layer),
        Some(TicketTrouble::NotProven),
        Some(TicketTrouble::Other),
    ];
    let mut envelopes = run(&ticket("a@B", DirectorySignInResult::Accepted, None)).await;
    for trouble in troubles {
        for envelope in &mut envelopes {
            if let Event::Observed { evidence: Evidence::Directory(answer), .. } = &mut envelope.event {
                answer.sign_in = Some(ticket("a@B", DirectorySignInResult::NoUsableTicket, trouble));
            }
        }
        let report: serde_json::Value = serde_json::from_str(&written(&envelopes, Format::Json)).expect("JSON");
        let errors: Vec<String> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{trouble:?}: {errors:?}");
        assert!(report.to_string().contains(r#""way":"kerberos""#), "nothing is told of it");
    }
}
