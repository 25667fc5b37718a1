//! What is in force: the values of one version of Office, a Group Policy before the user's own.

use super::{OFFICE_VERSIONS, looked_at};
use crate::event::{RegistryKind, RegistryValue, RememberedUrl, ThisPc};

/// Where WinHTTP keeps which encryption it offers, for 64-bit and for 32-bit programs (KB3140245).
pub(super) const PROTOCOL_KEYS: [&str; 2] = [
    r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings\WinHttp",
    r"HKLM\SOFTWARE\WOW6432Node\Microsoft\Windows\CurrentVersion\Internet Settings\WinHttp",
];
pub(super) const WINDOWS_KEY: &str = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion";
pub(super) const NETLOGON_KEY: &str = r"HKLM\SYSTEM\CurrentControlSet\Services\Netlogon\Parameters";
pub(super) const TCPIP_KEY: &str = r"HKLM\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters";
pub(super) const CLOUD_KEY: &str = r"HKLM\SYSTEM\CurrentControlSet\Control\CloudDomainJoin\JoinInfo";
pub(super) const TIME_KEY: &str = r"HKLM\SYSTEM\CurrentControlSet\Services\W32Time\Parameters";
pub(super) const ZONE_KEY: &str = r"HKLM\SYSTEM\CurrentControlSet\Control\TimeZoneInformation";
pub(super) const OUTLOOK_KEY: &str = r"HKLM\SOFTWARE\Classes\Outlook.Application\CurVer";

/// Names that Outlook knows under the AutoDiscover key (KB2212902, KB3211279).
const KNOWN: [&str; 15] = [
    "ExcludeScpLookup",
    "ExcludeHttpsRootDomain",
    "ExcludeHttpsAutoDiscoverDomain",
    "ExcludeHttpRedirect",
    "ExcludeSrvRecord",
    "ExcludeLastKnownGoodUrl",
    "ExcludeExplicitO365Endpoint",
    "EnableOffice365ConfigService",
    "DisableAutodiscoverV2Service",
    "PreferLocalXML",
    "PreferProvidedEmailInAutoDiscoverAuthPrompts",
    "ShowCertErrors",
    "Timeout",
    "ZeroConfigExchange",
    "ZeroConfigExchangeOnce",
];

/// The values of one version of Office on one PC.
#[derive(Clone, Copy, Debug)]
pub struct Settings<'a> {
    pc: &'a ThisPc,
    version: &'a str,
}

/// A value that is in force.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setting<'a> {
    /// The value.
    pub value: &'a RegistryValue,
    /// A Group Policy sets it, so that removing it by hand does not last.
    pub by_policy: bool,
}

impl<'a> Settings<'a> {
    /// The settings of this version, as the registry writes it (`16.0`).
    pub fn of(pc: &'a ThisPc, version: &'a str) -> Self {
        Self { pc, version }
    }

    /// The keys, the one that wins first (KB2612922). What stands under `HKEY_LOCAL_MACHINE` is documented nowhere and
    /// counts for nothing.
    pub fn keys(&self) -> [String; 2] {
        let key = |software: &str| format!(r"HKCU\{software}\Office\{}\Outlook\AutoDiscover", self.version);
        [key(r"Software\Policies\Microsoft"), key(r"Software\Microsoft")]
    }

    /// Whether both keys were looked at, so that what was not found does not exist.
    pub fn is_known(&self) -> bool {
        self.keys().iter().all(|key| looked_at(self.pc, key))
    }

    /// Whether the profiles were looked at.
    pub fn are_profiles_known(&self) -> bool {
        looked_at(self.pc, &super::profiles_key(self.version))
    }

