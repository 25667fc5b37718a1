//! Questions that no probe can answer: asked only where the evidence points there, with the command that answers them.

use super::{
    Certainty, Fact, Finding,
    case::{self, Case},
    draft::Draft,
    this_pc::{self, Told},
    values,
};
use crate::{
    catalogue::{self, FilledQuestion},
    event::{ClientFamily, NoteCode, Origin, Reply},
    model::{CandidateState, Model, Progress},
    walk::{PromptKind, VerdictClass, Walk},
};
use serde::Serialize;

/// A question to the person at the PC, with this run's names filled in.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Question {
    /// Id of the case that a yes stands for.
    pub id: String,
    /// The question.
    pub question: String,
    /// The command that answers it; empty when only a person can tell.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub command: String,
    /// What in the evidence points there.
    pub why: Vec<Fact>,
    /// Whether it is asked because nothing else is wrong, in case Outlook fails all the same.
    pub in_case: bool,
    /// What was replied, or read on the PC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply: Option<Reading>,
    /// The answer was read on the PC, so that nobody needs to be asked.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub read: bool,
}

/// What a reply says.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Reading {
    /// The case holds.
    Yes,
    /// It does not.
    No,
    /// The output decides nothing: a person has to.
    Unclear,
}

/// When a question is asked.
struct Asked {
    id: &'static str,
    /// What points there; nothing where nothing does.
    points: fn(&Case) -> Option<Vec<Fact>>,
    in_case: bool,
}

/// All questions: first those that something points at, then those about the PC when the network is sound, the
/// commonest first.
const ASKED: [Asked; 22] = [
    Asked { id: "hosts-file-override", points: system_disagrees, in_case: false },
    Asked { id: "dns-suffix-search-rewrites", points: system_disagrees, in_case: false },
    Asked { id: "hybrid-autodiscover-points-at-cloud", points: cloud_and_own, in_case: false },
    Asked { id: "hma-resource-missing", points: own_by_token, in_case: false },
    Asked { id: "eas-451-unsupported", points: moved_to_cloud, in_case: false },
    Asked { id: "autossl-cannot-renew-autodiscover", points: panel_and_cloud, in_case: false },
    Asked { id: "tls12-only-old-client", points: sound_for_old_client, in_case: true },
    Asked { id: "stored-credential-stale", points: sound_with_password, in_case: true },
    Asked { id: "registry-excludes-left-behind", points: sound, in_case: true },
    Asked { id: "lkg-url-stale", points: sound, in_case: true },
    Asked { id: "local-xml-preferred", points: sound, in_case: true },
    Asked { id: "winhttp-proxy-wrong", points: sound, in_case: true },
    Asked { id: "pac-file-scheme", points: sound, in_case: true },
    Asked { id: "registry-value-misspelt", points: sound, in_case: true },
    Asked { id: "all-methods-disabled", points: sound, in_case: true },
    Asked { id: "mapihttp-disabled-client", points: sound_at_microsoft, in_case: true },
    Asked { id: "autodetect-cloud-cache-stale", points: sound_at_microsoft, in_case: true },
    Asked { id: "inbound-filter-blocks-cloud-detector", points: sound_at_own, in_case: true },
    Asked { id: "backend-444-cert-missing", points: sound_at_own, in_case: true },
    Asked { id: "new-outlook-or-mobile-differs", points: sound, in_case: true },
    Asked { id: "test-dialog-uses-other-password", points: sound_with_password, in_case: true },
    Asked { id: "local-profile-fault", points: sound, in_case: true },
];

/// Ids of all questions.
pub(super) const IDS: &[&str] = &{
    let mut ids = [""; ASKED.len()];
    let mut place = 0;
    while place < ids.len() {
        ids[place] = ASKED[place].id; // both have this length
        place += 1;
    }
    ids
};

/// A reply under this name says that Outlook fails on a PC although nothing that a probe sees is wrong: only then does
/// anything point at that PC.
pub const FAILS_ALL_THE_SAME: &str = "fails-all-the-same";

