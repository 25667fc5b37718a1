//! Where the time goes: every candidate's stages on one axis of time, worked out from the model. Pure.

use super::{app::App, glyph::Status, measure};
use crate::{
    event::{CandidateId, Outcome, Stage},
    model::{CandidateState, StageState},
    words,
};

/// All candidates on one axis of time.
#[derive(Clone, Debug, Default)]
pub struct Timeline {
    /// One row per candidate, in the order of the client looked at.
    pub rows: Vec<Row>,
    /// Microseconds from the beginning of the run to its newest event, or to now while it runs; without pauses.
    pub total_us: u64,
    /// Microseconds until the last stage ended; without pauses.
    pub last_us: u64,
    /// Microseconds in which nothing was asked before something was asked again; they are left out.
    pub paused_us: u64,
}

/// One candidate on the axis.
#[derive(Clone, Debug)]
pub struct Row {
    /// Which candidate.
    pub candidate: CandidateId,
    /// The stages that ran, in the order they began.
    pub pieces: Vec<Piece>,
}

/// One stage on the axis.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Piece {
    /// Which stage.
    pub stage: Stage,
    /// Microseconds from the beginning of the axis to the stage's beginning.
    pub from_us: u64,
    /// Microseconds from the beginning of the axis to the stage's end, or to now while it runs.
    pub to_us: u64,
    /// How it ended; absent while it runs.
    pub outcome: Option<Outcome>,
}

/// A stretch of time that the axis leaves out.
struct Pause {
    at_us: u64,
    length_us: u64,
}

impl Piece {
    /// Microseconds it took, or has taken so far.
    pub fn took_us(&self) -> u64 {
        self.to_us.saturating_sub(self.from_us)
    }
}

impl Row {
    /// Microseconds from the beginning of the first stage to the end of the last; absent when none ran.
    pub fn took_us(&self) -> Option<u64> {
        let first = self.pieces.iter().map(|piece| piece.from_us).min()?;
        let last = self.pieces.iter().map(|piece| piece.to_us).max()?;
        Some(last.saturating_sub(first))
    }

    /// Whether one of its stages has not ended: it runs, or it was cut off when the run was stopped.
    pub fn is_open(&self) -> bool {
        self.pieces.iter().any(|piece| piece.outcome.is_none())
    }
}

impl Timeline {
    /// The timeline of what the screen shows.
    pub fn of(app: &App) -> Self {
        let now = now_us(app);
        let ordered = app.ordered();
        let pauses = pauses(&ordered, now);
        let shift = |at: u64| {
            let before = pauses.iter().filter(|pause| pause.at_us < at);
            at - before.map(|pause| pause.length_us.min(at - pause.at_us)).sum::<u64>().min(at)
        };
        let rows: Vec<Row> = ordered
            .iter()
            .map(|state| {
                let mut pieces: Vec<Piece> = ran(state)
                    .map(|(stage, measured)| Piece {
                        stage,
                        from_us: shift(measured.started_us),
                        to_us: shift(measured.ended_us(now)),
                        outcome: measured.outcome,
                    })
                    .collect();
                pieces.sort_by_key(|piece| (piece.from_us, piece.stage));
                Row { candidate: state.candidate.id.clone(), pieces }
            })
            .collect();
        let last_us = rows.iter().flat_map(|row| &row.pieces).map(|piece| piece.to_us).max().unwrap_or(0);
        Self { rows, total_us: shift(now).max(last_us), last_us, paused_us: now.saturating_sub(shift(now)) }
    }

    /// The stage that took longest, the first of several in the client's order.
    pub fn longest(&self) -> Option<(&Row, Piece)> {
        let all = self.rows.iter().flat_map(|row| row.pieces.iter().map(move |piece| (row, *piece)));
        all.reduce(|longest, next| if next.1.took_us() > longest.1.took_us() { next } else { longest })
    }