    /// The value of this name that is in force.
    pub fn get(&self, name: &str) -> Option<Setting<'a>> {
        self.keys().iter().enumerate().find_map(|(place, key)| {
            let value = self.pc.values.iter().find(|value| value.is(key, name))?;
            Some(Setting { value, by_policy: place == 0 })
        })
    }

    /// The number of this name that is in force; text in its place counts for nothing.
    pub fn number(&self, name: &str) -> Option<u32> {
        self.get(name)?.value.number()
    }

    /// The value of this name where it is in force and 1.
    pub fn switch(&self, name: &str) -> Option<Setting<'a>> {
        self.get(name).filter(|setting| setting.value.number() == Some(1))
    }

    /// Every step of the search that is switched off, each once.
    pub fn excluded(&self) -> Vec<Setting<'a>> {
        KNOWN.iter().filter(|name| name.starts_with("Exclude")).filter_map(|name| self.switch(name)).collect()
    }

    /// The file that is named for a mail domain.
    pub fn local_xml(&self, domain: &str) -> Option<Setting<'a>> {
        self.get(domain).filter(|setting| setting.value.kind == RegistryKind::Text && !setting.value.data.is_empty())
    }

    /// Whether that file comes before everything else.
    pub fn prefers_local_xml(&self) -> bool {
        self.switch("PreferLocalXML").is_some()
    }

    /// Whether the user is not asked before settings are taken from this host (KB2480582).
    pub fn trusts_redirect_to(&self, host: &str) -> bool {
        self.redirect_servers().iter().any(|known| known.eq_ignore_ascii_case(host))
    }

    /// Hosts that may configure the account without a question.
    pub fn redirect_servers(&self) -> Vec<&'a str> {
        let keys = self.keys().map(|key| format!(r"{key}\RedirectServers"));
        let below = |value: &&RegistryValue| keys.iter().any(|key| value.key.eq_ignore_ascii_case(key));
        let hosts = self.pc.values.iter().filter(below).map(|value| value.name.as_str());
        hosts.filter(|name| !name.is_empty()).collect()
    }

    /// Seconds that Outlook waits for a silent host, where that is set: 10 to 120 (KB3211279). The article speaks of
    /// seconds, scripts write milliseconds; nobody waits for a thousand seconds.
    pub fn timeout_seconds(&self) -> Option<u32> {
        let number = self.number("Timeout").filter(|number| *number > 0)?;
        let seconds = if number >= 1000 { number / 1000 } else { number };
        Some(seconds.clamp(10, 120))
    }

    /// The URL that a profile of this version remembers for a mailbox; one that names no mailbox may be anybody's.
    pub fn last_known_good(&self, mailbox: &str) -> Option<&'a RememberedUrl> {
        let version = if self.version < "15.0" { "" } else { self.version };
        let of_version = || self.pc.remembered.iter().filter(|url| url.version == version);
        let named = |url: &&RememberedUrl| url.account.as_deref().is_some_and(|one| one.eq_ignore_ascii_case(mailbox));
        of_version().find(named).or_else(|| of_version().find(|url| url.account.is_none()))
    }
}

/// A value that Outlook passes over in silence, and why.
pub fn misspelt(pc: &ThisPc) -> Vec<(&RegistryValue, String)> {
    let autodiscover = |value: &&RegistryValue| value.key.to_ascii_lowercase().ends_with(r"\outlook\autodiscover");
    pc.values.iter().filter(autodiscover).filter_map(|value| Some((value, fault(value)?))).collect()
}

fn fault(value: &RegistryValue) -> Option<String> {
    let known = KNOWN.iter().find(|known| known.eq_ignore_ascii_case(&value.name));
    let lower = value.name.to_ascii_lowercase();
    match known {
        None if lower.starts_with("exclude") || lower.starts_with("prefer") => {
            Some("Outlook knows no such name".into())
        }
        None => None,
        Some(_) if value.kind != RegistryKind::Dword => Some("it is no REG_DWORD, so Outlook does not read it".into()),
        Some(_) if value.key.starts_with("HKLM") => Some("Outlook reads this from HKCU".into()),
        Some(_) => None,
    }
}

/// Whether Office keeps away from its online services: `UseOnlineContent` 0 (KB3060280).
pub(crate) fn is_kept_offline<'a>(pc: &'a ThisPc, version: &str) -> Option<&'a RegistryValue> {
    let keys = [r"Software\Policies\Microsoft", r"Software\Microsoft"]
        .map(|software| format!(r"HKCU\{software}\Office\{version}\Common\Internet"));
    let found = keys.iter().find_map(|key| pc.values.iter().find(|value| value.is(key, "UseOnlineContent")));
    found.filter(|value| value.number() == Some(0))
}

