//! What a PC says: exports of the registry, the output of `reg query`, and lines of a hosts file.

#![no_main]

use discoscope::{pc, text::is_unsafe};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let text = pc::decode(bytes);
    let _ = pc::is_from_registry(&text);
    for domain in [None, Some("contoso.test")] {
        let read = pc::read_text(&text, domain);
        for value in &read.values {
            let shown = [&value.key, &value.name, &value.data].map(|text| text.chars().any(is_unsafe));
            assert_eq!(shown, [false; 3], "an unsafe character got through");
        }
        let _ = pc::user_proxy(&read);
        let _ = pc::machine_proxies(&read);
        let _ = pc::misspelt(&read);
    }
});
