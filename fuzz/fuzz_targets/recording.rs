//! A recording: read, folded, and concluded for every client, whatever it holds.

#![no_main]

use discoscope::{diagnosis, event::ClientFamily, model::Model, recording, report};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(recording) = recording::read(bytes) else { return };
    let model = Model::fold(&recording.envelopes);
    for client in ClientFamily::ALL {
        let diagnosis = diagnosis::diagnose(&model, client);
        let mut written = Vec::new();
        report::write(report::Format::Text, &model, &diagnosis, &mut written).expect("memory can be written");
        let text = String::from_utf8(written).expect("reports are text");
        assert!(!text.contains(['\u{1b}', '\u{9b}', '\u{202e}', '\u{200b}']), "an unsafe character got through");
    }
});
