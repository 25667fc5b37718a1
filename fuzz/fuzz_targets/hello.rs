//! The reader of a server's answer in clear: in one piece, and cut anywhere, it says the same.

#![no_main]

use discoscope::probe::tls::hello::{CHAIN_LIMIT, Reader};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&[u8], u8)| {
    let (bytes, size) = input;
    let mut whole = Reader::default();
    let ended = whole.feed(bytes);
    let mut pieces = Reader::default();
    let mut ended_in_pieces = None;
    for piece in bytes.chunks(usize::from(size) + 1) {
        ended_in_pieces = pieces.feed(piece);
        if ended_in_pieces.is_some() {
            break;
        }
    }
    // What is no TLS, or far too large, is told by what has come; everything else does not depend on the pieces.
    use discoscope::probe::tls::hello::Ended;
    if !matches!(ended, Some(Ended::NotTls(_) | Ended::TooLarge(_))) {
        assert_eq!(ended, ended_in_pieces);
    }
    assert!(whole.into_flight().chain.len() <= CHAIN_LIMIT);
});
