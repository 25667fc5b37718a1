use super::*;
use crossterm::event::KeyModifiers;

fn said(name: &str, keys: &[&str]) -> Rebinding {
    let keys = keys.iter().map(|key| (*key).to_owned()).collect();
    Rebinding { name: name.to_owned(), keys, place: "config.toml:7".to_owned() }
}

fn press(code: KeyCode) -> KeyEvent {
    KeyEvent::new(code, KeyModifiers::NONE)
}

fn letter(character: char) -> KeyEvent {
    press(KeyCode::Char(character))
}

fn refused(rebindings: &[Rebinding], words: &[&str]) {
    let error = Keys::new(rebindings).expect_err("refused").to_string();
    for word in words {
        assert!(error.contains(word), "{word:?} is missing in {error}");
    }
}

#[test]
fn every_binding_but_the_digits_has_a_name_and_keeps_it_apart() {
    for binding in BINDINGS {
        assert_eq!(row_names(binding).is_empty(), matches!(binding.action, Action::Jump(_)), "{binding:?}");
    }
    // Bindings of one name are bound together, so they must not meet in one context.
    for name in names() {
        for context in Context::ALL {
            let meeting = BINDINGS.iter().filter(|binding| binding.contexts.contains(&context));
            assert!(meeting.filter(|binding| row_names(binding).contains(&name)).count() <= 1, "{name} in {context:?}");
        }
    }
}

#[test]
fn every_key_of_the_table_can_be_written_in_the_file() {
    for key in BINDINGS.iter().flat_map(|binding| binding.keys).filter(|key| **key != Key::Digit) {
        let names = NAMED.iter().map(|(name, ..)| (*name).to_owned());
        let letters = ('!'..='~').flat_map(|c| [c.to_string(), format!("ctrl-{c}"), format!("alt-{c}")]);
        let functions = (1..=12).map(|number| format!("f{number}"));
        assert!(names.chain(letters).chain(functions).any(|text| Key::parse(&text) == Some(*key)), "{key:?}");
    }
}

#[test]
fn a_key_bound_anew_works_and_is_shown_and_the_old_one_is_free() {
    let keys = Keys::new(&[said("certificate", &["x", "f5"])]).expect("bound");
    for context in [Context::Overview, Context::Stages] {
        assert_eq!(keys.action(context, letter('x')), Some(Action::Certificate));
        assert_eq!(keys.action(context, press(KeyCode::F(5))), Some(Action::Certificate));
        assert_eq!(keys.action(context, letter('c')), None);
        assert_eq!(keys.shown(context, Action::Certificate, false), "x");
    }
    // The same letter above the screen is another binding.
    assert_eq!(keys.action(Context::Questions, letter('c')), Some(Action::Copy));
}

#[test]
fn two_keys_can_change_places() {
    let keys = Keys::new(&[said("certificate", &["r"]), said("rerun", &["c"])]).expect("bound");
    assert_eq!(keys.action(Context::Overview, letter('r')), Some(Action::Certificate));
    assert_eq!(keys.action(Context::Overview, letter('c')), Some(Action::Rerun));
}

#[test]
fn one_way_of_the_arrows_is_bound_alone() {
    let keys = Keys::new(&[said("up", &["i"])]).expect("bound");
    assert_eq!(keys.action(Context::Overview, letter('i')), Some(Action::Step(-1)));
    assert_eq!(keys.action(Context::Overview, press(KeyCode::Up)), None);
    assert_eq!(keys.action(Context::Overview, letter('j')), Some(Action::Step(1)));
    assert_eq!(keys.action(Context::Overview, press(KeyCode::Down)), Some(Action::Step(1)));
}

#[test]
fn clashes_are_refused_and_both_are_named() {
    refused(&[said("rerun", &["c"])], &["config.toml:7", "rerun", "\"c\"", "certificate", "overview"]);
    refused(&[said("open", &["?"])], &["open", "\"?\"", "help"]);
    refused(&[said("zoom", &["x"]), said("wrap", &["x"])], &["zoom", "wrap", "\"x\""]);
    refused(&[said("zoom", &["3"])], &["zoom", "jump"]);
}

#[test]
fn what_does_not_exist_is_refused_by_name() {
    refused(&[said("teleport", &["x"])], &["config.toml:7", "teleport"]);
    refused(&[said("rerun-al", &["x"])], &["rerun-al", "perhaps rerun-all"]);
    refused(&[said("jump", &["x"])], &["jump", "digits"]);
    for key in ["", "hyper-x", "f13", "xx", "ctrl-", "ctrl-?", "ctrl-i", "alt-", "é é", "\n"] {
        refused(&[said("rerun", &[key])], &["config.toml:7", "rerun", &format!("{key:?}")]);
    }
    refused(&[said("rerun", &[])], &["at least one"]);
}

#[test]
fn letters_still_type_where_text_is_typed() {
    refused(&[said("palette-open", &["x"])], &["palette-open", "typing"]);
    refused(&[said("overlay-quit-now", &["q"])], &["overlay-quit-now", "typing"]);
    refused(&[said("filter-back", &["ctrl-u"])], &["typing"]);
    Keys::new(&[said("palette-open", &["ctrl-o"])]).expect("bound");
}
