//! The tables of codes. Numbers and names of Outlook's codes are those of the Windows headers.

mod protocol;
mod windows;
mod winhttp;

pub(super) use protocol::{AUTODISCOVER_ERRORS, HTTP_STATUSES, ProtocolCode};

/// One code.
pub(super) struct Code {
    pub(super) hresult: u32,
    pub(super) symbol: &'static str,
    pub(super) stage: &'static str,
    pub(super) meaning: &'static str,
    pub(super) findings: &'static [&'static str],
}

impl Code {
    /// The Win32 number inside the HRESULT: facility 7 (FACILITY_WIN32) of [MS-ERREF] 2.1.
    pub(super) fn win32(&self) -> Option<u32> {
        (self.hresult >> 16 == 0x8007).then_some(self.hresult & 0xFFFF)
    }
}

/// Every code of the Windows headers.
pub(super) fn codes() -> impl Iterator<Item = &'static Code> {
    winhttp::CODES.iter().chain(windows::CODES)
}
