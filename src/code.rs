//! Outlook's codes: WinHTTP, WinINET and MAPI numbers in the three spellings of its log.
