//! What the Dockerfiles and the compose file promise, as far as their text shows it.

use super::assert_none;
use super::files::{self, TextFile};

/// Works in Compose v2 only, or needs BuildKit; docker-compose 1.29 is promised too.
const NOT_IN_1_29: &[&str] = &[
    "\nname:",
    "\ninclude:",
    "required:",
    "start_interval",
    "host_ip",
    "!reset",
    "!override",
    "dockerfile_inline",
    "platforms:",
    ":+",
    "pull_policy",
    "content:",
    "restart: true",
    "restart: false",
    "pids:",
    "env_file:",
];

const BEGIN: &str = "# --- the same in Dockerfile.web and Dockerfile.processor";
const END: &str = "# --- the end of what is the same ---";

fn shared(file: &TextFile) -> &str {
    let (Some(begin), Some(end)) = (file.text.find(BEGIN), file.text.find(END)) else {
        panic!("{} has lost the lines around what both share", file.path)
    };
    &file.text[begin..end]
}

fn compose_violations(compose: &TextFile) -> Vec<String> {
    let code: String = compose
        .text
        .lines()
        .filter(|line| !line.trim_start().starts_with('#'))
        .map(|line| format!("\n{line}"))
        .collect();
    let mut found: Vec<String> = NOT_IN_1_29
        .iter()
        .filter(|word| code.contains(*word))
        .map(|word| format!("{:?} does not work in docker-compose 1.29", word.trim()))
        .collect();
    // `${A:-${B}}` is silently read as `${B}` by 1.29.
    if code.contains(":-${") {
        found.push("a default within a default does not work in docker-compose 1.29".into());
    }
    for line in code.lines().filter(|line| line.contains("300") && line.contains("ports:")) {
        if !line.contains("127.0.0.1:") && !line.contains("3000") {
            found.push(format!("only port 3000 is public, not {}", line.trim()));
        }
    }
    found
}

#[test]
fn both_dockerfiles_share_their_first_layers() {
    let (web, processor) = (files::read("Dockerfile.web"), files::read("Dockerfile.processor"));
    assert_eq!(shared(&web), shared(&processor), "the shared parts differ, so everything would be compiled twice");
    for file in [&web, &processor] {
        assert!(!file.text.contains("RUN --"), "{} needs BuildKit", file.path);
    }
}

#[test]
fn the_compose_file_works_in_1_29_and_opens_only_web() {
    let compose = files::read("docker-compose.yml");
    assert_none(compose_violations(&compose));
    assert_eq!(
        compose.text.matches("<<: *hardened").count() + compose.text.matches("<<: *migrate\n").count(),
        8,
        "a service is not hardened"
    );
}

#[test]
fn what_only_v2_knows_is_seen() {
    let check = |text: &str| {
        assert!(!compose_violations(&TextFile::new("docker-compose.yml", text)).is_empty(), "{text:?} passed")
    };
    check("name: x\n");
    check("services:\n  web:\n    pull_policy: missing\n");
    check("      A: ${A:-${B}}\n");
    check("    ports: [\"3003:3003\"]\n");
}
