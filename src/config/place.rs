//! Where the configuration file and the user's data are: one place for each platform.

use std::path::{Path, PathBuf};

/// Kinds of systems that keep such files in different places.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum System {
    /// `%APPDATA%\discoscope\config.toml`.
    Windows,
    /// `~/Library/Application Support/discoscope/config.toml`.
    MacOs,
    /// `$XDG_CONFIG_HOME/discoscope/config.toml`, else `~/.config/discoscope/config.toml` (XDG Base Directory
    /// Specification).
    Other,
}

/// The system that this program was built for.
pub const HERE: System = if cfg!(windows) {
    System::Windows
} else if cfg!(target_os = "macos") {
    System::MacOs
} else {
    System::Other
};

/// The file's usual place; nothing where the environment names no folder of the user's.
pub fn usual(system: System, variable: &dyn Fn(&str) -> Option<String>) -> Option<PathBuf> {
    let folder = |name: &str| variable(name).map(PathBuf::from);
    let home = || folder("HOME");
    let settings = match system {
        System::Windows => folder("APPDATA")?,
        System::MacOs => home()?.join("Library").join("Application Support"),
        // The specification has relative paths ignored.
        System::Other => match folder("XDG_CONFIG_HOME").filter(|path| path.has_root()) {
            Some(folder) => folder,
            None => home()?.join(".config"),
        },
    };
    Some(settings.join(Path::new("discoscope")).join("config.toml"))
}

/// The folder for what this program keeps for the user; nothing where the environment names none.
pub fn data(system: System, variable: &dyn Fn(&str) -> Option<String>) -> Option<PathBuf> {
    let folder = |name: &str| variable(name).map(PathBuf::from);
    let home = || folder("HOME");
    let data = match system {
        System::Windows => folder("LOCALAPPDATA").or_else(|| folder("APPDATA"))?,
        System::MacOs => home()?.join("Library").join("Application Support"),
        System::Other => match folder("XDG_DATA_HOME").filter(|path| path.has_root()) {
            Some(folder) => folder,
            None => home()?.join(".local").join("share"),
        },
    };
    Some(data.join("discoscope"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(name: &str) -> Option<String> {
        let value = match name {
            "HOME" => "/home/anna",
            "XDG_CONFIG_HOME" => "/etc/anna",
            "APPDATA" => "/users/anna/roaming",
            _ => return None,
        };
        Some(value.to_owned())
    }

    fn home_only(name: &str) -> Option<String> {
        environment(name).filter(|_| name == "HOME")
    }

    #[test]
    fn each_system_has_its_folder_for_data() {
        let path = |text: &str| Some(PathBuf::from(text));
        assert_eq!(data(System::Other, &home_only), path("/home/anna/.local/share/discoscope"));
        assert_eq!(data(System::Windows, &environment), path("/users/anna/roaming/discoscope"));
        let apart = |name: &str| (name == "XDG_DATA_HOME").then(|| "/data/anna".to_owned());
        assert_eq!(data(System::Other, &apart), path("/data/anna/discoscope"));
        assert_eq!(data(System::MacOs, &home_only), path("/home/anna/Library/Application Support/discoscope"));
        assert_eq!(data(System::Windows, &home_only), None);
    }

    #[test]
    fn each_system_has_its_place() {
        let place = |system, variable: &dyn Fn(&str) -> Option<String>| usual(system, variable);
        let path = |text: &str| Some(PathBuf::from(text));
        assert_eq!(place(System::Other, &environment), path("/etc/anna/discoscope/config.toml"));
        assert_eq!(place(System::Other, &home_only), path("/home/anna/.config/discoscope/config.toml"));
        assert_eq!(
            place(System::MacOs, &environment),
            path("/home/anna/Library/Application Support/discoscope/config.toml")
        );
        assert_eq!(place(System::Windows, &environment), path("/users/anna/roaming/discoscope/config.toml"));
        assert_eq!(place(System::Windows, &home_only), None);
        assert_eq!(place(System::Other, &|name| (name == "XDG_CONFIG_HOME").then(|| "relative".to_owned())), None);
    }
}
