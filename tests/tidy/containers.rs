//! What the Dockerfiles and the compose file promise, as far as their text shows it.

use super::assert_none;
use super::files::{self, TextFile};
use super::graph;

/// Works in only one of Compose v2 and docker-compose 1.29, or needs BuildKit; both are promised.
const NOT_IN_BOTH: &[&str] = &[
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
    // Beside `deploy.resources.limits`, which people write into files of their own, v2 refuses a second number.
    "mem_limit:",
];

/// The one image that is somebody else's. What is built here has no name that `pull` could ask a registry for.
const POSTGRES_IMAGE: &str = "image: ${POSTGRES_IMAGE:-postgres:17}";

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
    let mut found: Vec<String> = NOT_IN_BOTH
        .iter()
        .filter(|word| code.contains(*word))
        .map(|word| format!("{:?} does not work in both versions of compose", word.trim()))
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

/// Web is compiled on layers that have not the code of the other programs.
#[test]
fn what_web_stands_on_is_there_when_its_image_is_built() {
    let dockerfile = files::read("Dockerfile.web");
    let heaps =
        shared(&dockerfile).lines().filter(|line| line.contains("/engine/crates/") || line.contains("/base/crates/"));
    let words: Vec<&str> = heaps.flat_map(str::split_whitespace).collect();
    let graph = graph::ours();
    let ours = &graph.reach("web") & &graph.members;
    assert!(ours.contains("db"), "the graph is not whole");
    let lacking = ours.iter().filter(|name| *name != "web" && !words.contains(&format!("crates/{name}").as_str()));
    assert_none(lacking.map(|name| format!("web needs {name}, which no earlier layer has")).collect());
}

#[test]
fn the_compose_file_works_in_1_29_and_opens_only_web() {
    let compose = files::read("docker-compose.yml");
    assert_none(compose_violations(&compose));
    assert_eq!(
        ["<<: *hardened", "<<: *migrate\n", "<<: *backup\n"].map(|line| compose.text.matches(line).count()),
        [7, 2, 4],
        "a service is not hardened"
    );
    // All five, the one-shots by what they share, and backups by theirs.
    assert_eq!(
        compose.text.matches("deploy: {resources: {limits: {memory: ").count(),
        7,
        "a service has no memory limit"
    );
}

/// Names of images that `pull` would ask a registry for, and whoever owns them there would ship code to our users.
fn strangers_images(compose: &TextFile) -> Vec<String> {
    let lines = compose.text.lines().map(str::trim).filter(|line| !line.starts_with('#') && line.contains("image:"));
    lines.filter(|line| *line != POSTGRES_IMAGE).map(str::to_owned).collect()
}

/// The lines of one service.
fn service<'a>(compose: &'a TextFile, name: &str) -> &'a str {
    let begin = compose.text.find(&format!("\n  {name}:\n")).unwrap_or_else(|| panic!("there is no service {name}"));
    let lines = &compose.text[begin..];
    &lines[..lines.find("\n\n").unwrap_or(lines.len())]
}

/// `docker-compose pull` asked a public registry for `pagespace/web` and the like, names that are not ours.
#[test]
fn pull_asks_nobody_for_what_is_built_here() {
    assert_none(strangers_images(&files::read("docker-compose.yml")));
    let seen = |line: &str| strangers_images(&TextFile::new("docker-compose.yml", line)).len();
    assert_eq!(seen(&format!("  postgres:\n    {POSTGRES_IMAGE}\n    # no `image:` here\n")), 0);
    for name in ["pagespace/web", "localhost/pagespace-web", "${WEB_IMAGE:-web}"] {
        assert_eq!(seen(&format!("  web:\n    image: {name}\n    build: .\n")), 1, "{name}");
    }
}

/// Each setting of PageSpace's `.env` that means nothing here reaches the one service that answers it. And the processor knows as
/// the worker does whether there is an outside service.
#[test]
fn settings_reach_the_service_that_answers_them() {
    let compose = files::read("docker-compose.yml");
    for (setting, names) in [
        ("CACHE_PATH", &["processor"][..]),
        ("FILE_STORAGE_PATH", &["processor"]),
        ("NODE_OPTIONS", &["processor"]),
        ("NODE_OPTIONS_PROCESSOR", &["processor"]),
        ("NODE_OPTIONS_WEB", &["web"]),
        ("OCR_API_MODEL", &["processor", "worker"]),
    ] {
        let line = format!("      {setting}: ${{{setting}:-}}\n");
        for name in names {
            assert!(service(&compose, name).contains(&line), "{name} does not get {setting}");
        }
        assert_eq!(compose.text.matches(&line).count(), names.len(), "{setting} would be answered more than once");
    }
}

/// M17, L16: the volume with the superuser's password and everybody's secrets was in all services, and web could write to it.
#[test]
fn m17_a_service_sees_its_own_secrets_alone() {
    let compose = files::read("docker-compose.yml");
    for name in ["processor", "realtime", "web", "worker"] {
        let lines = service(&compose, name);
        assert_eq!(lines.matches("secrets").count(), 2, "{name} has one volume of secrets:\n{lines}");
        assert!(lines.contains(&format!("\"secrets-{name}:/secrets:ro\"")), "{name} does not have its own:\n{lines}");
    }
    // Whoever else has all of them.
    let all: Vec<&str> = compose.text.lines().filter(|line| line.contains("\"secrets:/secrets")).collect();
    assert_eq!(all.len(), 4, "the anchor, and three scripts of backups: {all:#?}");
    let scripts = all.iter().filter(|line| line.contains("*scripts") && line.contains("\"secrets:/secrets:ro\""));
    assert_eq!(scripts.count(), 3, "{all:#?}");
    assert!(service(&compose, "postgres").contains("- secrets:/secrets:ro\n"), "it reads its first password there");
    assert_eq!(compose.text.matches("*all-secrets").count(), 2, "migrate, before and after the database starts");
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