    /// How many other stages took as long as this one, within a twentieth, and ended alike.
    pub fn as_long(&self, longest: Piece) -> usize {
        let least = longest.took_us() - longest.took_us() / 20;
        let alike = |piece: &&Piece| {
            piece.stage == longest.stage && piece.outcome == longest.outcome && piece.took_us() >= least
        };
        self.rows.iter().flat_map(|row| &row.pieces).filter(alike).count().saturating_sub(1)
    }

    /// One sentence that says where the time goes, in at most so many columns where that can be; absent while nothing
    /// was measured.
    pub fn sentence(&self, app: &App, columns: usize) -> Option<String> {
        let (row, piece) = self.longest()?;
        let so_far = if app.model.is_busy() { say!(" so far") } else { "" };
        let how = match piece.outcome {
            None if app.model.is_busy() => say!(" and still running").to_owned(),
            None => say!(", cut off").to_owned(),
            Some(outcome) => outcome.cause().map(|cause| format!(", {}", words::cause(cause))).unwrap_or_default(),
        };
        let others = match self.as_long(piece) {
            0 => String::new(),
            1 => say!(", and one other like it").to_owned(),
            count => say!(", and {count} others like it", count),
        };
        let (place, stage) = (place(app, &row.candidate), words::stage(piece.stage));
        let longest = format!("{place} {stage}, {}{how}", words::duration(piece.took_us()));
        let short = say!("Longest: {longest}", longest);
        let forms = [
            say!("The longest{so_far}: {longest}{others}.", so_far, longest, others),
            say!("The longest{so_far}: {longest}.", so_far, longest),
        ];
        Some(forms.into_iter().find(|form| measure::width(form) <= columns).unwrap_or(short))
    }

    /// What else takes time, or was left out; empty when nothing.
    pub fn remarks(&self) -> String {
        let mut remarks = Vec::new();
        if self.total_us > self.last_us.saturating_add((self.total_us / 10).max(1_000)) {
            remarks.push(say!(
                "Questions beside the steps went on until {duration}.",
                duration = words::duration(self.total_us)
            ));
        }
        if self.paused_us > 0 {
            let pause = words::duration(self.paused_us);
            remarks.push(say!("A pause of {pause} before something was asked again is left out.", pause));
        }
        remarks.join(" ")
    }

    /// The timeline as text, for the clipboard: one line per stage.
    pub fn text(&self, app: &App) -> String {
        let mut text = String::new();
        for row in &self.rows {
            for piece in &row.pieces {
                let how = match piece.outcome {
                    None if app.model.is_busy() => say!("running"),
                    None => say!("cut off"),
                    Some(outcome) => outcome.cause().map_or(Status::of_stage(piece.outcome).word(), words::cause),
                };
                let (from, took) = (words::duration(piece.from_us), words::duration(piece.took_us()));
                let (place, stage) = (place(app, &row.candidate), words::stage(piece.stage));
                text.push_str(&format!(
                    "{place}\t{stage}\t{}\t{}\t{how}\n",
                    say!("from {from}", from),
                    say!("took {took}", took)
                ));
            }
        }
        text.push_str(&format!("{}\t{}\n", say!("total"), words::duration(self.total_us)));
        text
    }
}

/// A candidate as sentences name it: its step, else its id.
fn place(app: &App, id: &CandidateId) -> String {
    match app.step(id).and_then(|step| step.number) {
        Some(number) => say!("step {number}", number),
        None => id.to_string(),
    }
}

/// Microseconds from the beginning of the run to what the screen shows as now.
fn now_us(app: &App) -> u64 {
    let waited = if app.model.is_busy() { app.ui.waited_us } else { 0 };
    app.model.at_us().saturating_add(waited)
}

/// The stages of a candidate that ran or run.
fn ran(state: &CandidateState) -> impl Iterator<Item = (Stage, &StageState)> {
    let ran = |state: &StageState| !matches!(state.outcome, Some(Outcome::Skipped { .. } | Outcome::NotApplicable));
    state.stages.iter().filter(move |(_, state)| ran(state) && !state.assumed).map(|(stage, state)| (*stage, state))
}

