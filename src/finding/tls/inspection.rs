//! Somebody in between signs in the servers' place: one authority that no public list knows, for hosts that have
//! nothing in common. The look-alike is an authority of the company itself, which signs for its own hosts only.

use crate::{
    event::{CandidateId, Certificate, Stage, TlsHandshake, TrustReason, TrustStore},
    finding::{
        Certainty, Finding,
        case::{self, Case},
        draft::Draft,
        values,
    },
    model::CandidateState,
};

/// Words in the issuer's name by which products that inspect TLS give themselves away, in lower case.
const PRODUCTS: [&str; 36] = [
    "avast",
    "avg ",
    "barracuda",
    "bitdefender",
    "blue coat",
    "bluecoat",
    "cato networks",
    "charles proxy",
    "check point",
    "cisco umbrella",
    "cloudflare gateway",
    "cloudflare managed",
    "do_not_trust",
    "dr.web",
    "eset ssl",
    "fiddler",
    "forcepoint",
    "fortigate",
    "fortinet",
    "iboss",
    "kaspersky",
    "mcafee",
    "mitmproxy",
    "netskope",
    "palo alto",
    "securly",
    "skyhigh",
    "smoothwall",
    "sonicwall",
    "sophos",
    "squid",
    "trend micro",
    "untangle",
    "watchguard",
    "websense",
    "zscaler",
];
/// Hosts that the title names.
const HOSTS_SHOWN: usize = 4;
/// Signed certificate timestamps (RFC 6962 3.3): only certificates of public authorities carry them.
const TIMESTAMPS: &str = "1.3.6.1.4.1.11129.2.4.2";

/// A host whose certificate is right but for its issuer, which no public list knows.
struct Signed<'a> {
    state: &'a CandidateState,
    handshake: &'a TlsHandshake,
    leaf: &'a Certificate,
}

/// One issuer and the hosts that it signs for, when that looks like inspection.
pub(super) struct Inspection<'a> {
    certainty: Certainty,
    signed: Vec<Signed<'a>>,
}

impl Inspection<'_> {
    /// Whether a candidate's certificate comes from the device in between.
    pub(super) fn concerns(&self, id: &CandidateId) -> bool {
        self.signed.iter().any(|signed| signed.state.candidate.id == *id)
    }
}

/// The finding about each issuer that signs for strangers.
pub(in crate::finding) fn inspected(case: &Case) -> Vec<Finding> {
    inspections(case).into_iter().filter_map(|inspection| told(case, inspection)).collect()
}

/// Issuers that sign in the servers' place. Certain when one signs for Microsoft, for whom no private authority does;
/// likely when its name is a product's, or when it signs for three owners; possible for two, who may be one group.
pub(super) fn inspections<'a>(case: &Case<'a>) -> Vec<Inspection<'a>> {
    let mut groups: Vec<Vec<Signed<'a>>> = Vec::new();
    for signed in case.model.candidates.iter().filter_map(privately_signed) {
        match groups.iter_mut().find(|group| group.iter().any(|known| known.leaf.issuer == signed.leaf.issuer)) {
            Some(group) => group.push(signed),
            None => groups.push(vec![signed]),
        }
    }
    let judged = groups.into_iter().filter_map(|signed| Some(Inspection { certainty: certainty(&signed)?, signed }));
    judged.collect()
}

fn certainty(signed: &[Signed]) -> Option<Certainty> {
    let owners = owners(signed);
    let trusted_here = signed.iter().any(|signed| trusts(signed.handshake, TrustStore::ThisMachine) == Some(true));
    let is_product = signed.iter().any(|signed| {
        let issuer = signed.leaf.issuer.to_lowercase();
        PRODUCTS.iter().any(|product| issuer.contains(product))
    });
    match owners {
        _ if signed.iter().any(|signed| case::is_microsoft(signed.state.host())) => Some(Certainty::Proven),
        2.. if is_product => Some(Certainty::Likely),
        // A device in front of one's own server may call itself so too, but nobody rolls its root out.
        _ if is_product && trusted_here => Some(Certainty::Likely),
        3.. => Some(Certainty::Likely),
        2 => Some(Certainty::Possible),
        _ => None,
    }
}

/// A candidate whose certificate lists its host and was issued by an authority that no public list knows. Roots that
/// the technician names with `--ca-file` are known to be meant.
fn privately_signed(state: &CandidateState) -> Option<Signed<'_>> {
    let handshake = state.handshake()?;
    let (leaf, checks) = (handshake.leaf()?, handshake.checks.as_ref()?);
    let unknown = trusts(handshake, TrustStore::PublicRoots) == Some(false)
        && trusts(handshake, TrustStore::CaFile) != Some(true)
        && matches!(checks.trusted.reason, TrustReason::Trusted | TrustReason::UnknownIssuer);
    (unknown && is_private(leaf) && checks.name_matches.ok).then_some(Signed { state, handshake, leaf })
}

