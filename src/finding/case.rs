//! The case: the model and one client's walk, with the questions that rules ask of both.

mod name;

pub(super) use crate::model::is_microsoft;
pub(super) use name::{all_names, covers, is_host_name, is_internal, is_private, is_under, long_suffix, organisation};

use crate::{
    event::{
        Candidate, CandidateId, Cause, Certificate, DnsAnswer, DnsStatus, Evidence, NameReason, Origin, Outcome,
        Purpose, RecordType, Stage, TlsHandshake, View,
    },
    model::{CandidateState, Model, Progress},
    plan,
    walk::{Prompt, PromptKind, Role, Walk, WalkStep},
};
use std::net::IpAddr;

/// What rules look at.
pub(super) struct Case<'a> {
    pub(super) model: &'a Model,
    pub(super) walk: &'a Walk,
}

/// Names that a mail server's certificate is likely to list, the likeliest first.
const MAIL_LABELS: [&str; 8] = ["mail", "webmail", "remote", "owa", "exchange", "outlook", "autodiscover", "email"];

impl<'a> Case<'a> {
    pub(super) fn new(model: &'a Model, walk: &'a Walk) -> Self {
        Self { model, walk }
    }

    pub(super) fn domain(&self) -> &'a str {
        self.model.domain()
    }

    pub(super) fn autodiscover_host(&self) -> String {
        format!("autodiscover.{}", self.domain())
    }

    pub(super) fn step(&self, id: &CandidateId) -> Option<&'a WalkStep> {
        self.walk.steps.iter().find(|step| step.candidate == *id)
    }

    /// Place in the client's order.
    pub(super) fn position(&self, id: &CandidateId) -> usize {
        self.walk.steps.iter().position(|step| step.candidate == *id).unwrap_or(usize::MAX)
    }

    pub(super) fn role(&self, state: &CandidateState) -> Option<Role> {
        self.step(&state.candidate.id).map(|step| step.role)
    }

    /// Whether the client's search ends at this candidate.
    pub(super) fn is_decider(&self, state: &CandidateState) -> bool {
        self.walk.decided_by.as_ref() == Some(&state.candidate.id)
    }

    /// Whether the client's search ends with an answer, wanted or not.
    pub(super) fn has_answer(&self) -> bool {
        self.walk.decided_by.is_some()
    }

    /// Whether what happens at this candidate matters to the client: it decides, asks, delays or is hidden; or the
    /// search finds nothing; or the client would meet it once the steps before it are cured.
    pub(super) fn concerns(&self, state: &CandidateState) -> bool {
        if state.candidate.origin == Origin::Service {
            return true;
        }
        let Some(step) = self.step(&state.candidate.id) else { return false };
        match step.role {
            Role::Decides | Role::Prompts | Role::Delays | Role::Hidden => true,
            // The sources disagree whether this client shows it.
            Role::Harmless if self.may_alert(&step.candidate) => true,
            // While the run goes on an answer may still come, which makes this failure a thing of no account; but what
            // Active Directory names was put there on purpose.
            Role::Harmless => {
                let on_purpose = state.candidate.origin == Origin::Scp;
                step.reached && (on_purpose || !self.has_answer()) && self.is_run_over()
            }
            Role::Unreached => self.is_before_answer(&step.candidate) && self.is_tried(state),
        }
    }

    fn may_alert(&self, id: &CandidateId) -> bool {
        let alert = |prompt: &&Prompt| prompt.kind == PromptKind::SecurityAlert && prompt.candidate == *id;
        self.walk.prompts.iter().any(|prompt| alert(&prompt))
    }

    /// Candidates that matter, in the client's order; service URLs last.
    pub(super) fn concerned(&self) -> Vec<&'a CandidateState> {
        let mut states: Vec<_> = self.model.candidates.iter().filter(|state| self.concerns(state)).collect();
        states.sort_by_key(|state| self.position(&state.candidate.id));
        states
    }

    /// Concerned candidates whose stages ended with this cause.
    pub(super) fn failed_with(&self, stage: Stage, causes: &[Cause]) -> Vec<&'a CandidateState> {
        let ended = |state: &&CandidateState| {
            state.outcome(stage).and_then(Outcome::cause).is_some_and(|cause| causes.contains(&cause))
        };
        self.concerned().into_iter().filter(ended).collect()
    }

    pub(super) fn first_of(&self, origin: Origin) -> Option<&'a CandidateState> {
        self.model.of_origin(origin).next()
    }

    /// Whether a step of this kind belongs to the client's search, directly or behind one that does.
    fn is_tried(&self, state: &CandidateState) -> bool {
        match &state.candidate.opened_by {
            Some(opener) => self.model.candidate(opener).is_some_and(|opener| self.is_tried(opener)),
            None => self.step(&state.candidate.id).is_some_and(|step| step.number.is_some()),
        }
    }

    fn is_before_answer(&self, id: &CandidateId) -> bool {
        self.walk.decided_by.as_ref().is_none_or(|decider| self.position(id) < self.position(decider))
    }

    /// Every DNS answer of the run.
    pub(super) fn dns(&self) -> impl Iterator<Item = &'a DnsAnswer> {
        let of_run = self.model.facts.iter().filter_map(|evidence| match evidence {
            Evidence::Dns(answer) => Some(answer),
            _ => None,
        });
        self.model.candidates.iter().flat_map(CandidateState::dns).chain(of_run)
    }

    /// Whether the client's search has a step of this kind.
    pub(super) fn has_step(&self, origin: Origin) -> bool {
        plan::sequence(self.walk.client).iter().any(|step| step.origin == origin)
    }

    /// Whether the candidate has nothing more to tell.
    pub(super) fn is_over(&self, state: &CandidateState) -> bool {
        state.finished || self.is_run_over()
    }

    fn is_run_over(&self) -> bool {
        matches!(self.model.progress, Progress::Finished | Progress::Cancelled)
    }

    /// Whether an answer, or what stands behind a bad certificate, looks like Exchange.
    pub(super) fn is_exchange(&self, state: &CandidateState) -> bool {
        state.is_exchange()
    }

    /// Whether the server belongs to the organisation: Exchange answers, a mail server of the domain has the same
    /// address, or the certificate shares the domain of the mail or of the host.
    pub(super) fn is_same_organisation(&self, state: &CandidateState, leaf: &Certificate) -> bool {
        let own = [organisation(self.domain()), organisation(state.host())];
        let mail_addresses = self.mail_addresses();
        self.is_exchange(state)
            || addresses(state).iter().any(|address| mail_addresses.contains(address))
            || all_names(leaf).iter().any(|name| own.contains(&organisation(name)))
    }

    /// Whether anything speaks for Exchange: signs of Microsoft 365, or an Exchange server that answers.
    pub(super) fn expects_exchange(&self) -> bool {
        self.model.expects_exchange()
    }

    /// Mail servers of the domain, the preferred first.
    pub(super) fn mail_servers(&self) -> Vec<&'a str> {
        self.model.mail_servers()
    }

    /// Addresses of the mail servers, as far as they were asked for.
    pub(super) fn mail_addresses(&self) -> Vec<IpAddr> {
        let servers = self.mail_servers();
        let of_servers =
            |answer: &&DnsAnswer| servers.iter().any(|server| server.eq_ignore_ascii_case(&answer.question.name));
        self.model.dns_facts(Purpose::Surroundings).filter(of_servers).flat_map(DnsAnswer::addresses).collect()
    }

    /// Signs of Microsoft 365: those the plan was decided by, and mail servers that were seen.
    pub(super) fn is_mail_at_microsoft(&self) -> bool {
        self.model.is_mail_at_microsoft()
    }

    /// The wildcard's answer to a made-up name of the zone, unless the resolver invents it.
    pub(super) fn wildcard(&self) -> Option<&'a DnsAnswer> {
        self.answered_canary().filter(|_| !self.is_rewritten())
    }

    /// The answer to a made-up name beside `autodiscover.<domain>`, wildcard or invention.
    pub(super) fn answered_canary(&self) -> Option<&'a DnsAnswer> {
        self.model.dns_facts(Purpose::WildcardCanary).find(|answer| {
            answer.view == View::System
                && answer.status == DnsStatus::Answered
                && matches!(answer.question.record, RecordType::A | RecordType::Aaaa)
                && !answer.question.name.contains("._tcp.")
                && is_under(&answer.question.name, self.domain())
        })
    }

    /// Whether the resolver invents addresses: a name under `.invalid` (RFC 6761) resolves, or somebody else denies the
    /// same made-up name. Where `.invalid` is denied as it should be, only the zone's own servers can say so: another
    /// resolver may see another copy of the zone, one without the wildcard.
    pub(super) fn is_rewritten(&self) -> bool {
        let canaries: Vec<_> = self.model.dns_facts(Purpose::WildcardCanary).collect();
        let is_honest = canaries.iter().any(|answer| {
            answer.view == View::System
                && answer.status == DnsStatus::NoSuchName
                && answer.question.name.ends_with(".invalid")
        });
        let may_tell = |view| view == View::Authoritative || view != View::System && !is_honest;
        canaries.iter().any(|answer| {
            answer.status == DnsStatus::Answered
                && answer.view == View::System
                && (answer.question.name.ends_with(".invalid")
                    || canaries.iter().any(|other| {
                        other.question == answer.question
                            && may_tell(other.view)
                            && other.status == DnsStatus::NoSuchName
                    }))
        })
    }

    /// Whether the host has no record of its own and the canary's answer serves it: same aliases, same addresses.
    pub(super) fn answers_like_canary(&self, state: &CandidateState) -> bool {
        let Some(canary) = self.answered_canary() else { return false };
        if state.host() == self.domain() || !is_under(state.host(), self.domain()) {
            return false;
        }
        let asked = (state.host(), canary.question.record);
        let Some(answer) =
            lookups(state).find(|answer| (answer.question.name.as_str(), answer.question.record) == asked)
        else {
            return false;
        };
        let sorted = |answer: &DnsAnswer| {
            let mut addresses = answer.addresses();
            addresses.sort_unstable();
            addresses
        };
        if answer.aliases() != canary.aliases() {
            return false;
        }
        !canary.aliases().is_empty() || (!canary.addresses().is_empty() && sorted(answer) == sorted(canary))
    }

    /// Whether the host's address is the resolver's invention.
    pub(super) fn is_invented(&self, state: &CandidateState) -> bool {
        self.is_rewritten() && self.answers_like_canary(state)
    }

    /// A name that a sound certificate of this organisation's Exchange really lists, so that an SRV record may point
    /// there. What an SRV record that passes its checks already names comes first.
    pub(super) fn srv_target(&self) -> Option<String> {
        let srv = self.first_of(Origin::Srv).filter(|srv| holds(srv)).map(|srv| srv.host().to_owned());
        srv.or_else(|| {
            let mut names: Vec<(usize, usize, String)> = Vec::new();
            for state in &self.model.candidates {
                names.extend(self.listed_by(state).into_iter().enumerate().map(|(place, name)| {
                    let label = name.split('.').next().unwrap_or("");
                    let rank = MAIL_LABELS.iter().position(|known| *known == label).unwrap_or(MAIL_LABELS.len());
                    (rank + usize::from(label == "www") + usize::from(name == self.domain()), place, name)
                }));
            }
            names.into_iter().min().map(|(_, _, name)| name)
        })
    }

    /// Public names on the certificate of a candidate that looks like the organisation's Exchange.
    fn listed_by(&self, state: &CandidateState) -> Vec<String> {
        let Some(handshake) = shown(state) else { return Vec::new() };
        let (Some(leaf), Some(checks)) = (handshake.leaf(), &handshake.checks) else { return Vec::new() };
        let page = cause(state, Stage::Xml) == Some(Cause::XmlHtml);
        let elsewhere = || addresses(state).iter().all(|address| !self.mail_addresses().contains(address));
        let website = !self.is_exchange(state) && (state.candidate.origin == Origin::Root || page && elsewhere());
        let sound = checks.trusted.ok && checks.in_date.ok && checks.usable.ok;
        if website || !sound || !self.is_same_organisation(state, leaf) {
            return Vec::new();
        }
        let typo = misspelling(handshake, state.host());
        let mut names: Vec<String> = leaf.dns_names().into_iter().map(str::to_ascii_lowercase).collect();
        names.extend(self.mail_servers().into_iter().filter(|server| covers(leaf, server)).map(str::to_owned));
        names.retain(|name| is_host_name(name) && !is_internal(name) && typo != Some(name.as_str()));
        names
    }
}