/// Times in which no stage ran before one was asked again, the first at first.
fn pauses(ordered: &[&CandidateState], now: u64) -> Vec<Pause> {
    let mut all: Vec<&StageState> = ordered.iter().flat_map(|state| ran(state)).map(|(_, state)| state).collect();
    all.sort_by_key(|state| state.started_us);
    let mut reached = 0;
    let mut pauses = Vec::new();
    for state in all {
        if state.attempt > 1 && state.started_us > reached {
            pauses.push(Pause { at_us: reached, length_us: state.started_us - reached });
        }
        reached = reached.max(state.ended_us(now));
    }
    pauses
}

/// An axis: how much time so many columns stand for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Axis {
    /// Microseconds from its left to its right end; never 0.
    pub span_us: u64,
    /// Microseconds between two of its marks; never 0.
    pub step_us: u64,
    /// Its columns.
    pub columns: usize,
}

/// Columns between two marks, at least: a label and some space.
const MARK_COLUMNS: u64 = 10;

/// The shortest axis: what is faster cannot be told apart anyway.
const SHORTEST_US: u64 = 1_000;

impl Axis {
    /// An axis of so many columns for a time. While the time grows the axis is taken longer, so that it moves seldom.
    pub fn new(time_us: u64, growing: bool, columns: usize) -> Self {
        let time = time_us.max(SHORTEST_US);
        let span_us = if growing { rounded(time, &[10, 15, 20, 30, 50, 75, 100]) } else { time };
        let columns_wide = u64::try_from(columns).unwrap_or(u64::MAX).max(1);
        let least = (span_us / columns_wide).saturating_add(1).saturating_mul(MARK_COLUMNS);
        Self { span_us, step_us: rounded(least.max(100), &[10, 20, 50, 100]), columns }
    }

    /// The column in which a moment lies; the last one for what comes later.
    pub fn column(&self, at_us: u64) -> usize {
        let wide = u128::try_from(self.columns).unwrap_or(0);
        let column = u128::from(at_us) * wide / u128::from(self.span_us.max(1));
        usize::try_from(column).unwrap_or(usize::MAX).min(self.columns.saturating_sub(1))
    }

    /// Its marks: column and label, from the left.
    pub fn marks(&self) -> Vec<(usize, String)> {
        let count = self.span_us / self.step_us.max(1);
        // The step leaves room for a label, so there are never more marks than columns.
        let count = count.min(u64::try_from(self.columns).unwrap_or(u64::MAX));
        (0..=count)
            .map(|number| number * self.step_us)
            .filter(|at| *at < self.span_us)
            .map(|at| (self.column(at), self.label(at)))
            .collect()
    }

    fn label(&self, at_us: u64) -> String {
        match (at_us, self.span_us, self.step_us) {
            (0, ..) => "0".to_owned(),
            (_, 1_000_000.., step) if step % 1_000_000 == 0 => format!("{} s", at_us / 1_000_000),
            (_, 1_000_000.., step) if step % 100_000 == 0 => {
                format!("{}.{} s", at_us / 1_000_000, at_us / 100_000 % 10)
            }
            (_, 1_000_000.., _) => format!("{}.{:02} s", at_us / 1_000_000, at_us / 10_000 % 100),
            (_, _, step) if step % 1_000 == 0 => format!("{} ms", at_us / 1_000),
            _ => format!("{}.{} ms", at_us / 1_000, at_us / 100 % 10),
        }
    }

    /// The columns of each piece of a row, in the order of the row: what began later lies above what goes on beside it,
    /// and each has at least one column, so that a fast stage is seen beside a slow one.
    pub fn places(&self, pieces: &[Piece]) -> Vec<std::ops::Range<usize>> {
        let mut places = Vec::new();
        let mut next = 0;
        for (number, piece) in pieces.iter().enumerate() {
            let last = self.columns.saturating_sub(pieces.len() - number);
            let from = self.column(piece.from_us).max(next).min(last.max(next)).min(self.columns);
            // A moment's column is the one it lies in, so what ends within a column ends before it.
            let to = self.column(piece.to_us).max(from + 1).min(self.columns);
            let to = if piece.to_us >= self.span_us { self.columns } else { to };
            places.push(from..to.max(from));
            next = from + 1;
        }
        places
    }
}

