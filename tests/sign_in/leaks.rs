//! The password and the token, and every place that must not hold them.

use crate::{
    screen, support,
    world::{PASSWORD, USER},
};
use base64::{Engine as _, engine::general_purpose};
use crossterm::event::KeyCode;
use discoscope::{
    diagnosis::diagnose,
    event::{ClientFamily, Envelope},
    recording,
    report::{self, Format},
    tui::app::App,
};
use screen::{drawn, press};

/// An access token, as rare.
pub const TOKEN: &str = "eyJ0eXAi.Qx7zebraVault-token.c2ln";

/// The forms in which the password, or what proves it, could be somewhere.
fn forms() -> Vec<Vec<u8>> {
    let pair = format!("{USER}:{PASSWORD}");
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let mut forms =
        vec![PASSWORD.as_bytes().to_vec(), utf16(PASSWORD), b"Qx7&amp;zebra".to_vec(), b"Qx7%26zebra".to_vec()];
    for bytes in [PASSWORD.as_bytes().to_vec(), pair.into_bytes(), utf16(PASSWORD)] {
        let encoded = general_purpose::STANDARD_NO_PAD.encode(&bytes);
        // The last letter may differ where more follows.
        forms.push(encoded.as_bytes()[..encoded.len() - 1].to_vec());
    }
    forms.push(TOKEN.as_bytes().to_vec());
    let token = general_purpose::STANDARD_NO_PAD.encode(TOKEN);
    forms.push(token.as_bytes()[..token.len() - 1].to_vec());
    // What opens the session that the sign-in began.
    forms.push(b"Session-Zebra".to_vec());
    // Every message of NTLM begins so, in base64 and in hexadecimal.
    forms.push(b"TlRMTVNTUAAD".to_vec());
    forms.push(b"TlRMTVNTUAAC".to_vec());
    forms.push(b"4e544c4d53535000".to_vec());
    forms
}

#[track_caller]
pub fn holds_nothing(place: &str, bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes).to_ascii_lowercase();
    for form in forms() {
        let form = String::from_utf8_lossy(&form).to_ascii_lowercase();
        assert!(!text.contains(&form), "{place} holds {form:?}");
    }
}

pub fn scan(envelopes: &[Envelope]) {
    let mut recorded = Vec::new();
    for envelope in envelopes {
        recording::write_line(envelope, &mut recorded).expect("memory can be written");
    }
    holds_nothing("the recording", &recorded);
    holds_nothing("an event as this program prints it", format!("{envelopes:?}").as_bytes());
    let (model, diagnosis) = support::conclude(envelopes, ClientFamily::default());
    for format in [Format::Text, Format::Json, Format::Markdown, Format::Html] {
        let mut written = Vec::new();
        report::write(format, &model, &diagnosis, &mut written).expect("memory can be written");
        holds_nothing(&format!("the report as {format:?}"), &written);
    }
    let mut app = app(envelopes);
    for way in ["", "\n", "\n\n", "c", "t", "a", ":"] {
        let keys = way.chars().map(|key| if key == '\n' { KeyCode::Enter } else { KeyCode::Char(key) });
        for key in keys.chain([KeyCode::Char('y'), KeyCode::Down, KeyCode::Char('y')]) {
            let effects = press(&mut app, &[key]);
            holds_nothing("the clipboard", format!("{effects:?}").as_bytes());
            holds_nothing("the screen", drawn(&app).as_bytes());
        }
        press(&mut app, &[KeyCode::Esc; 6]);
    }
    holds_nothing("the application", format!("{app:?}").as_bytes());
}

pub fn app(envelopes: &[Envelope]) -> App {
    screen::app(diagnose, (160, 200), false, envelopes.to_vec())
}
