//! Times of validity as people read them.

use jiff::Timestamp;

/// A day in ISO form, or that it is unreadable; [`crate::language::known`] translates that.
pub fn day(time: Option<Timestamp>) -> String {
    time.map_or_else(|| said!("unreadable").to_owned(), |time| time.strftime("%Y-%m-%d").to_string())
}

/// A minute in UTC, or that it cannot be read; [`crate::language::known`] translates that.
pub fn minute(time: Option<Timestamp>) -> String {
    time.map_or_else(|| said!("cannot be read").to_owned(), |time| time.strftime("%Y-%m-%d %H:%M UTC").to_string())
}
