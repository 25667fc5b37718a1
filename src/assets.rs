//! Files that travel inside the program: finding pages and lab scenarios, listed by `build.rs`.

include!(concat!(env!("OUT_DIR"), "/assets.rs"));