/// The questions that this run gives reason to ask, the likeliest first, with what was replied. A run in which nothing is
/// wrong gives none, until somebody says that Outlook fails all the same or replies unasked; what was read on the PC is
/// answered there. Pure.
pub fn questions(model: &Model, walk: &Walk) -> Vec<Question> {
    let case = Case::new(model, walk);
    if case.domain().is_empty() || model.progress == Progress::Running {
        return Vec::new();
    }
    let fails = model.replies.get(FAILS_ALL_THE_SAME) == Some(&Reply::Yes);
    let asked = ASKED.iter().filter_map(|asked| {
        let told = this_pc::told(&case, asked.id);
        let is_read = told.is_some();
        // What was read on the PC is told, whoever asked.
        if asked.in_case && !fails && !is_read && !model.replies.contains_key(asked.id) {
            return None;
        }
        let why = (asked.points)(&case)?;
        let filled = filled(&case, asked.id)?;
        let (why, reply) = match told {
            Some(Told::Yes(_, facts)) => ([why, facts].concat(), Some(Reading::Yes)),
            Some(Told::No(facts)) => ([why, facts].concat(), Some(Reading::No)),
            None => (why, model.replies.get(asked.id).map(|reply| read(&filled, reply))),
        };
        let FilledQuestion { text, command, .. } = filled;
        let (id, in_case) = (asked.id.to_owned(), asked.in_case);
        Some(Question { id, question: text, command, why, in_case, reply, read: is_read })
    });
    asked.collect()
}

/// Whether nothing that a probe sees is wrong, so that only the PC is left where Outlook fails all the same.
pub fn only_the_pc_is_left(model: &Model, walk: &Walk) -> bool {
    model.progress != Progress::Running && sound(&Case::new(model, walk)).is_some()
}

/// Cases that a reply confirmed: proven by the output of the command, likely by a person's word.
pub(super) fn confirmed(case: &Case) -> Vec<Finding> {
    // What was read on the PC needs no person's word, and stands elsewhere.
    let by_person = ASKED.iter().filter(|asked| this_pc::told(case, asked.id).is_none());
    let found = by_person.filter_map(|asked| {
        let reply = case.model.replies.get(asked.id)?;
        let why = (asked.points)(case)?;
        let filled = filled(case, asked.id)?;
        if read(&filled, reply) != Reading::Yes {
            return None;
        }
        let (certainty, words) = match reply {
            Reply::Output { text } => {
                (Certainty::Proven, say!("yes, by its output: {first_line}", first_line = first_line(text)))
            }
            _ => (Certainty::Likely, say!("yes, says the person at the PC").to_owned()),
        };
        let mut draft = Draft::new(case, asked.id, certainty, case.first_of(Origin::Autodiscover));
        draft = draft.fact(filled.text, words);
        why.into_iter().fold(draft, |draft, fact| draft.fact(fact.label, fact.value)).finish()
    });
    found.collect()
}

fn filled(case: &Case, id: &str) -> Option<FilledQuestion> {
    catalogue::page(id)?.ask(&values::of(case, case.first_of(Origin::Autodiscover)))
}

fn read(question: &FilledQuestion, reply: &Reply) -> Reading {
    match reply {
        Reply::Yes => Reading::Yes,
        Reply::No => Reading::No,
        Reply::Withdrawn => Reading::Unclear,
        Reply::Output { text } => match question.read(text) {
            Some(true) => Reading::Yes,
            Some(false) => Reading::No,
            None => Reading::Unclear,
        },
    }
}

fn first_line(text: &str) -> String {
    text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default().chars().take(80).collect()
}

/// This machine's own interface says otherwise than DNS.
fn system_disagrees(case: &Case) -> Option<Vec<Fact>> {
    let notes = case.model.notes.iter().filter(|(code, _)| *code == NoteCode::OperatingSystemDisagrees);
    let facts: Vec<Fact> = notes.map(|(_, detail)| Fact::new(say!("names differ"), detail.clone())).collect();
    (!facts.is_empty()).then_some(facts)
}

