//! What only a person can tell, and what a password would add.

use super::paragraph::paragraph;
use crate::{
    diagnosis::Diagnosis,
    finding::{self, FAILS_ALL_THE_SAME, Question},
    model::{CandidateState, Model},
    words,
};
use std::io::{self, Write};

/// Writes every question that only a person can answer.
///
/// # Errors
/// When the output cannot be written.
pub fn all_questions(diagnosis: &Diagnosis, out: &mut dyn Write) -> io::Result<()> {
    if diagnosis.questions.is_empty() {
        return writeln!(out, "{}", say!("Nothing in the evidence asks for a person's answer."));
    }
    diagnosis.questions.iter().try_for_each(|question| self::question(question, out))
}

/// What only a person can tell, as far as something points there.
pub(super) fn questions(model: &Model, diagnosis: &Diagnosis, out: &mut dyn Write) -> io::Result<()> {
    let told: Vec<&Question> = diagnosis.questions.iter().filter(|question| !question.read).collect();
    if !told.is_empty() {
        writeln!(out, "\n{}", say!("Questions that only a person can answer"))?;
    }
    for question in told {
        self::question(question, out)?;
    }
    let is_open = diagnosis.questions.iter().any(|question| question.in_case);
    if diagnosis.is_healthy() && !is_open && finding::only_the_pc_is_left(model, &diagnosis.walk) {
        writeln!(out)?;
        let words = say!(
            "If Outlook fails on a PC all the same, --reply {question}=yes (a in the wizard) asks about that PC \
             and its user.",
            question = FAILS_ALL_THE_SAME
        );
        paragraph(&words, 0, out)?;
    }
    Ok(())
}

fn question(question: &Question, out: &mut dyn Write) -> io::Result<()> {
    paragraph(&format!("? {}", question.question), 3, out)?;
    for fact in &question.why {
        writeln!(out, "     {}   {}", fact.label, fact.value)?;
    }
    if !question.command.is_empty() {
        writeln!(out, "     {}\n     {}", say!("answered by:"), question.command)?;
    }
    match question.reply {
        Some(reply) => writeln!(out, "     replied: {}", words::reading(reply)),
        None => writeln!(
            out,
            "     {}",
            say!("reply with --reply {id}=yes, =no or =@FILE with the command's output", id = question.id)
        ),
    }
}

/// What a password would add, where the search ends at a place that asks for one and nobody gave it.
pub(super) fn sign_in_offer(model: &Model, diagnosis: &Diagnosis, out: &mut dyn Write) -> io::Result<()> {
    let state = diagnosis.walk.decided_by.as_ref().and_then(|id| model.candidate(id));
    let asks = |state: &&CandidateState| state.exchange().is_some_and(|one| one.status == Some(401) && one.verified);
    let Some(state) = state.filter(asks).filter(|state| state.sign_ins().next().is_none()) else { return Ok(()) };
    let words = say!(
        "A password would add the settings, and whether the hosts in them are sound: --user NAME --send-password-to \
         {host}",
        host = state.place_to_sign_in_at()
    );
    writeln!(out)?;
    paragraph(&words, 0, out)
}
