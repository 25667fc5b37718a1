//! Where everything goes: pure functions from a size and a state to rectangles.
//!
//! ```text
//! header ─────────────────────────────────
//! first pane (list)     │ second pane (text)
//! verdict, two lines or three ────────────
//! footer ─────────────────────────────────
//! ```

use super::app::{Focus, Level};
use ratatui::layout::Rect;

/// Smallest screen that is drawn, in columns and rows.
pub const SMALLEST: (u16, u16) = (40, 10);

/// From this width on the panes of the overview stand side by side.
const SIDE_BY_SIDE: u16 = 80;

/// From this width on chain and certificate stand side by side.
const CHAIN_BESIDE: u16 = 100;

/// Rows from which the verdict has three: why it fails, or a notice, needs the third.
const ROOM_FOR_REASONS: u16 = 18;

/// Body rows from which one pane may stand above the other.
const ONE_ABOVE: u16 = 13;

/// What the layout depends on besides the size.
#[derive(Clone, Copy, Debug)]
pub struct ViewState {
    /// How deep the reader is.
    pub level: Level,
    /// Which pane has the keyboard.
    pub focus: Focus,
    /// The pane with the keyboard takes the whole body.
    pub zoom: bool,
    /// Rows that the first pane holds, where it stands above the other.
    pub rows: u16,
    /// The verdict is shown on a card above the panes, where there is room.
    pub card: bool,
}

/// Rectangles of the screen; a pane that is not shown is absent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Areas {
    /// Top line.
    pub header: Rect,
    /// Title card, for an audience.
    pub card: Option<Rect>,
    /// List of candidates, stages or certificates.
    pub first: Option<Rect>,
    /// Text about what is selected in the first pane.
    pub second: Option<Rect>,
    /// Verdict.
    pub verdict: Rect,
    /// Keys.
    pub footer: Rect,
}

/// The rectangles for a screen; absent when it is too small for anything but a message.
pub fn areas(screen: Rect, state: ViewState) -> Option<Areas> {
    if screen.width < SMALLEST.0 || screen.height < SMALLEST.1 {
        return None;
    }
    let row = |y: u16, height: u16| Rect { x: screen.x, y: screen.y + y, width: screen.width, height };
    let card = card_rows(screen, state);
    let verdict = verdict_rows(screen);
    let body = row(1 + card, screen.height - 2 - verdict - card);
    let (first, second) = panes(body, state);
    let verdict = row(screen.height - 1 - verdict, verdict);
    let card = (card > 0).then(|| row(1, card));
    Some(Areas { header: row(0, 1), card, first, second, verdict, footer: row(screen.height - 1, 1) })
}

/// Rows of the verdict.
pub fn verdict_rows(screen: Rect) -> u16 {
    if screen.height >= ROOM_FOR_REASONS { 3 } else { 2 }
}

/// Rows of the title card: with a frame, without one, or none where the panes need the room.
fn card_rows(screen: Rect, state: ViewState) -> u16 {
    match screen.height {
        _ if !state.card => 0,
        24.. => 3,
        18.. => 1,
        _ => 0,
    }
}

/// Whether only one pane is shown for want of room.
pub fn is_single(screen: Rect, level: Level) -> bool {
    match level {
        Level::Raw | Level::Timeline | Level::Views => true,
        Level::Overview => screen.width < SIDE_BY_SIDE,
        Level::Stages => screen.width < SIDE_BY_SIDE && screen.height < ONE_ABOVE + 4,
        Level::Certificate => screen.width < CHAIN_BESIDE && screen.height < ONE_ABOVE + 4,
    }
}

fn panes(body: Rect, state: ViewState) -> (Option<Rect>, Option<Rect>) {
    let screen = Rect { height: body.height + 4, ..body };
    if matches!(state.level, Level::Raw | Level::Views) {
        return (None, Some(body));
    }
    if state.level == Level::Timeline {
        return (Some(body), None);
    }
    if state.zoom || is_single(screen, state.level) {
        return match state.focus {
            Focus::First => (Some(body), None),
            Focus::Second => (None, Some(body)),
        };
    }
    let beside = match state.level {
        Level::Certificate => CHAIN_BESIDE,
        Level::Overview | Level::Timeline | Level::Views | Level::Stages | Level::Raw => SIDE_BY_SIDE,
    };
    if body.width >= beside {
        let width = match state.level {
            Level::Overview | Level::Timeline => (body.width * 43 / 100).clamp(37, 60),
            Level::Stages => (body.width * 30 / 100).clamp(32, 44),
            Level::Certificate | Level::Raw | Level::Views => (body.width * 36 / 100).clamp(36, 56),
        };
        let second = Rect { x: body.x + width, width: body.width - width, ..body };
        return (Some(Rect { width, ..body }), Some(second));
    }
    let height = (state.rows + 2).clamp(3, body.height / 2);
    let second = Rect { y: body.y + height, height: body.height - height, ..body };
    (Some(Rect { height, ..body }), Some(second))
}

/// One candidate's place in the list.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Slot {
    /// Which candidate, counted from 0 in the client's order.
    pub index: usize,
    /// Where.
    pub area: Rect,
    /// Whether it has a frame and a line for its stages.
    pub open: bool,
}

/// Rows of an open candidate.
const OPEN_ROWS: u16 = 3;

