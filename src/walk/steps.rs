//! The order: one client's way through the judged candidates.

use super::{
    Prompt, PromptKind, Recurrence, Role, SwitchedOff, VerdictClass, Walk, WalkStep,
    judgement::{Judgement, Then, is_elsewhere, judge, leads_to, resolver_is_silent},
    this_pc,
};
use crate::{
    event::{CandidateId, ClientFamily, Origin, TlsHandshake},
    model::{CandidateState, Model},
    plan::{self, Alert},
};

/// What one client would do with what is known so far.
pub fn walk(model: &Model, client: ClientFamily) -> Walk {
    let mut walker = Walker::new(model, client);
    let mut number = 0;
    for step in model.sequence(client) {
        let numbered = !matches!(step.origin, Origin::Boot | Origin::LocalXml | Origin::LastKnownGood);
        number += usize::from(numbered);
        let off = step.switch.and_then(|switch| this_pc::switched_off(model, client, switch));
        for state in model.of_origin(step.origin) {
            match &off {
                Some(off) => walker.leave_out(state, off, numbered.then_some(number)),
                None => walker.visit(state, step.alert, numbered.then_some(number)),
            }
        }
    }
    walker.services();
    walker.rest();
    walker.finish()
}

/// The state of one client's way.
struct Walker<'a> {
    model: &'a Model,
    client: ClientFamily,
    steps: Vec<WalkStep>,
    prompts: Vec<Prompt>,
    decided: Option<(CandidateId, Then)>,
    first_alert: Option<CandidateId>,
    waits_seconds: u32,
    /// What is not known yet before the decision.
    open: Vec<CandidateId>,
}

impl<'a> Walker<'a> {
    fn new(model: &'a Model, client: ClientFamily) -> Self {
        Self {
            model,
            client,
            steps: Vec::new(),
            prompts: Vec::new(),
            decided: None,
            first_alert: None,
            waits_seconds: 0,
            open: Vec::new(),
        }
    }

    /// One candidate and, behind it, those that its answer opened.
    fn visit(&mut self, state: &CandidateState, alert: Alert, number: Option<usize>) {
        let judgement = this_pc::judge(self.model, self.client, state).unwrap_or_else(|| judge(state));
        if self.decided.is_some() {
            self.pass_over(state, &judgement, number);
            return;
        }
        if state.candidate.origin == Origin::Office365 && self.model.is_only_verified() {
            self.perhaps(state, number);
            return;
        }
        let asks = !judgement.alert.is_empty();
        let silenced = asks && alert == Alert::MayBeShown;
        // Where an error is kept silent the request behind it is never sent, so nothing is waited for.
        let late = judgement.then == Then::GoesOnLate && !silenced;
        let waits_seconds = if late { this_pc::patience(self.model, self.client) } else { 0 };
        let index = self.steps.len();
        self.steps.push(WalkStep {
            candidate: state.candidate.id.clone(),
            number,
            reached: judgement.then != Then::NotTried,
            role: Role::Harmless,
            code: judgement.code,
            waits_seconds,
            switched_off: None,
        });
        self.waits_seconds += waits_seconds;
        if asks {
            self.alert(state, &judgement, silenced, Recurrence::EverySearch);
        }
        let role = match judgement.then {
            Then::NotTried => Role::Unreached,
            _ if asks && !silenced => {
                self.first_alert.get_or_insert_with(|| state.candidate.id.clone());
                self.answer(state, judgement.then);
                Role::Prompts
            }
            // An error that this client keeps to itself ends the candidate.
            _ if silenced => Role::Harmless,
            Then::GoesOnLate => Role::Delays,
            then => self.answer(state, then),
        };
        // The step was pushed above; followers only append behind it.
        if let Some(step) = self.steps.get_mut(index) {
            step.role = role;
        }
    }

    /// A step that this client takes or leaves out, nobody knows which: its dialog may come, and the search goes on.
    fn perhaps(&mut self, state: &CandidateState, number: Option<usize>) {
        self.steps.push(WalkStep {
            candidate: state.candidate.id.clone(),
            number,
            reached: judge(state).then != Then::NotTried,
            role: Role::Harmless,
            code: None,
            waits_seconds: 0,
            switched_off: None,
        });
        if judge(state).then == Then::WantsPassword {
            self.ask_for_sign_in(state, true, Recurrence::EverySearch);
        }
    }

    /// A step that is switched off on this PC, with what its answer would have opened.
    fn leave_out(&mut self, state: &CandidateState, off: &SwitchedOff, number: Option<usize>) {
        self.steps.push(WalkStep {
            candidate: state.candidate.id.clone(),
            number,
            reached: false,
            role: Role::Unreached,
            code: None,
            waits_seconds: 0,
            switched_off: Some(off.clone()),
        });
    }

