//! The command line as a whole.

use clap::CommandFactory;

use super::*;

#[test]
fn the_definition_holds_together() {
    Cli::command().debug_assert();
}

#[test]
fn every_argument_and_command_is_explained() {
    fn check(command: &clap::Command) {
        assert!(command.get_about().is_some(), "{}", command.get_name());
        for argument in command.get_arguments().filter(|argument| !["help", "version"].contains(&argument.get_id().as_str())) {
            assert!(argument.get_help().is_some(), "{} {}", command.get_name(), argument.get_id());
        }
        command.get_subcommands().for_each(check);
    }
    check(&Cli::command());
}

#[test]
fn the_help_lists_the_exit_codes() {
    let help = Cli::command().render_long_help().to_string();
    for exit in [Exit::Done, Exit::Failed, Exit::Usage, Exit::Refused, Exit::Storage] {
        let code = ExitCode::from(exit);
        let number = [0_u8, 1, 2, 3, 4].into_iter().find(|number| ExitCode::from(*number) == code).unwrap();
        assert!(help.contains(&format!("\n  {number}  ")), "{exit:?} in {help}");
    }
}

fn global(arguments: &[&str]) -> Global {
    let arguments = ["chancery", "config"].iter().chain(arguments);
    Cli::try_parse_from(arguments).unwrap().global
}

#[test]
fn a_flag_of_its_own_is_stronger_than_set() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("empty.toml");
    std::fs::write(&file, "").unwrap();
    let file = file.to_str().unwrap();
    let loaded = global(&["--config", file, "--data-dir", "/one", "--set", "data_dir=/two", "--set", "limits.connections=7"])
        .load(Vec::new())
        .unwrap();
    assert_eq!((loaded.config.data_dir.to_str(), loaded.config.limits.connections), (Some("/one"), 7));
    let failure = global(&["--config", file, "--set", "nonsense"]).load(Vec::new()).unwrap_err();
    assert_eq!(failure.exit(), Exit::Usage);
}
