//! The diagnosis that the story calls for, made by hand: a screen that shows it depends on no rule.

use crate::screen;
use discoscope::{
    diagnosis::{ClientVerdict, Diagnosis, Verdict},
    event::*,
    finding::{Certainty, Fact, Finding, Owner, Prospect, Remedy, Severity},
    model::Model,
    plan,
    tui::app::App,
    walk::{Prompt, PromptKind, Role, VerdictClass, Walk, WalkStep},
};

/// The application that was told these envelopes and shows this diagnosis.
pub fn app(width: u16, height: u16, ascii: bool, envelopes: Vec<Envelope>) -> App {
    screen::app(diagnose, (width, height), ascii, envelopes)
}

/// What there is to conclude: written by hand, so that screens do not depend on rules.
pub fn diagnose(model: &Model, client: ClientFamily) -> Diagnosis {
    let done = model.candidate(&CandidateId::new("autodiscover")).is_some_and(|state| state.finished);
    let mut number = 0;
    let steps: Vec<WalkStep> = model
        .in_order_of(client)
        .into_iter()
        .map(|state| {
            let tried = plan::sequence(client).iter().any(|step| step.origin == state.candidate.origin);
            number += usize::from(tried);
            step(state.candidate.id.clone(), tried.then_some(number))
        })
        .collect();
    let stops = steps.iter().find(|step| step.role == Role::Prompts).and_then(|step| step.number).unwrap_or(0);
    let autodiscover = CandidateId::new("autodiscover");
    let class = if done { VerdictClass::Prompts } else { VerdictClass::Inconclusive };
    let headline = match done {
        true => format!(
            "Outlook stops at step {stops} and asks the user to accept a certificate for another name. The steps before it are fine."
        ),
        false => "Too little is known yet.".to_owned(),
    };
    let prompts = if done { vec![prompt(&autodiscover)] } else { Vec::new() };
    let stops_at = done.then(|| autodiscover.clone());
    let per_client = vec![ClientVerdict { client, class, stops_at: stops_at.clone() }];
    let walk = Walk {
        client,
        steps,
        prompts: prompts.clone(),
        stops_at: stops_at.clone(),
        decided_by: None,
        waits_seconds: 0,
        open: Vec::new(),
        class,
    };
    let verdict = Verdict { class, headline, stops_at, prompts, per_client };
    Diagnosis {
        verdict,
        walk,
        findings: if done { vec![mismatch(autodiscover)] } else { Vec::new() },
        questions: Vec::new(),
        standpoint: Default::default(),
        what_if: None,
        together: None,
    }
}

fn step(candidate: CandidateId, number: Option<usize>) -> WalkStep {
    let (role, code) = match candidate.as_str() {
        "autodiscover" => (Role::Prompts, Some("0x80072F06")),
        "redirect" | "srv" => (Role::Unreached, None),
        _ => (Role::Harmless, None),
    };
    WalkStep { candidate, number, reached: role != Role::Unreached, role, code, waits_seconds: 0, switched_off: None }
}

fn prompt(candidate: &CandidateId) -> Prompt {
    Prompt {
        kind: PromptKind::SecurityAlert,
        candidate: candidate.clone(),
        host: "autodiscover.contoso.test".into(),
        red_lines: vec!["name"],
        code: Some("0x80072F06"),
        may: false,
        recurs: discoscope::walk::Recurrence::EverySearch,
    }
}

fn mismatch(candidate: CandidateId) -> Finding {
    let fact = |label: &str, value: &str| Fact { label: label.into(), value: value.into() };
    let srv = Remedy {
        title: "Publish an SRV record and remove the A record".into(),
        kind: "zone".into(),
        steps: "Publish the record, then delete the other.".into(),
        text: "_autodiscover._tcp.contoso.test. 3600 IN SRV 0 0 443 remote.contoso.test.\n; delete:\nautodiscover.contoso.test. 3600 IN A 192.0.2.10".into(),
        owner: Owner::DnsHost,
        risk: "Mobile phones that know no SRV record must be set up by hand.".into(),
        undo: "Put the A record back and delete the SRV record.".into(),
        verify: "Step 6 ends in \"no name\", the SRV step in a clean 401.".into(),
        assumes: Vec::new(),
        unforeseen: None,
        leads_to: Some(Prospect {
            class: VerdictClass::NeedsPassword,
            stops_at: Some(CandidateId::new("srv")),
            headline: "Outlook reaches its mailbox service at step 6 (remote.contoso.test); only the user's password is \
                       needed. Nothing is wrong."
                .into(),
        }),
        cures: None,
    };
    let reissue = Remedy {
        title: "Reissue the certificate with both names".into(),
        kind: "exchange".into(),
        steps: "Ask the authority for both names.".into(),
        text: "New-ExchangeCertificate -GenerateRequest -DomainName remote.contoso.test,autodiscover.contoso.test"
            .into(),
        owner: Owner::ExchangeAdmin,
        risk: String::new(),
        undo: "Enable the old certificate again.".into(),
        verify: "The certificate explorer marks the name as matching.".into(),
        assumes: Vec::new(),
        unforeseen: Some("What follows cannot be computed: nobody knows whether the authority agrees.".into()),
        leads_to: None,
        cures: None,
    };
    Finding {
        id: "san-mismatch".into(),
        title: "The certificate does not carry the name autodiscover.contoso.test".into(),
        severity: Severity::Major,
        certainty: Certainty::Proven,
        owner: Owner::DnsHost,
        candidates: vec![candidate],
        stage: Some(Stage::Tls),
        evidence: vec![
            fact("autodiscover.contoso.test", "A 192.0.2.10, TTL 3600"),
            fact("certificate lists", "remote.contoso.test"),
            fact("_autodiscover._tcp", "no such name"),
        ],
        shows: "Security Alert for autodiscover.contoso.test; its third line is red: \"The name on the security certificate is invalid or does not match the name of the site.\" Outlook's log shows 0x80072F06.".into(),
        explanation: "The set-up wizard made the certificate for one name. A record for a second name leads Outlook to the same server, which then shows a certificate for the first.".into(),
        remedies: vec![srv, reissue],
        check: "Press r on this step: it must end in \"no name\", and the SRV step in a clean 401.".into(),
        consequence_of: None,
    }
}
