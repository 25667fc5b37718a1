//! The `discoscope` program: parse, dispatch, return the exit code.

use discoscope::{cli, commands};
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = cli::parse();
    match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => {
            let code = runtime.block_on(commands::run(cli));
            // A lookup of the operating system may still block a thread; nobody waits for it.
            runtime.shutdown_background();
            ExitCode::from(code)
        }
        Err(error) => {
            eprintln!("discoscope cannot start: {error}");
            ExitCode::from(discoscope::exit::CANNOT_RUN)
        }
    }
}