    /// What an answer leads to, once the client has it.
    fn answer(&mut self, state: &CandidateState, then: Then) -> Role {
        let id = &state.candidate.id;
        match then {
            Then::Open => {
                self.open.push(id.clone());
                Role::Harmless
            }
            Then::LeadsOn => {
                self.consent(state);
                if is_elsewhere(state) && !self.model.candidates.iter().any(|follower| leads_to(state, follower)) {
                    // Nobody looked at the port that the client goes to.
                    self.open.push(id.clone());
                }
                self.followers(state);
                // Where the way through it ends in settings, it is part of what decides.
                if self.decided.is_some() { Role::Decides } else { Role::Harmless }
            }
            Then::WantsPassword | Then::AsksForEver | Then::Unseen | Then::Settings | Then::WrongSettings => {
                if state.candidate.origin == Origin::Srv {
                    self.consent(state);
                }
                self.decided = Some((id.clone(), then));
                // It would serve, but something that asks comes first.
                if self.first_alert.as_ref().is_some_and(|first| first != id) { Role::Hidden } else { Role::Decides }
            }
            Then::NotTried | Then::GoesOn | Then::GoesOnLate => Role::Harmless,
        }
    }

    fn followers(&mut self, opener: &CandidateState) {
        let model = self.model;
        for follower in model.candidates.iter().filter(|follower| leads_to(opener, follower)) {
            self.visit(follower, Alert::Shown, None);
        }
    }

    /// A candidate behind the one that decided.
    fn pass_over(&mut self, state: &CandidateState, judgement: &Judgement, number: Option<usize>) {
        let worse_first =
            self.first_alert.is_some() || self.decided.as_ref().is_some_and(|(_, then)| *then == Then::WrongSettings);
        let role = if worse_first && self.would_serve(state, judgement, 0) { Role::Hidden } else { Role::Unreached };
        self.steps.push(WalkStep {
            candidate: state.candidate.id.clone(),
            number,
            reached: false,
            role,
            code: judgement.code,
            waits_seconds: 0,
            switched_off: None,
        });
        let model = self.model;
        for follower in model.candidates.iter().filter(|f| f.candidate.opened_by.as_ref() == Some(&state.candidate.id))
        {
            if follower.candidate.origin == Origin::Followed {
                self.pass_over(follower, &judge(follower), None);
            }
        }
    }

    /// Whether a candidate, alone, would give settings without a certificate alert.
    fn would_serve(&self, state: &CandidateState, judgement: &Judgement, depth: usize) -> bool {
        if !judgement.alert.is_empty() || depth > plan::REDIRECT_LIMIT {
            return false;
        }
        match judgement.then {
            Then::WantsPassword | Then::Settings => true,
            Then::LeadsOn => {
                self.model.candidates.iter().any(|follower| {
                    leads_to(state, follower) && self.would_serve(follower, &judge(follower), depth + 1)
                })
            }
            _ => false,
        }
    }

    fn alert(&mut self, state: &CandidateState, judgement: &Judgement, may: bool, recurs: Recurrence) {
        self.prompts.push(Prompt {
            kind: PromptKind::SecurityAlert,
            candidate: state.candidate.id.clone(),
            host: state.host().to_owned(),
            red_lines: judgement.alert.clone(),
            code: judgement.code,
            may,
            recurs,
        });
    }

    /// The question whether another site may configure the account: by design, once per profile (KB2480582).
    fn consent(&mut self, state: &CandidateState) {
        let target = state.leads_to_host();
        let Some(host) = target.filter(|host| !is_within(host, self.model.domain())) else { return };
        let listed = self.model.settings(self.client).is_some_and(|settings| settings.trusts_redirect_to(&host));
        if listed || self.model.allowed_redirects.contains(&host) {
            return;
        }
        let microsoft = is_within(&host, "outlook.com") || is_within(&host, "office365.us");
        if microsoft && self.client >= ClientFamily::Outlook2016 {
            // Current builds carry Microsoft's own hosts in their list.
            return;
        }
        self.prompts.push(Prompt {
            kind: PromptKind::Consent,
            candidate: state.candidate.id.clone(),
            host,
            red_lines: Vec::new(),
            code: None,
            may: false,
            recurs: Recurrence::OncePerProfile,
        });
    }

    /// What the client shows where only credentials are missing: the sign-in page where tokens are taken and it knows
    /// them, else the window for a password. A PC of the domain may sign in by itself where Negotiate or NTLM is offered.
    fn sign_in(&mut self) {
        let Some((id, then @ (Then::WantsPassword | Then::AsksForEver))) = self.decided.clone() else { return };
        let Some(state) = self.model.candidate(&id) else { return };
        match then {
            Then::AsksForEver => self.ask_for_sign_in(state, false, Recurrence::WithoutEnd),
            _ => self.ask_for_sign_in(state, false, Recurrence::EverySearch),
        }
    }

