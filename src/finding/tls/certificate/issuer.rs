//! The certificate whose issuer is not trusted: nobody's, the company's own, or one that this PC alone does not know.

use super::{Failed, at_website, draft, inspection, missing};
use crate::{
    event::{Certificate, Origin, TlsHandshake, TrustReason, TrustStore},
    finding::{
        Certainty, Owner, Severity,
        case::{self, Case},
        draft::Draft,
        values,
    },
    model::CandidateState,
    walk,
};

/// The case of an issuer that is not trusted.
pub(super) fn wrong_issuer(case: &Case, failed: &Failed) -> Draft {
    if failed.checks.trusted.reason == TrustReason::SelfSigned
        && let Some(draft) = set_up_only(case, failed)
    {
        return draft;
    }
    if let Some(draft) = old_store(case, failed) {
        return draft;
    }
    let own = case.is_same_organisation(failed.state, failed.leaf);
    let (id, certainty) = match failed.checks.trusted.reason {
        TrustReason::SelfSigned if own || names_a_server(failed.leaf) => {
            ("self-signed-default-cert", Certainty::Proven)
        }
        TrustReason::SelfSigned => ("self-signed-default-cert", Certainty::Likely),
        TrustReason::MissingIntermediate => ("incomplete-chain", Certainty::Proven),
        TrustReason::UnknownIssuer => ("private-ca-not-trusted", Certainty::Proven),
        TrustReason::BadPath | TrustReason::Unsupported | TrustReason::Trusted => {
            ("private-ca-not-trusted", Certainty::Possible)
        }
    };
    let mut draft = draft(case, id, certainty, failed);
    if id == "incomplete-chain" {
        // Windows fetches the missing piece through AIA, so that Outlook itself passes.
        draft = draft.fact(say!("certificates sent"), failed.handshake.chain.len().to_string());
        if walk::windows_completes(failed.state) {
            draft = draft.severity(Severity::Minor);
        }
        draft = missing::with_fetches(draft, failed);
    }
    if id == "private-ca-not-trusted" {
        draft = with_stores(draft.without(&["update-roots"]), NOBODY_TRUSTS);
    }
    at_website(case, failed, draft)
}

/// Whether a certificate names machines rather than services: short or internal names.
pub(super) fn names_a_server(leaf: &Certificate) -> bool {
    let names = case::all_names(leaf);
    !names.is_empty() && names.iter().any(|name| case::is_internal(name))
}

/// What the stores say about an issuer, for the page: title, what was seen, what is shown, why.
fn with_stores(draft: Draft, words: [&'static str; 4]) -> Draft {
    let [trust, stores, effect, reason] = words.map(crate::language::say);
    draft.value("who_trusts", trust).value("stores", stores).value("effect", effect).value("reason", reason)
}

const NOBODY_TRUSTS: [&str; 4] = [
    said!("this PC does not trust"),
    said!("the chain ends in a root that neither this machine nor the public lists hold"),
    said!(
        "A \"Security Alert\" with a red first line on PCs outside the company's domain; nothing on domain PCs. In the \
         log \
     0x80072F0D."
    ),
    said!("The company's own authority issued the certificate. Only PCs that were given its root trust it."),
];
const ONLY_PUBLIC_LISTS_TRUST: [&str; 4] = [
    said!("public lists hold and this PC does not"),
    said!("the chain ends in a root that the public lists hold and this machine's store does not"),
    said!(
        "A \"Security Alert\" with a red first line on this PC, nothing on others. Windows fetches a root that it \
         lacks by \
     itself, unless a policy forbids it or the network stops it. In the log 0x80072F0D."
    ),
    said!("This machine's list of roots is old, its updates are blocked, or the root was taken out on purpose."),
];
const ONLY_THIS_PC_TRUSTS: [&str; 4] = [
    said!("this PC trusts and public lists do not hold"),
    said!("the chain ends in a root that this machine's store holds and the public lists do not"),
    said!(
        "Nothing on this PC. On PCs and phones that were not given the root, a \"Security Alert\" with a red first \
         line. In \
     the log 0x80072F0D."
    ),
    said!(
        "Most likely the company's own authority issued the certificate and its root was rolled out to this PC. A \
         device \
     that opens connections in between would look the same for a single host: compare the issuer with what another \
     network shows."
    ),
];

/// Trusted here and by no public list, and signing for no stranger: the company's own authority, as far as one sees.
pub(super) fn private_authority(case: &Case, failed: &Failed) -> Option<Draft> {
    let disagree = inspection::trusts(failed.handshake, TrustStore::PublicRoots) == Some(false)
        && inspection::trusts(failed.handshake, TrustStore::ThisMachine) == Some(true);
    if !disagree || !inspection::is_private(failed.leaf) {
        return None;
    }
    let draft = draft(case, "private-ca-not-trusted", Certainty::Likely, failed).severity(Severity::Minor);
    Some(with_stores(draft.without(&["update-roots"]), ONLY_THIS_PC_TRUSTS))
}

/// The public lists hold the root and this machine does not: its list is old, or the root was taken out.
fn old_store(case: &Case, failed: &Failed) -> Option<Draft> {
    let known = inspection::trusts(failed.handshake, TrustStore::PublicRoots) == Some(true);
    let draft = || {
        let draft = draft(case, "private-ca-not-trusted", Certainty::Possible, failed).owner(Owner::Pc);
        with_stores(draft.without(&["certificate", "deploy-root"]), ONLY_PUBLIC_LISTS_TRUST)
    };
    known.then(draft)
}

/// A server that was set up and not configured yet: Active Directory names it beside others, and it alone still shows
/// the certificate of its set-up.
pub(super) fn set_up_only(case: &Case, failed: &Failed) -> Option<Draft> {
    let sound = case
        .model
        .of_origin(Origin::Scp)
        .find(|other| other.candidate.id != failed.state.candidate.id && case::holds(other) && case.is_exchange(other));
    let draft = |sound: &CandidateState| {
        let url = failed.state.candidate.url.clone().unwrap_or_default();
        let leaf = sound.handshake().and_then(TlsHandshake::leaf);
        draft(case, "scp-new-server-unconfigured", Certainty::Likely, failed)
            .fact(say!("URL in Active Directory"), url)
            .value("good_host", values::host_name(sound.host()))
            .value("good_thumbprint", values::thumbprint(leaf, say!("thumbprint of the good certificate")))
    };
    sound.filter(|_| failed.state.candidate.origin == Origin::Scp).map(draft)
}
