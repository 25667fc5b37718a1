//! The lab: real servers in this process, on loopback, that reproduce a case.
