//! The private form of texts and recordings: whatever they hold, it can be made and written.

#![no_main]

use discoscope::{
    recording,
    redaction::{Redactor, without_passwords},
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let _ = without_passwords(&text);
    let mut redactor = Redactor::default();
    let _ = redactor.text(&text);
    if let Ok(recording) = recording::read(bytes) {
        for envelope in &recording.envelopes {
            let private = redactor.redact(envelope);
            recording::write_line(&private, &mut Vec::new()).expect("memory can be written");
        }
    }
});
