//! What Outlook shows, in words.

use crate::{
    code, language,
    walk::{Prompt, PromptKind, Recurrence},
};

/// A dialog and when it comes back; whether it is certain to be shown is for the reader to be told beside it.
pub fn dialog(prompt: &Prompt) -> String {
    let host = &prompt.host;
    let shown = match prompt.kind {
        PromptKind::SecurityAlert => {
            let code = prompt.code.map(|code| format!(" ({})", code_spellings(code))).unwrap_or_default();
            let red_lines: Vec<&str> = prompt.red_lines.iter().map(|line| language::known(line)).collect();
            say!("Security Alert for {host}; red: {red_lines}{code}", host, red_lines = red_lines.join(", "), code)
        }
        PromptKind::Consent => say!("\"Allow this website to configure ... server settings?\" for {host}", host),
        PromptKind::Password => say!("Windows Security asks for the password for {host}", host),
        PromptKind::SignIn => say!("A sign-in page for {host}", host),
    };
    format!("{shown}. {}", recurrence(prompt))
}

fn recurrence(prompt: &Prompt) -> &'static str {
    match (prompt.recurs, prompt.kind) {
        (Recurrence::WithoutEnd, _) => {
            say!("It comes back at once, whatever is typed; after some attempts the account may be locked.")
        }
        (Recurrence::EverySearch, PromptKind::Password | PromptKind::SignIn) => {
            say!("Once signed in it stays away until the stored sign-in is refused.")
        }
        (Recurrence::EverySearch, _) => {
            say!(
                "It comes back at every start and about every hour; while no settings are found about every five \
                 minutes."
            )
        }
        (Recurrence::OncePerProfile, _) => say!("Once per profile, if the user ticks not to be asked again."),
        (Recurrence::WithTheService, _) => {
            say!("Some seconds after the start, and when Out of Office or calendars are opened.")
        }
    }
}

/// A code of Outlook's log in its three spellings: `0x80072F06, 2147954438, -2147012858`.
pub fn code_spellings(code: &str) -> String {
    match code::lookup(code) {
        Some(known) => format!("{}, {}, {}", known.hex, known.unsigned, known.signed),
        None => code.to_owned(),
    }
}