/// The smallest of these tenths of a power of ten that is no less than a time.
fn rounded(time_us: u64, tenths: &[u64]) -> u64 {
    let mut power = 1_u64;
    while power.saturating_mul(10) < time_us {
        power = power.saturating_mul(10);
    }
    let fitting = tenths.iter().map(|tenth| power.saturating_mul(*tenth) / 10).find(|rounded| *rounded >= time_us);
    fitting.unwrap_or(time_us).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn piece(stage: Stage, from_us: u64, to_us: u64) -> Piece {
        Piece { stage, from_us, to_us, outcome: Some(Outcome::Passed) }
    }

    #[test]
    fn marks_are_round_and_in_one_unit() {
        let labels = |axis: Axis| axis.marks().into_iter().map(|(_, label)| label).collect::<Vec<_>>();
        assert_eq!(labels(Axis::new(98_000, false, 50)), ["0", "20 ms", "40 ms", "60 ms", "80 ms"]);
        assert_eq!(labels(Axis::new(5_200_000, false, 60)), ["0", "1 s", "2 s", "3 s", "4 s", "5 s"]);
        assert_eq!(labels(Axis::new(1_100_000, false, 40)), ["0", "0.5 s", "1.0 s"]);
        assert_eq!(labels(Axis::new(1_900, false, 40)), ["0", "0.5 ms", "1.0 ms", "1.5 ms"]);
    }

    #[test]
    fn a_growing_axis_moves_seldom() {
        let spans = |from: u64, to: u64| {
            let mut spans: Vec<u64> = (from..to).step_by(1_000).map(|at| Axis::new(at, true, 60).span_us).collect();
            spans.dedup();
            spans
        };
        assert_eq!(spans(1_010_000, 5_000_000), [1_500_000, 2_000_000, 3_000_000, 5_000_000]);
    }

    #[test]
    fn a_fast_stage_is_seen_beside_a_slow_one() {
        let axis = Axis::new(5_000_000, false, 50);
        let pieces = [
            piece(Stage::Dns, 0, 4_000),
            piece(Stage::Tcp, 4_000, 5_000_000),
            piece(Stage::Tls, 15_000, 40_000),
            piece(Stage::Http, 40_000, 58_000),
        ];
        assert_eq!(axis.places(&pieces), [0..1, 1..50, 2..3, 3..4]);
        // At the right edge the fast ones move to the left instead of off the screen.
        let late = [
            piece(Stage::Tcp, 0, 4_990_000),
            piece(Stage::Tls, 4_990_000, 4_995_000),
            piece(Stage::Http, 4_995_000, 5_000_000),
        ];
        assert_eq!(axis.places(&late), [0..49, 48..49, 49..50]);
    }

    proptest! {
        #[test]
        fn nothing_leaves_the_axis(
            times in proptest::collection::vec((any::<u64>(), any::<u64>()), 0..8),
            time: u64, growing: bool, columns in 0usize..300,
        ) {
            let axis = Axis::new(time, growing, columns);
            let pieces: Vec<Piece> = times.into_iter().map(|(from, to)| piece(Stage::Tcp, from, to)).collect();
            for place in axis.places(&pieces) {
                prop_assert!(place.start <= place.end && place.end <= columns);
            }
            let marks = axis.marks();
            prop_assert!(marks.iter().all(|(column, _)| *column < columns.max(1)));
            let apart = marks.windows(2).all(|pair| matches!(pair, [one, two] if one.0 < two.0));
            prop_assert!(columns < 10 || apart, "{marks:?}");
        }
    }
}
