//! The fold against whatever a recording may hold.

use super::*;
use crate::event::{Blocker, Outcome, Stage};

fn candidate(id: &str, opened_by: Option<&str>) -> Candidate {
    Candidate { opened_by: opened_by.map(CandidateId::new), ..Candidate::bare(CandidateId::new(id), Origin::Followed) }
}

fn fold(events: Vec<Event>) -> Model {
    let mut model = Model::default();
    for (seq, event) in (0..).zip(events) {
        model.apply(&Envelope { v: 1, seq, at: Timestamp::UNIX_EPOCH, elapsed_us: seq, event });
    }
    model
}

fn queued(id: &str, opened_by: Option<&str>) -> Event {
    Event::CandidateQueued { candidate: candidate(id, opened_by) }
}

fn ids(model: &Model) -> Vec<&str> {
    model.candidates.iter().map(|state| state.candidate.id.as_str()).collect()
}

#[test]
fn no_candidate_leads_back_to_itself() {
    let model = fold(vec![
        queued("a", Some("a")),
        queued("b", Some("c")),
        queued("c", Some("b")),
        queued("root", None),
        queued("x", Some("root")),
        // The opener is made to follow what it opened.
        queued("root", Some("x")),
    ]);
    assert_eq!(ids(&model), ["root", "x"]);
    assert_eq!(model.candidates.first().and_then(|state| state.candidate.opened_by.clone()), None);
}

#[test]
fn candidates_and_hops_are_bounded() {
    let flood = (0..10_000).map(|number| queued(&format!("n{number}"), None)).collect();
    assert_eq!(fold(flood).candidates.len(), CANDIDATE_BOUND);
    let mut chain = vec![queued("c0", None)];
    chain.extend((1..40).map(|hop| queued(&format!("c{hop}"), Some(&format!("c{}", hop - 1)))));
    assert_eq!(fold(chain).candidates.len(), REDIRECT_LIMIT + 2);
}

#[test]
fn a_rerun_closes_what_the_answer_opened() {
    let start = |stage, attempt| Event::StageStarted { candidate: CandidateId::new("root"), stage, attempt };
    let opened = vec![
        queued("root", None),
        start(Stage::Dns, 1),
        queued("followed-1", Some("root")),
        queued("followed-2", Some("followed-1")),
        queued("other", None),
    ];
    let mut again = opened.clone();
    again.push(start(Stage::Dns, 2));
    assert_eq!(ids(&fold(opened)), ["root", "followed-1", "followed-2", "other"]);
    assert_eq!(ids(&fold(again)), ["root", "other"]);
}

#[test]
fn the_end_of_an_older_attempt_changes_nothing() {
    let candidate = || CandidateId::new("root");
    let finish = |attempt, outcome| Event::StageFinished {
        candidate: candidate(),
        stage: Stage::Dns,
        attempt,
        outcome,
        elapsed_us: 1,
    };
    let model = fold(vec![
        queued("root", None),
        Event::StageStarted { candidate: candidate(), stage: Stage::Dns, attempt: 2 },
        finish(1, Outcome::Skipped { blocker: Blocker::Cancelled }),
    ]);
    assert_eq!(model.candidate(&candidate()).and_then(|state| state.outcome(Stage::Dns)), None);
}

#[test]
fn the_time_before_something_is_asked_again_does_not_count() {
    let at = |elapsed_us, event| Envelope { v: 1, seq: 0, at: Timestamp::UNIX_EPOCH, elapsed_us, event };
    let candidate = CandidateId::new("root");
    let start = |attempt| Event::StageStarted { candidate: candidate.clone(), stage: Stage::Dns, attempt };
    let note = || Event::Note { code: NoteCode::Rerun, detail: "root".to_owned() };
    let envelopes = [
        at(0, queued("root", None)),
        at(100, start(1)),
        at(300, Event::SessionFinished {}),
        at(60_300, note()),
        at(60_301, start(2)),
        at(60_351, Event::SessionFinished {}),
        at(90_000, note()),
        at(90_000, start(3)),
        at(90_004, Event::SessionFinished {}),
    ];
    let took = |count: usize| Model::fold(envelopes.iter().take(count)).elapsed_us;
    assert_eq!([3, 4, 5, 6, 9].map(took), [300, 300, 300, 350, 354]);
    assert_eq!(Model::fold(&envelopes).at_us(), 90_004);
}
