//! The `discoscope` program: parse, dispatch, return the exit code.

fn main() {}
