//! A certificate that passes the three checks and is still refused, or soon will be: made for something else, signed
//! with a broken digest, too short a key, an authority's own, or sent with an issuer's certificate that has expired.

use super::{Failed, at_website, draft};
use crate::{
    certificate,
    event::Certificate,
    finding::{Certainty, Severity, case::Case, draft::Draft, values},
    language,
};

/// One thing that is wrong with a certificate beside issuer, date and name.
struct Weakness {
    kind: Kind,
    /// The thing itself, as it follows "not fit for use:".
    words: String,
}

/// What a weakness does to clients.
#[derive(Clone, Copy, Eq, Ord, PartialEq, PartialOrd)]
enum Kind {
    /// Windows refuses it, and no alert lets the user go on (WinHTTP 12179).
    Refused,
    /// Current phones and browsers refuse it; Windows by version, policy and issuer.
    Weak,
    /// Windows accepts it, others do not.
    Elsewhere,
    /// An issuer's certificate that was sent has expired; whoever knows a newer one passes.
    OldIssuer,
}

/// What is wrong with a certificate whose issuer, date and name are right.
pub(super) fn weak(case: &Case, failed: &Failed) -> Option<Draft> {
    let mut weaknesses = of_leaf(failed);
    weaknesses.extend(of_issuers(case, failed));
    let worst = weaknesses.iter().map(|weakness| weakness.kind).min()?;
    let only_old_issuer = worst == Kind::OldIssuer;
    let has_old_issuer = weaknesses.iter().any(|weakness| weakness.kind == Kind::OldIssuer);
    let words: Vec<String> = weaknesses.into_iter().map(|weakness| weakness.words).collect();
    let mut draft = draft(case, "weak-or-revoked-cert", Certainty::Proven, failed);
    for weakness in &words {
        draft = draft.fact(say!("not fit for use"), weakness.clone());
    }
    draft = match worst {
        Kind::Refused => draft.severity(Severity::Blocker),
        Kind::Weak => draft.without(&["template"]),
        Kind::Elsewhere | Kind::OldIssuer => draft.severity(Severity::Minor),
    };
    if only_old_issuer {
        draft = draft.without(&["certificate", "template"]);
    }
    if !has_old_issuer {
        draft = draft.without(&["remove-old-issuer"]);
    }
    let draft = draft.value("weakness", words.join("; ")).value("effect", effect(worst, failed.state.host()));
    Some(at_website(case, failed, draft))
}

/// What each kind does, in the page's tense.
fn effect(kind: Kind, host: &str) -> String {
    match kind {
        Kind::Refused => say!(
            "No alert: Windows refuses this certificate and nobody can overrule it, so Outlook passes {host} over. In \
             the log 0x80072F93.",
            host
        ),
        Kind::Weak => say!(
            "Phones, Macs and browsers of today refuse the connection. Whether Windows does depends on its \
                       version, its policy and on who issued the certificate, so that some PCs connect and others \
                       report that the certificate is not trusted."
        )
        .to_owned(),
        Kind::Elsewhere => {
            say!("Nothing on Windows, which accepts it; phones and other programs may refuse it.").to_owned()
        }
        Kind::OldIssuer => say!(
            "Nothing on Windows, which knows a newer certificate of the same issuer; older phones and \
                            programs say that the certificate has expired."
        )
        .to_owned(),
    }
}

fn of_leaf(failed: &Failed) -> Vec<Weakness> {
    let leaf = failed.leaf;
    let words = failed.checks.usable.problems.iter().filter_map(|problem| {
        let (kind, words) = match problem.as_str() {
            "no_server_auth" => (
                Kind::Refused,
                say!(
                    "it may not identify a server, it is made for {purposes}",
                    purposes = language::all_known(&leaf.extended_key_usage).join(", ")
                ),
            ),
            "no_server_key_usage" => (
                Kind::Refused,
                say!(
                    "its key may not be used for TLS, only for {purposes}",
                    purposes = language::all_known(&leaf.key_usage).join(", ")
                ),
            ),
            "issuer_no_server_auth" => (Kind::Refused, say!("its issuer may not issue for servers").to_owned()),
            "authority_as_server" => (Kind::Elsewhere, say!("it is the certificate of an authority").to_owned()),
            other => strength(leaf, other, say!("it"), say!("its"))?,
        };
        Some(Weakness { kind, words })
    });
    words.collect()
}

/// A weakness of digest or key, of the server's certificate or an issuer's.
fn strength(certificate: &Certificate, problem: &str, it: &str, its: &str) -> Option<(Kind, String)> {
    let bits = certificate.key.bits;
    Some(match problem {
        "tiny_key" => (Kind::Refused, say!("{its} key has only {bits} bits", its, bits)),
        // The word above says the same and more.
        "weak_key" if bits < 1024 => return None,
        "weak_key" => (
            Kind::Weak,
            say!(
                "{its} {algorithm} key has {bits} bits, 2048 are the least",
                its,
                algorithm = certificate.key.algorithm,
                bits
            ),
        ),
        "weak_signature" => {
            (Kind::Weak, say!("{it} is signed with {algorithm}", it, algorithm = certificate.signature_algorithm))
        }
        _ => return None,
    })
}

/// Weaknesses of the issuers sent along. Where several certificates of one issuer were sent, one that is sound is
/// enough; a root's own certificate is not looked at, since clients have their own copy.
fn of_issuers(case: &Case, failed: &Failed) -> Vec<Weakness> {
    let sent = failed.handshake.chain.get(1..).unwrap_or_default();
    let mut found = Vec::new();
    let mut below = failed.leaf;
    for _ in sent {
        let of_name = sent.iter().filter(|issuer| issuer.subject == below.issuer && !issuer.self_issued);
        let judged = of_name.map(|issuer| (issuer, of_issuer(case, issuer)));
        let Some((issuer, weaknesses)) = judged.min_by_key(|(_, weaknesses)| weaknesses.len()) else { break };
        found.extend(weaknesses);
        below = issuer;
    }
    found
}

fn of_issuer(case: &Case, issuer: &Certificate) -> Vec<Weakness> {
    let name = issuer.common_names.first().unwrap_or(&issuer.subject);
    let (it, its) = (say!("its issuer {name}", name), say!("the issuer {name}'s", name));
    let problems = certificate::usage_check(issuer).problems;
    let mut found: Vec<Weakness> = problems
        .iter()
        .filter_map(|problem| strength(issuer, problem, &it, &its))
        .map(|(kind, words)| Weakness { kind, words })
        .collect();
    if issuer.not_after.zip(case.model.started).is_some_and(|(end, now)| now > end) {
        let day = values::date(issuer.not_after);
        let words = say!("the certificate of its issuer {name} that is sent along expired on {day}", name, day);
        found.push(Weakness { kind: Kind::OldIssuer, words });
    }
    found
}