/// Whether nothing shows that a public authority issued a certificate.
pub(super) fn is_private(leaf: &Certificate) -> bool {
    !leaf.self_issued && leaf.extensions.iter().all(|extension| extension.oid != TIMESTAMPS)
}

/// One store's answer, where it was asked.
pub(super) fn trusts(handshake: &TlsHandshake, store: TrustStore) -> Option<bool> {
    let checks = handshake.checks.as_ref()?;
    checks.trusted.stores.iter().find(|verdict| verdict.store == store).map(|verdict| verdict.ok)
}

/// How many owners the hosts have, as far as can be seen: those of one registrable domain, at one address, or on one
/// certificate belong together.
fn owners(signed: &[Signed]) -> usize {
    let mut owners: Vec<Vec<&Signed>> = Vec::new();
    for host in signed {
        let (mut together, apart): (Vec<_>, Vec<_>) =
            owners.into_iter().partition(|owner| owner.iter().any(|other| belong_together(host, other)));
        let mut one = together.drain(..).flatten().collect::<Vec<_>>();
        one.push(host);
        owners = apart;
        owners.push(one);
    }
    owners.len()
}

fn belong_together(one: &Signed, other: &Signed) -> bool {
    let of = |signed: &Signed| case::organisation(signed.state.host()).to_owned();
    let lists =
        |leaf: &Certificate, owner: String| case::all_names(leaf).iter().any(|name| case::organisation(name) == owner);
    of(one) == of(other)
        || one.handshake.address.ip() == other.handshake.address.ip()
        || lists(one.leaf, of(other))
        || lists(other.leaf, of(one))
}

fn told(case: &Case, inspection: Inspection) -> Option<Finding> {
    let Inspection { certainty, signed } = inspection;
    let first = signed.first()?;
    let trusted = signed.iter().all(|signed| signed.handshake.checks.as_ref().is_some_and(|c| c.trusted.ok));
    let mut draft = Draft::new(case, "tls-inspection", certainty, Some(first.state)).stage(Stage::Tls);
    let mut hosts: Vec<&str> = Vec::new();
    for signed in &signed {
        draft =
            draft.and(signed.state).fact(say!("{host} is signed by", host = signed.state.host()), &signed.leaf.issuer);
        if !hosts.contains(&signed.state.host()) {
            hosts.push(signed.state.host());
        }
    }
    let own = [case.autodiscover_host(), case.domain().to_owned()];
    let exempt = values::each_once(hosts.iter().map(|host| (*host).to_owned()).chain(own)).join(", ");
    let more = hosts.len().saturating_sub(HOSTS_SHOWN);
    let mut shown = hosts.into_iter().take(HOSTS_SHOWN).collect::<Vec<_>>().join(", ");
    if more > 0 {
        shown.push_str(&say!(" and {more} more", more));
    }
    let machine = if trusted {
        say!("This machine's store holds its root.")
    } else {
        say!("This machine does not trust it either.")
    };
    let effect = if trusted {
        say!(
            "Mostly nothing at once, because this PC trusts the device. Sign-in that is bound to the TLS channel \
             fails: \
         Outlook asks for the password again and again."
        )
    } else {
        say!("A \"Security Alert\" with a red first line for every one of these hosts (0x80072F0D).")
    };
    let (likelihood, alternative) = match certainty {
        Certainty::Proven => {
            (say!("Certainly"), say!("Microsoft's hosts are never signed for by a private authority."))
        }
        Certainty::Likely => {
            (say!("Probably"), say!("An authority of the company itself would sign for its own hosts only."))
        }
        Certainty::Possible => (
            say!("Possibly"),
            say!("If these hosts belong to one group of companies, it may as well be the group's own authority."),
        ),
    };
    draft
        .fact(say!("public roots"), say!("do not know the issuer"))
        .fact(say!("this machine"), if trusted { say!("trusts the issuer") } else { say!("does not trust the issuer") })
        .value("issuer", issuer(first.leaf))
        .value("hosts", shown)
        .value("exempt_hosts", exempt)
        .value("machine", machine)
        .value("effect", effect)
        .value("likelihood", likelihood)
        .value("alternative", alternative)
        .finish()
}

/// The issuer's common name, or all of it.
fn issuer(leaf: &Certificate) -> String {
    let common = leaf.issuer.split(", ").find_map(|part| part.strip_prefix("CN="));
    common.unwrap_or(&leaf.issuer).to_owned()
}