/// Distributes the list's height: everybody gets a line, then those with the highest priority get a frame, the selected
/// one first; what still does not fit scrolls, with the selected one in sight.
pub fn slots(area: Rect, priorities: &[u8], selected: usize) -> Vec<Slot> {
    let count = priorities.len();
    let mut open = vec![false; count];
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by_key(|index| (*index != selected, std::cmp::Reverse(priorities.get(*index).copied()), *index));
    let mut used = u16::try_from(count).unwrap_or(u16::MAX);
    for index in order {
        let fits = used.saturating_add(OPEN_ROWS - 1) <= area.height;
        if (fits || (index == selected && area.height >= OPEN_ROWS + 2))
            && let Some(open) = open.get_mut(index)
        {
            *open = true;
            used = used.saturating_add(OPEN_ROWS - 1);
        }
    }
    place(area, &open, selected)
}

fn place(area: Rect, open: &[bool], selected: usize) -> Vec<Slot> {
    let heights: Vec<u16> = open.iter().map(|open| if *open { OPEN_ROWS } else { 1 }).collect();
    let total: u32 = heights.iter().map(|height| u32::from(*height)).sum();
    let above: u32 = heights.iter().take(selected).map(|height| u32::from(*height)).sum();
    let own = heights.get(selected).copied().unwrap_or(1);
    let spare = total.saturating_sub(u32::from(area.height));
    let middle = u32::from(area.height.saturating_sub(own) / 2);
    let mut skip = above.saturating_sub(middle).min(spare);
    let mut slots = Vec::new();
    let mut y = area.y;
    for (index, (height, open)) in heights.into_iter().zip(open).enumerate() {
        if skip > 0 {
            // Whole candidates scroll away, so the list may begin a row late.
            skip = skip.saturating_sub(u32::from(height));
            continue;
        }
        if y + height > area.y + area.height {
            break;
        }
        slots.push(Slot { index, area: Rect { y, height, ..area }, open: *open });
        y += height;
    }
    slots
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(width: u16, height: u16, state: ViewState) -> String {
        let Some(areas) = areas(Rect::new(0, 0, width, height), state) else {
            return "too small".to_owned();
        };
        let mut rows = vec![vec!['.'; usize::from(width / 4)]; usize::from(height)];
        let named = [('h', Some(areas.header)), ('1', areas.first), ('2', areas.second), ('v', Some(areas.verdict))];
        for (letter, area) in named.into_iter().chain([('f', Some(areas.footer))]) {
            let Some(area) = area else { continue };
            for y in area.y..area.bottom() {
                for x in (area.x.div_ceil(4))..(area.right() / 4) {
                    rows[usize::from(y)][usize::from(x)] = letter;
                }
            }
        }
        rows.into_iter().map(|row| row.into_iter().collect::<String>() + "\n").collect()
    }

    fn state(level: Level, focus: Focus) -> ViewState {
        ViewState { level, focus, zoom: false, rows: 2, card: false }
    }

    #[test]
    fn wide_screens_show_both_panes_side_by_side() {
        let expected = "\
hhhhhhhhhhhhhhhhhhhh
111111111.2222222222
111111111.2222222222
111111111.2222222222
111111111.2222222222
111111111.2222222222
111111111.2222222222
vvvvvvvvvvvvvvvvvvvv
vvvvvvvvvvvvvvvvvvvv
ffffffffffffffffffff
";
        assert_eq!(drawn(80, 10, state(Level::Overview, Focus::First)), expected);
    }

    #[test]
    fn narrow_screens_show_the_pane_with_the_keyboard() {
        let first = areas(Rect::new(0, 0, 79, 24), state(Level::Overview, Focus::First)).expect("large enough");
        assert_eq!((first.first, first.second), (Some(Rect::new(0, 1, 79, 19)), None));
        let second = areas(Rect::new(0, 0, 40, 10), state(Level::Overview, Focus::Second)).expect("large enough");
        assert_eq!((second.first, second.second), (None, Some(Rect::new(0, 1, 40, 6))));
    }

    #[test]
    fn a_chain_stands_above_its_certificate_at_80_columns() {
        let areas = areas(Rect::new(0, 0, 80, 24), state(Level::Certificate, Focus::First)).expect("large enough");
        assert_eq!(areas.first, Some(Rect::new(0, 1, 80, 4)));
        assert_eq!(areas.second, Some(Rect::new(0, 5, 80, 15)));
    }

    #[test]
    fn a_zoomed_pane_takes_the_body() {
        let zoomed = ViewState { zoom: true, ..state(Level::Overview, Focus::Second) };
        let areas = areas(Rect::new(0, 0, 160, 45), zoomed).expect("large enough");
        assert_eq!((areas.first, areas.second), (None, Some(Rect::new(0, 1, 160, 40))));
    }

    #[test]
    fn below_the_smallest_size_nothing_is_laid_out() {
        assert_eq!(drawn(39, 24, state(Level::Overview, Focus::First)), "too small");
        assert_eq!(drawn(80, 9, state(Level::Overview, Focus::First)), "too small");
    }

    #[test]
    fn the_selected_and_the_failing_get_frames_first() {
        let slots = slots(Rect::new(0, 0, 40, 8), &[0, 1, 3, 1], 3);
        let open: Vec<usize> = slots.iter().filter(|slot| slot.open).map(|slot| slot.index).collect();
        assert_eq!(open, [2, 3]);
        assert_eq!(slots.len(), 4);
    }

    #[test]
    fn the_selected_stays_in_sight() {
        for selected in 0..30 {
            for height in 1..12 {
                let slots = slots(Rect::new(0, 0, 40, height), &[1; 30], selected);
                assert!(slots.iter().any(|slot| slot.index == selected), "{selected} of 30 in {height} rows");
                assert!(slots.iter().all(|slot| slot.area.bottom() <= height));
            }
        }
    }
}
