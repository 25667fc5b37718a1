//! Two domain controllers of one forest compared: what has not reached both.

use crate::event::{ConnectionPoint, DirectoryAnswer};

/// One entry that two domain controllers do not hold alike.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Difference {
    /// The server that the entry belongs to.
    pub server: String,
    /// The entry here, in words.
    pub here: String,
    /// The entry there, in words.
    pub there: String,
}

/// Every entry that is not the same in both; none where one of them was not read to its end.
pub fn differences(here: &DirectoryAnswer, there: &DirectoryAnswer) -> Vec<Difference> {
    if !(here.is_complete() && there.is_complete()) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for point in &here.points {
        let other = there.points.iter().find(|other| is_same(point, other));
        if other.is_none_or(|other| !holds_the_same(point, other)) {
            found.push(Difference { server: point.server.clone(), here: words(Some(point)), there: words(other) });
        }
    }
    for point in there.points.iter().filter(|point| !here.points.iter().any(|other| is_same(point, other))) {
        found.push(Difference { server: point.server.clone(), here: words(None), there: words(Some(point)) });
    }
    found
}

fn is_same(one: &ConnectionPoint, other: &ConnectionPoint) -> bool {
    one.dn.eq_ignore_ascii_case(&other.dn)
}

/// Values have no order (RFC 4512 2.5).
fn holds_the_same(one: &ConnectionPoint, other: &ConnectionPoint) -> bool {
    let sorted = |point: &ConnectionPoint| {
        let mut keywords: Vec<String> = point.keywords.iter().map(|keyword| keyword.to_lowercase()).collect();
        keywords.sort_unstable();
        keywords
    };
    one.binding == other.binding && sorted(one) == sorted(other)
}

fn words(point: Option<&ConnectionPoint>) -> String {
    let Some(point) = point else { return "no such entry".to_owned() };
    let sites = point.sites();
    if sites.is_empty() { point.binding.clone() } else { format!("{} for {}", point.binding, sites.join(", ")) }
}