/// Answers to questions that the client would ask too, in the system's view.
pub(super) fn lookups(state: &CandidateState) -> impl Iterator<Item = &DnsAnswer> {
    state.dns().filter(|answer| answer.purpose == Purpose::Lookup && answer.view == View::System)
}

/// Addresses of the candidate's host in the system's view, each once.
pub(super) fn addresses(state: &CandidateState) -> Vec<IpAddr> {
    let mut addresses: Vec<IpAddr> = Vec::new();
    for address in lookups(state).flat_map(DnsAnswer::addresses) {
        if !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    addresses
}

/// Aliases on the way from the candidate's host, each once.
pub(super) fn aliases(state: &CandidateState) -> Vec<&str> {
    let mut aliases: Vec<&str> = Vec::new();
    for alias in lookups(state).filter(|answer| answer.question.record != RecordType::Srv).flat_map(DnsAnswer::aliases)
    {
        if !aliases.contains(&alias) {
            aliases.push(alias);
        }
    }
    aliases
}

/// Whether the handshake passed every check.
pub(super) fn holds(state: &CandidateState) -> bool {
    state.handshake().and_then(|handshake| handshake.checks.as_ref()).is_some_and(|checks| checks.all_hold())
}

/// The handshake that shows a certificate: the probe's, or one in clear where the probe's failed.
pub(super) fn shown(state: &CandidateState) -> Option<&TlsHandshake> {
    [state.handshake(), state.clear_text()].into_iter().flatten().find(|handshake| handshake.leaf().is_some())
}

/// The name on a certificate that is a slip of the pen for the host asked for: of the same organisation, and not the
/// bare domain. Hosts that are numbered, such as `mail1` and `mail2`, are two hosts.
pub(super) fn misspelling<'a>(handshake: &'a TlsHandshake, host: &str) -> Option<&'a str> {
    let checks = handshake.checks.as_ref().filter(|checks| checks.name_matches.reason != NameReason::WildcardDepth)?;
    let near = checks.name_matches.near_miss.as_deref()?;
    let own = organisation(host);
    let letters = |name: &str| name.chars().filter(|letter| !letter.is_ascii_digit()).collect::<String>();
    (organisation(near) == own && host != own && letters(near) != letters(host)).then_some(near)
}

/// The cause of a stage's end.
pub(super) fn cause(state: &CandidateState, stage: Stage) -> Option<Cause> {
    state.outcome(stage).and_then(Outcome::cause)
}

/// Whether the name does not exist or holds no address, by a proper answer.
pub(super) fn is_absent(state: &CandidateState) -> bool {
    let causes = [Cause::DnsNoSuchName, Cause::DnsNoData, Cause::DnsAliasDangling];
    matches!(state.outcome(Stage::Dns), Some(Outcome::Failed { cause }) if causes.contains(&cause))
}

/// Whether two handshakes saw the same certificate.
pub(super) fn same_leaf(one: &TlsHandshake, other: &TlsHandshake) -> bool {
    let identity = |leaf: &Certificate| (leaf.sha256.clone(), leaf.serial.clone(), leaf.subject.clone());
    one.leaf().map(identity).is_some_and(|first| other.leaf().map(identity) == Some(first))
}

/// Words for a candidate's place in the search.
pub(super) fn place(candidate: &Candidate) -> String {
    candidate.host.clone().or_else(|| candidate.url.clone()).unwrap_or_else(|| candidate.id.to_string())
}