    fn ask_for_sign_in(&mut self, state: &CandidateState, may: bool, recurs: Recurrence) {
        let schemes = state.exchange().map(|exchange| exchange.schemes.as_slice()).unwrap_or_default();
        let offers = |wanted: &str| schemes.iter().any(|scheme| scheme.eq_ignore_ascii_case(wanted));
        // Outlook 2013 knows tokens where it was told to (EnableADAL, KB3126599).
        let by_token = offers("bearer") && self.client >= ClientFamily::Outlook2016;
        self.prompts.push(Prompt {
            kind: if by_token { PromptKind::SignIn } else { PromptKind::Password },
            candidate: state.candidate.id.clone(),
            host: state.host().to_owned(),
            red_lines: Vec::new(),
            code: None,
            may: may || recurs != Recurrence::WithoutEnd && (by_token || offers("negotiate") || offers("ntlm")),
            recurs,
        });
    }

    /// Service URLs are asked once the settings are in: a wrong certificate there alerts after the start.
    fn services(&mut self) {
        let model = self.model;
        for state in model.of_origin(Origin::Service) {
            // Where no settings are had, no service is asked.
            let had = self.decided.as_ref().filter(|(_, then)| !matches!(then, Then::AsksForEver | Then::Unseen));
            let decided = had.map(|(id, _)| id);
            let reached = decided.is_some() && state.candidate.opened_by.as_ref() == decided;
            let judgement = judge(state);
            let asks = reached && !judgement.alert.is_empty();
            if asks {
                self.alert(state, &judgement, false, Recurrence::WithTheService);
            }
            let role = match (reached, asks, judgement.then) {
                (false, ..) => Role::Unreached,
                (true, true, _) => Role::Prompts,
                (true, false, Then::GoesOnLate) => Role::Delays,
                (true, false, _) => Role::Harmless,
            };
            self.steps.push(WalkStep {
                candidate: state.candidate.id.clone(),
                number: None,
                reached,
                role,
                code: judgement.code,
                waits_seconds: 0,
                switched_off: None,
            });
        }
    }

    /// What this client never tries.
    fn rest(&mut self) {
        for state in &self.model.candidates {
            if !self.steps.iter().any(|step| step.candidate == state.candidate.id) {
                self.steps.push(WalkStep {
                    candidate: state.candidate.id.clone(),
                    number: None,
                    reached: false,
                    role: Role::Unreached,
                    code: None,
                    waits_seconds: 0,
                    switched_off: None,
                });
            }
        }
    }

    fn finish(mut self) -> Walk {
        self.sign_in();
        let class = self.class();
        let decided_by = self.decided.map(|(id, _)| id);
        let first_prompt = self.prompts.iter().find(|prompt| !prompt.may).map(|prompt| prompt.candidate.clone());
        Walk {
            client: self.client,
            steps: self.steps,
            prompts: self.prompts,
            stops_at: first_prompt.or_else(|| decided_by.clone()),
            decided_by,
            waits_seconds: self.waits_seconds,
            class,
            open: self.open,
        }
    }

    fn class(&self) -> VerdictClass {
        let service_alert = self.prompts.iter().any(|prompt| prompt.kind == PromptKind::SecurityAlert && !prompt.may);
        match &self.decided {
            _ if !self.open.is_empty() => VerdictClass::Inconclusive,
            None if resolver_is_silent(self.model) => VerdictClass::Inconclusive,
            None => VerdictClass::Fails,
            Some((_, Then::AsksForEver)) => VerdictClass::Fails,
            Some((_, Then::WrongSettings)) if !self.are_meant() => VerdictClass::Degraded,
            Some(_) if service_alert => VerdictClass::Prompts,
            Some(_) if self.waits_seconds > 0 => VerdictClass::Degraded,
            Some((_, Then::Settings | Then::WrongSettings)) => VerdictClass::Silent,
            Some((_, Then::Unseen)) => VerdictClass::Prompts,
            Some(_) => VerdictClass::NeedsPassword,
        }
    }

    /// Whether settings without Exchange are the right ones: nothing speaks for Exchange, the mail servers bear the names
    /// that the settings give, and this client does not pass them by, as newer versions may (mailcow documentation).
    fn are_meant(&self) -> bool {
        let state = self.decided.as_ref().and_then(|(id, _)| self.model.candidate(id));
        let fits = |handshake: &TlsHandshake| handshake.checks.as_ref().is_none_or(|checks| checks.name_matches.ok);
        self.client < ClientFamily::Outlook365
            && !self.model.expects_exchange()
            && state.is_some_and(|state| state.mail_handshakes().all(fits))
    }
}

/// Whether a host is the domain or lies below it.
pub(super) fn is_within(host: &str, domain: &str) -> bool {
    host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
}
