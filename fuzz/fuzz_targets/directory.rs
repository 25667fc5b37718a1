//! Entries of Active Directory that somebody saved or pasted: LDIF, and the list that a cmdlet prints.

#![no_main]

use discoscope::{
    directory::{POINT_LIMIT, choose, dns_name, first_name, read},
    text::is_unsafe,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(export) = read(bytes) else { return };
    assert!(export.points.len() <= POINT_LIMIT);
    for point in &export.points {
        let shown = [&point.dn, &point.server, &point.binding].map(|text| text.chars().any(is_unsafe));
        assert_eq!(shown, [false; 3], "an unsafe character got through");
        let _ = (first_name(&point.dn), dns_name(&point.dn), point.sites(), point.is_pointer());
    }
    let _ = choose(&export.points, "contoso.test", Some("Berlin"));
});
