//! The answer's body, whatever it calls itself.

#![no_main]

use discoscope::probe::xml;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (Option<&str>, &[u8])| {
    let (content_type, bytes) = input;
    let answer = xml::read(bytes, content_type);
    let _ = xml::outcome(&answer);
});