/// The company's own Exchange, where one answers.
fn own_exchange<'a>(case: &Case<'a>) -> Option<&'a CandidateState> {
    case.model.candidates.iter().find(|state| {
        state.candidate.origin != Origin::Office365 && !case::is_microsoft(state.host()) && case.is_exchange(state)
    })
}

/// The alias leads to Microsoft, and an Exchange of the company's own answers elsewhere.
fn cloud_and_own(case: &Case) -> Option<Vec<Fact>> {
    let state = case.first_of(Origin::Autodiscover)?;
    let alias = case::aliases(state).into_iter().find(|alias| case::is_microsoft(alias))?;
    let own = own_exchange(case)?;
    Some(vec![
        Fact::new(case.autodiscover_host(), format!("CNAME {alias}")),
        Fact::new(say!("Exchange answers at"), own.host()),
    ])
}

/// The company's own Exchange offers sign-in by token.
fn own_by_token(case: &Case) -> Option<Vec<Fact>> {
    let own = own_exchange(case)?;
    let schemes = &own.exchange()?.schemes;
    let by_token = schemes.iter().any(|scheme| scheme.eq_ignore_ascii_case("bearer"));
    by_token.then(|| vec![Fact::new(say!("{host} offers", host = own.host()), schemes.join(", "))])
}

/// Mail is in Microsoft 365, and the company's own Exchange still answers.
fn moved_to_cloud(case: &Case) -> Option<Vec<Fact>> {
    let own = own_exchange(case).filter(|_| case.is_mail_at_microsoft())?;
    Some(vec![
        Fact::new(say!("mail"), super::dns::microsoft_signs(case)),
        Fact::new(say!("Exchange answers at"), own.host()),
    ])
}

/// Words with which control panels of web hosts name themselves.
const PANELS: [&str; 4] = ["cpsrvd", "litespeed", "plesk", "directadmin"];

/// The website is on a control panel, and the alias leads to Microsoft.
fn panel_and_cloud(case: &Case) -> Option<Vec<Fact>> {
    let server = case.first_of(Origin::Root)?.exchange()?.header("server")?;
    let alias =
        case::aliases(case.first_of(Origin::Autodiscover)?).into_iter().find(|alias| case::is_microsoft(alias))?;
    let is_panel = PANELS.iter().any(|panel| server.to_ascii_lowercase().contains(panel));
    is_panel.then(|| {
        vec![Fact::new(say!("website"), server), Fact::new(case.autodiscover_host(), format!("CNAME {alias}"))]
    })
}

/// The search ends well and nothing is asked on the way but a password or a permission.
fn sound(case: &Case) -> Option<Vec<Fact>> {
    let well = matches!(case.walk.class, VerdictClass::Silent | VerdictClass::NeedsPassword);
    let alert = case.walk.prompts.iter().any(|prompt| prompt.kind == PromptKind::SecurityAlert);
    let place = case.walk.decided_by.as_ref().and_then(|id| case.model.candidate(id))?;
    (well && !alert)
        .then(|| vec![Fact::new(say!("the network side is sound"), say!("{host} answers", host = place.host()))])
}

fn sound_with_password(case: &Case) -> Option<Vec<Fact>> {
    sound(case).filter(|_| case.walk.class == VerdictClass::NeedsPassword)
}

fn sound_at_microsoft(case: &Case) -> Option<Vec<Fact>> {
    sound(case).filter(|_| case.is_mail_at_microsoft())
}

fn sound_at_own(case: &Case) -> Option<Vec<Fact>> {
    let own = own_exchange(case)?;
    sound(case).filter(|_| case.walk.decided_by.as_ref() == Some(&own.candidate.id))
}

fn sound_for_old_client(case: &Case) -> Option<Vec<Fact>> {
    let newer = matches!(case.walk.client, ClientFamily::Outlook2016 | ClientFamily::Outlook365);
    sound(case).filter(|_| !newer)
}
