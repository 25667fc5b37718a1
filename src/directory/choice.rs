//! Which entries a client takes, and in which order.

use crate::event::{ConnectionPoint, SitePreference};
use url::Url;

/// What a client makes of the entries of one directory.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Choice<'a> {
    /// It leaves this directory and asks the one that this entry points to.
    pub pointer: Option<&'a ConnectionPoint>,
    /// The URLs that it asks, in its order; empty when a pointer leads away.
    pub urls: Vec<Chosen<'a>>,
    /// Entries whose text is no https URL.
    pub unusable: Vec<&'a ConnectionPoint>,
}

/// One URL with the entry that it comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Chosen<'a> {
    /// The URL.
    pub url: Url,
    /// The entry; the first one where several hold the same URL.
    pub point: &'a ConnectionPoint,
    /// How the entry suits the site.
    pub preference: SitePreference,
}

/// The choice as Microsoft's "Find Autodiscover endpoints by using SCP lookup" and its EWS Managed API make it: a pointer
/// for the mail domain leads away at once; else URLs for this site come first, then those for any site, then those for
/// others; else a pointer for everybody leads away. Entries of one rank keep the directory's order, which is not
/// defined.
pub fn choose<'a>(points: &'a [ConnectionPoint], domain: &str, site: Option<&str>) -> Choice<'a> {
    let (pointers, entries): (Vec<_>, Vec<_>) = points.iter().partition(|point| point.is_pointer());
    let meant = |point: &&&ConnectionPoint| point.domains().iter().any(|of| of.eq_ignore_ascii_case(domain));
    if let Some(pointer) = pointers.iter().find(meant) {
        return Choice { pointer: Some(pointer), ..Choice::default() };
    }
    let (mut urls, mut unusable): (Vec<Chosen<'_>>, Vec<_>) = (Vec::new(), Vec::new());
    for point in entries {
        match Url::parse(&point.binding).ok().filter(is_usable) {
            Some(url) => urls.push(Chosen { url, point, preference: preference(point, site) }),
            None => unusable.push(point),
        }
    }
    urls.sort_by_key(|chosen| chosen.preference);
    let mut kept: Vec<Chosen<'_>> = Vec::new();
    for chosen in urls {
        if !kept.iter().any(|known| known.url.as_str().eq_ignore_ascii_case(chosen.url.as_str())) {
            kept.push(chosen);
        }
    }
    let general = pointers.into_iter().find(|point| point.domains().is_empty());
    let pointer = general.filter(|_| kept.is_empty());
    Choice { pointer, urls: kept, unusable }
}

fn is_usable(url: &Url) -> bool {
    url.scheme() == "https" && url.host_str().is_some_and(|host| !host.is_empty()) && url.username().is_empty()
}

fn preference(point: &ConnectionPoint, site: Option<&str>) -> SitePreference {
    let sites = point.sites();
    match site {
        None => SitePreference::Unknown,
        Some(site) if sites.iter().any(|known| known.eq_ignore_ascii_case(site)) => SitePreference::Own,
        Some(_) if sites.is_empty() => SitePreference::Any,
        Some(_) => SitePreference::Other,
    }
}
