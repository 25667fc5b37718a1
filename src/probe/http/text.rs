//! Bytes of a body as text.

use crate::text::utf16;
use std::borrow::Cow;

/// Decodes a body: by its byte order mark (UTF-8, UTF-16), by the header's `charset`, as UTF-8 when it is that, and as
/// Latin-1 when not. Never fails; what is not text in the encoding becomes U+FFFD.
pub fn decode_text<'a>(bytes: &'a [u8], content_type: Option<&str>) -> Cow<'a, str> {
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => return String::from_utf8_lossy(rest),
        [0xFF, 0xFE, rest @ ..] => return Cow::Owned(utf16(rest, u16::from_le_bytes)),
        [0xFE, 0xFF, rest @ ..] => return Cow::Owned(utf16(rest, u16::from_be_bytes)),
        // XML 1.0 appendix F: `<?` without a mark.
        [b'<', 0, b'?', 0, ..] => return Cow::Owned(utf16(bytes, u16::from_le_bytes)),
        [0, b'<', 0, b'?', ..] => return Cow::Owned(utf16(bytes, u16::from_be_bytes)),
        _ => {}
    }
    let charset = content_type.and_then(charset).unwrap_or_default();
    match charset.as_str() {
        "utf-16le" => Cow::Owned(utf16(bytes, u16::from_le_bytes)),
        "utf-16be" => Cow::Owned(utf16(bytes, u16::from_be_bytes)),
        // A header that says UTF-16 over bytes that are plainly not is wrong more often than right.
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => Cow::Borrowed(text),
            // A cut in the middle of a character is no other encoding.
            Err(error) if error.error_len().is_none() || charset == "utf-8" => String::from_utf8_lossy(bytes),
            Err(_) => Cow::Owned(bytes.iter().copied().map(char::from).collect()),
        },
    }
}

fn charset(content_type: &str) -> Option<String> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let value = value.trim().trim_matches('"').to_ascii_lowercase();
        name.trim().eq_ignore_ascii_case("charset").then_some(value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_told_apart() {
        let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
        let marked = [vec![0xFF, 0xFE], wide("<é>")].concat();
        assert_eq!(decode_text(&marked, None), "<é>");
        assert_eq!(decode_text(&wide("<?xml"), None), "<?xml");
        assert_eq!(decode_text(&wide("é!"), Some("text/xml; charset=\"UTF-16LE\"")), "é!");
        assert_eq!(decode_text(b"\xEF\xBB\xBF<a/>", None), "<a/>");
        assert_eq!(decode_text("é".as_bytes(), Some("text/xml; charset=utf-16")), "é");
        assert_eq!(decode_text(b"caf\xE9!", Some("text/html; charset=iso-8859-1")), "café!");
        assert_eq!(decode_text(b"caf\xC3", None), "caf\u{FFFD}");
    }
}
