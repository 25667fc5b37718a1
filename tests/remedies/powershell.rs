//! PowerShell, held against a grammar of the language: what does not parse cannot be pasted.
//!
//! The grammar knows the language and neither cmdlets nor their parameters. It is made for PowerShell 7, and lenient in
//! words without quotation marks; what Windows PowerShell 5.1 would refuse, which runs the Exchange Management Shell, is
//! therefore looked for in the tree.

use discoscope::catalogue::{self, FilledRemedy, Values};
use tree_sitter::{Node, Parser};

/// Kinds of text that PowerShell reads.
const KINDS: [&str; 2] = ["powershell", "exchange"];
/// Parts of the tree that only PowerShell 7 has.
const NEWER: [&str; 3] = ["pipeline_chain_tail", "ternary_expression", "null_coalesce_expression"];

/// Why PowerShell would not read a text of this kind; nothing where it would, and where the text is not for it.
pub fn complaint(kind: &str, text: &str) -> Option<String> {
    KINDS.contains(&kind).then(|| problem(text)).flatten()
}

fn problem(text: &str) -> Option<String> {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_pwsh::LANGUAGE.into()).expect("a grammar that this parser reads");
    let tree = parser.parse(text, None).expect("no time limit is set");
    worst(tree.root_node(), text)
}

/// The first part of the tree that PowerShell would refuse, with its line.
fn worst(node: Node, text: &str) -> Option<String> {
    let words = text.get(node.byte_range()).unwrap_or_default();
    let reason = if node.is_error() || node.is_missing() {
        Some("cannot be parsed")
    } else if NEWER.contains(&node.kind()) || words == "??=" || starts_its_line(node, text) {
        Some("needs PowerShell 7")
    } else if words.contains(marks_with_a_meaning(node.kind())) {
        Some("holds a sign that has a meaning there")
    } else {
        None
    };
    match reason {
        Some(reason) => Some(format!("line {} {reason}: {words}", node.start_position().row + 1)),
        None => node.children(&mut node.walk()).find_map(|child| worst(child, text)),
    }
}

/// Whether this is a pipe with nothing before it on its line.
fn starts_its_line(node: Node, text: &str) -> bool {
    let before = text.get(..node.start_byte()).unwrap_or_default();
    node.kind() == "|" && before.rsplit('\n').next().is_some_and(|line| line.trim().is_empty())
}

/// Signs that PowerShell would not read as part of such a word or string, and the grammar does. Typographic quotation
/// marks are quotation marks to PowerShell.
fn marks_with_a_meaning(kind: &str) -> &'static [char] {
    match kind {
        "verbatim_string_characters" => &['\u{2018}', '\u{2019}', '\u{201a}', '\u{201b}'],
        "expandable_string_literal" => &['\u{201c}', '\u{201d}', '\u{201e}'],
        "generic_token" | "command_name" => {
            &['"', '\'', '<', '>', '\u{2018}', '\u{2019}', '\u{201a}', '\u{201b}', '\u{201c}', '\u{201d}', '\u{201e}']
        }
        _ => &[],
    }
}

/// What is pasted or typed of a remedy: its text, and the commands in backticks that undo and check it, where a
/// parameter by itself is none.
fn commands(remedy: &FilledRemedy) -> Vec<&str> {
    let asides = [&remedy.undo, &remedy.check];
    let spans = asides.into_iter().flat_map(|aside| aside.split('`').skip(1).step_by(2));
    spans.filter(|span| !span.starts_with('-')).chain([remedy.text.as_str()]).collect()
}