/// Whether connected experiences are forbidden: `DisconnectedState` 2.
pub(crate) fn is_disconnected<'a>(pc: &'a ThisPc, version: &str) -> Option<&'a RegistryValue> {
    let key = format!(r"HKCU\Software\Policies\Microsoft\Office\{version}\Common\Privacy");
    pc.values.iter().find(|value| value.is(&key, "DisconnectedState")).filter(|value| value.number() == Some(2))
}

/// The value of this name under a key that is not Office's.
pub(crate) fn value<'a>(pc: &'a ThisPc, key: &str, name: &str) -> Option<&'a RegistryValue> {
    pc.values.iter().find(|value| value.is(key, name))
}

/// Windows' own version: major and minor.
pub(crate) fn windows(pc: &ThisPc) -> Option<(u32, u32)> {
    if let Some(major) = value(pc, WINDOWS_KEY, "CurrentMajorVersionNumber").and_then(RegistryValue::number) {
        return Some((major, 0));
    }
    let (major, minor) = value(pc, WINDOWS_KEY, "CurrentVersion")?.data.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

/// The name of this Windows, as people know it.
pub(crate) fn windows_name(pc: &ThisPc) -> Option<String> {
    let name = &value(pc, WINDOWS_KEY, "ProductName")?.data;
    let build = value(pc, WINDOWS_KEY, "CurrentBuildNumber").map(|value| format!(", build {}", value.data));
    Some(format!("{name}{}", build.unwrap_or_default()))
}

/// Whether WinHTTP was told to offer TLS 1.2 (bit 0x800, KB3140245): for 64-bit programs and for 32-bit ones, each where
/// it is known.
pub(crate) fn offers_tls12(pc: &ThisPc) -> Vec<bool> {
    let known = PROTOCOL_KEYS.iter().filter(|key| looked_at(pc, key));
    let offered = |key: &&str| value(pc, key, "DefaultSecureProtocols").and_then(RegistryValue::number).unwrap_or(0);
    known.map(|key| offered(key) & 0x800 != 0).collect()
}

/// How the PC belongs to a directory, in words; nothing where nothing was looked at.
pub(crate) fn membership(pc: &ThisPc) -> Option<String> {
    let text = |key, name| value(pc, key, name).map(|value| value.data.as_str()).filter(|data| !data.is_empty());
    let site = text(NETLOGON_KEY, "DynamicSiteName").or_else(|| text(NETLOGON_KEY, "SiteName"));
    let mut parts = Vec::new();
    if let Some(site) = site {
        let domain = text(TCPIP_KEY, "Domain").map(|domain| format!(" {domain}")).unwrap_or_default();
        parts.push(format!("a member of the domain{domain}, site {site}"));
    } else if looked_at(pc, NETLOGON_KEY) {
        parts.push("no sign of a Windows domain".to_owned());
    }
    if text(CLOUD_KEY, "TenantId").is_some() {
        parts.push("joined to Microsoft Entra".to_owned());
    }
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// Who sets the clock, and its zone, in words.
pub(crate) fn clock(pc: &ThisPc) -> Option<String> {
    let zone = value(pc, ZONE_KEY, "TimeZoneKeyName").map(|value| value.data.trim_end_matches('\0').to_owned());
    let by = value(pc, TIME_KEY, "Type").map(|value| match value.data.to_ascii_lowercase().as_str() {
        "nt5ds" => "set by the domain".to_owned(),
        "ntp" => "set by a time server".to_owned(),
        "nosync" => "set by nobody (W32Time is off)".to_owned(),
        "allsync" => "set by the domain and by a time server".to_owned(),
        other => format!("set by {other}"),
    });
    let parts: Vec<String> = zone.into_iter().chain(by).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// The version of Outlook that is installed, where the registry says so (`Outlook.Application.16`).
pub(crate) fn installed(pc: &ThisPc) -> Option<&'static str> {
    let number = value(pc, OUTLOOK_KEY, "")?.data.rsplit('.').next()?;
    OFFICE_VERSIONS.into_iter().find(|version| version.strip_suffix(".0") == Some(number))
}
