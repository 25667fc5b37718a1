use super::*;
use std::path::Path;

fn settled(typed: &Typed, variables: &[(&str, &str)], text: &str) -> Result<Settings, ConfigError> {
    let variable = |name: &str| {
        let found = variables.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    let file = File::parse(Path::new("config.toml"), text)?;
    Settings::settle(typed, &variable, &file)
}

fn of_file(text: &str) -> Result<Settings, ConfigError> {
    settled(&Typed::default(), &[], text)
}

fn refused(text: &str, words: &[&str]) {
    let error = of_file(text).expect_err(text).to_string();
    for word in words {
        assert!(error.contains(word), "{word:?} is missing in {error}");
    }
}

#[test]
fn an_empty_file_means_the_defaults_and_so_do_the_defaults_themselves() {
    let empty = of_file("").expect("nothing is wrong");
    assert!(empty.rows().iter().all(|(_, _, origin)| *origin == Origin::Default));
    let text: String = SETTINGS.iter().map(|setting| format!("{} = {}\n", setting.name, setting.default)).collect();
    let said = of_file(&text).expect("nothing is wrong");
    let values = |settings: &Settings| settings.rows().into_iter().map(|(_, value, _)| value).collect::<Vec<_>>();
    assert_eq!(values(&said), values(&empty));
    assert!(said.rows().iter().all(|(_, _, origin)| matches!(origin, Origin::File(_))));
}

#[test]
fn a_flag_stands_above_a_variable_and_a_variable_above_the_file() {
    let text = "# first line\ntimeout = 9\ntheme = \"light\"\nclient = \"outlook2010\"\n";
    let variables = [("DISCOSCOPE_TIMEOUT", "8"), ("DISCOSCOPE_THEME", "mono")];
    let typed = Typed { timeout: Some(7), ..Typed::default() };
    let settings = settled(&typed, &variables, text).expect("nothing is wrong");
    assert_eq!(settings.timeout, Sourced { value: 7, origin: Origin::Flag("--timeout") });
    assert_eq!(settings.theme, Sourced { value: ThemeName::Mono, origin: Origin::Environment("DISCOSCOPE_THEME") });
    let client = Sourced { value: "outlook2010".to_owned(), origin: Origin::File("config.toml:4".to_owned()) };
    assert_eq!(settings.client, client);
    assert_eq!(settings.canaries, Sourced { value: true, origin: Origin::Default });
}

#[test]
fn what_is_switched_off_in_the_file_can_be_switched_on_again() {
    let text = "canaries = false\nascii = true\n";
    let typed = Typed { no_canaries: Some(false), ascii: Some(false), ..Typed::default() };
    let settings = settled(&typed, &[], text).expect("nothing is wrong");
    assert!(settings.canaries.value && !settings.ascii.value);
    let settings = settled(&Typed::default(), &[("DISCOSCOPE_CANARIES", "yes")], text).expect("nothing is wrong");
    assert!(settings.canaries.value && settings.ascii.value);
}

#[test]
fn resolvers_are_a_list() {
    let settings = of_file("resolver = [\"10.0.0.2\", \"1.1.1.1:53\"]").expect("nothing is wrong");
    assert_eq!(settings.resolver.value, ["10.0.0.2", "1.1.1.1:53"]);
    let settings = settled(&Typed::default(), &[("DISCOSCOPE_RESOLVER", "10.0.0.2, 10.0.0.3")], "");
    assert_eq!(settings.expect("nothing is wrong").resolver.value, ["10.0.0.2", "10.0.0.3"]);
}

#[test]
fn this_machines_own_servers_come_first_or_not_at_all() {
    let settings = of_file("resolver = [\"system\", \"1.1.1.1\"]").expect("nothing is wrong");
    assert_eq!(settings.resolver.value, ["system", "1.1.1.1"]);
    refused("resolver = [\"1.1.1.1\", \"system\"]", &["config.toml:1", "system"]);
}

#[test]
fn what_is_wrong_is_named_with_its_line() {
    refused("\ncolour = \"blue\"\n", &["config.toml:2", "colour", "theme"]);
    refused("timeout = 0", &["config.toml:1", "timeout = 0", "1 to 60"]);
    refused("timeout = \"5\"", &["timeout = \"5\"", "number"]);
    refused("timeout = 5.5", &["timeout = 5.5", "number"]);
    refused("# a\n# b\nclient = \"outlook97\"", &["config.toml:3", "outlook97", "outlook2013"]);
    refused("theme = \"pink\"", &["config.toml:1", "pink", "colour-blind"]);
    refused("ascii = \"yes\"", &["ascii = \"yes\"", "true or false"]);
    refused("resolver = [\"10.0.0.2\", \"nonsense\"]", &["config.toml:1", "nonsense"]);
    refused("resolver = [5]", &["resolver = [5]", "strings"]);
    refused("[keys]\nrerun = 5", &["config.toml:2", "rerun = 5", "key"]);
    refused("keys = 5", &["config.toml:1", "unknown", "keys"]);
    refused("timeout = 5\ntimeout = 6", &["config.toml:2"]);
    refused("theme = \"dark", &["config.toml:1"]);
    refused("[server]\nname = 1", &["config.toml:1", "server"]);
    let error = settled(&Typed::default(), &[("DISCOSCOPE_TIMEOUT", "abc")], "").expect_err("refused").to_string();
    assert!(error.contains("DISCOSCOPE_TIMEOUT") && error.contains("abc"), "{error}");
}

#[test]
fn a_wrong_value_is_refused_even_where_a_flag_stands_above_it() {
    let typed = Typed { timeout: Some(7), ..Typed::default() };
    assert!(settled(&typed, &[], "timeout = 0").is_err());
}