/// Also what no scenario offers: every page, with a word in every placeholder.
#[test]
fn powershell_of_every_page_can_be_parsed() {
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for page in catalogue::pages() {
        let names = page.placeholders();
        let filled = page.fill(&Values::new());
        for remedy in filled.remedies.iter().filter(|remedy| KINDS.contains(&remedy.kind)) {
            for command in commands(remedy) {
                seen += 1;
                let whole =
                    names.iter().fold(command.to_owned(), |text, name| text.replace(&format!("<{name}>"), "word"));
                wrong.extend(problem(&whole).map(|problem| format!("{} / {}: {problem}", page.id, remedy.id)));
            }
        }
    }
    assert!(seen > 100, "only {seen} texts: this check would prove little");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A check that cannot fail proves nothing.
#[test]
fn what_powershell_refuses_is_refused() {
    for broken in [
        // Quotation marks.
        "Add-X -Name \"a",
        "Add-X -Name 'a",
        "Add-X -Name \"a\" \"b",
        "Add-X -Name \"a\"b\" -Force",
        "Add-X -Name \"a\nAdd-X -Name \"b\"",
        "Add-X 'O'Brien'",
        "Add-X 'O\u{2019}Brien'",
        "Add-X \"O\u{201d}Brien\"",
        "Add-X \u{201c}a b",
        "Set-Content $env:TEMP\\mail.req\" $request",
        "Add-X $(Get-X \"a)",
        "$a = @'\ntext",
        // Braces and parentheses.
        "Get-X | Where-Object { $_.Name -eq \"a\" | Remove-X",
        "Get-X -Filter {Name -eq 'a'",
        "Get-X }",
        "Get-X\n}\nGet-Y",
        "(Get-X",
        "Get-X (Get-Y))",
        "Get-X @{Add = 'a'",
        "Get-X \"$(Get-Y\"",
        "[IO.File]::ReadAllBytes(\"a\"",
        "[IO.File::ReadAllBytes(\"a\")",
        // Pipes, commas and operators with nothing behind them.
        "Get-X |",
        "Get-X | \n",
        "| Get-X",
        "Get-X | | Get-Y",
        "Get-X a,",
        "$a =",
        "(Get-X).",
        "Get-X -Name \"a\" >",
        // A gap that nothing protects.
        "Get-X <name>",
        "Get-X <name of the server>",
        // What Windows PowerShell 5.1 does not know.
        "Get-X && Get-Y",
        "Get-X || Get-Y",
        "$a ? 1 : 2",
        "$a ?? 1",
        "$a ??= 1",
        "Get-X\n| Get-Y",
        "Get-X\n  | Get-Y",
    ] {
        assert!(problem(broken).is_some(), "accepted: {broken}");
    }
}

/// One sign less: every quotation mark, brace and parenthesis that the language itself needs is missed.
#[test]
fn a_sign_that_is_left_out_is_noticed() {
    let sound = "$scp = Get-ADObject -SearchBase (Get-ADRootDSE).configurationNamingContext -Filter {Name -eq 'a b'}\n\
                 Get-X -ZoneName \"contoso.test\" | Where-Object { $_.HostName.TrimEnd('.') -eq \"a\" } | Set-X @{Add = 'a'} -Force";
    assert_eq!(problem(sound), None);
    let mut left_out = 0;
    for (place, _) in sound.match_indices(['"', '\'', '{', '}', '(', ')']) {
        let broken = format!("{}{}", &sound[..place], &sound[place + 1..]);
        assert!(problem(&broken).is_some(), "accepted: {broken}");
        left_out += 1;
    }
    assert!(left_out > 15, "only {left_out} signs: this check would prove little");
}

/// Comments, continued lines, strings with marks in them and gaps in strings are no fault.
#[test]
fn what_powershell_reads_is_accepted() {
    for sound in [
        "Get-X      # it\u{2019}s \"open",
        "Get-X |\n  Get-Y",
        "Get-X `\n  -Name a",
        "Get-X \"it\u{2019}s\" 'a \u{201c}b\u{201d}'",
        "Get-X \"it's\" 'say \"a\"' 'O''Brien' \"a \"\"b\"\" `\"c`\"\"",
        "Set-X \"<name of the server>\" -Url \"https://$n/EWS\" -List a,b,\"c\" -Force:$true",
        "Get-X Cert:\\LocalMachine\\CA\niisreset /noforce",
        "if ($s.Names) { Update-X -Id $s.Id }",
        "$pem = @'\n-----BEGIN\n'@\n$pem -split '(?<=a)' | Where-Object { $_.Trim() }",
    ] {
        assert_eq!(problem(sound), None, "{sound}");
    }
}
