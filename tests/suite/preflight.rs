//! What `deploy/preflight.sh` lets pass and what it stops, on machines that are made up: its programs are stand-ins.

use std::fs::File;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};
use tempfile::TempDir;

/// What the script and its library call beside what is made up.
const REAL: &[&str] = &[
    "basename", "bash", "cat", "date", "dirname", "env", "find", "flock", "getent", "grep", "head", "realpath", "sed",
    "sort", "tail", "tr",
];

/// A machine on which everything is right.
struct Machine {
    dir: TempDir,
    settings: Vec<(String, String)>,
}

impl Machine {
    fn new() -> Self {
        let machine = Self { dir: tempfile::tempdir().unwrap(), settings: Vec::new() };
        std::fs::create_dir(machine.bin()).unwrap();
        for name in REAL {
            let path = std::env::var("PATH").unwrap();
            let real = path.split(':').map(|folder| Path::new(folder).join(name)).find(|path| path.exists());
            symlink(real.unwrap_or_else(|| panic!("{name} is not in PATH")), machine.bin().join(name)).unwrap();
        }
        let root = machine.dir.path().display().to_string();
        machine
            .program("docker", &docker("28.2.2", &root))
            .program("docker-compose", "case $* in 'version --short') echo 1.29.2 ;; esac")
            .program("getconf", "case $1 in PAGE_SIZE) echo 4096 ;; _PHYS_PAGES) echo $((3900 * 256)) ;; esac")
            .program("df", "echo Avail; echo 40000M")
            .free_ports()
    }

    fn bin(&self) -> PathBuf {
        self.dir.path().join("bin")
    }

    /// Puts a shell script in the place of a program.
    fn program(self, name: &str, script: &str) -> Self {
        let path = self.bin().join(name);
        std::fs::write(&path, format!("#!/usr/bin/env bash\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
        self
    }

    fn without(self, name: &str) -> Self {
        std::fs::remove_file(self.bin().join(name)).unwrap();
        self
    }

    fn set(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.into(), value.into()));
        self
    }

    /// Ports that nobody has, whatever runs on the machine of this test.
    fn free_ports(mut self) -> Self {
        let held: Vec<_> = (0..5).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
        let names = ["WEB_PORT", "REALTIME_PORT", "PROCESSOR_PORT", "WORKER_PORT", "POSTGRES_PORT"];
        for (listener, name) in held.iter().zip(names) {
            self = self.set(name, &listener.local_addr().unwrap().port().to_string());
        }
        self
    }

    fn env_file(self, text: &str) -> Self {
        std::fs::write(self.dir.path().join("env"), text).unwrap();
        self
    }

    /// How it ended and everything it said.
    fn preflight(&self, options: &[&str]) -> (Option<i32>, String) {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("deploy/preflight.sh");
        let ended = Command::new(self.bin().join("bash"))
            .arg(script)
            .args(options)
            .env_clear()
            .env("PATH", self.bin())
            .env("ENV_FILE", self.dir.path().join("env"))
            .env("DATA_DIR", self.dir.path().join("data"))
            .envs(self.settings.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .output()
            .unwrap();
        (ended.status.code(), String::from_utf8([ended.stdout, ended.stderr].concat()).unwrap())
    }

    #[track_caller]
    fn passes(&self, options: &[&str], line: &str) {
        let (code, said) = self.preflight(options);
        assert!(said.contains(line), "{line:?} is not in:\n{said}");
        assert!(code == Some(0) && said.ends_with("pagespace: nothing stands in the way\n"), "{code:?}:\n{said}");
    }

    /// Ends with 1, with one line that says this.
    #[track_caller]
    fn refuses(&self, options: &[&str], sentence: &str) {
        let (code, said) = self.preflight(options);
        let wrong: Vec<&str> = said.lines().filter_map(|line| line.strip_prefix("  WRONG  ")).collect();
        assert!(wrong.len() == 1 && wrong[0].contains(sentence), "{sentence:?} is not what it says:\n{said}");
        assert_eq!(code, Some(1), "{said}");
    }
}

fn docker(version: &str, root: &str) -> String {
    format!("case $* in version*) echo {version} ;; info*) echo {root} ;; compose*) exit 1 ;; esac")
}

#[test]
fn a_machine_of_four_gigabytes_passes() {
    let machine = Machine::new();
    machine.passes(&[], "there is no");
    machine.passes(&[], "ok     Docker 28.2.2");
    machine.passes(&[], "ok     docker-compose 1.29.2");
    machine.passes(&[], "3900 MB of memory, of which the limits together are 2760 MB");
    machine.passes(&[], "40000 MB free");
    machine.passes(&["--native"], "3900 MB of memory");
    let v2 = machine
        .program("docker", "case $* in version*) echo 28.2.2 ;; 'compose version --short') echo v2.40.3 ;; esac");
    v2.without("docker-compose").passes(&[], "ok     docker compose 2.40.3");
}

#[test]
fn without_a_fit_engine_it_says_what_to_install() {
    Machine::new().without("docker").refuses(&[], "Docker is missing: sudo apt-get install docker.io");
    let stopped = Machine::new().program("docker", "exit 1");
    stopped.refuses(&[], "Docker's engine does not answer: start it");
    Machine::new().program("docker", &docker("19.03.1", "/")).refuses(&[], "Docker 19.03.1 is too old; 20.10");
    Machine::new().without("docker-compose").refuses(&[], "docker-compose is missing");
    let old = Machine::new().program("docker-compose", "case $* in 'version --short') echo 1.25.0 ;; esac");
    old.refuses(&[], "docker-compose 1.25.0 is too old; 1.29");
    let script = "case $1 in version) echo 1.29.2 ;; config) echo 'services.web: no such key' >&2; exit 1 ;; esac";
    Machine::new().program("docker-compose", script).refuses(&[], "services.web: no such key");
}

#[test]
fn too_little_memory_or_disk_stops_it() {
    let small = "case $1 in PAGE_SIZE) echo 4096 ;; _PHYS_PAGES) echo $((960 * 256)) ;; esac";
    let sentence = "limits together are 2760 MB and this machine has 960 MB: cat deploy/profiles/1gb.env";
    Machine::new().program("getconf", small).refuses(&[], sentence);
    let profile = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("deploy/profiles/1gb.env");
    let profile = std::fs::read_to_string(profile).unwrap();
    Machine::new().program("getconf", small).env_file(&profile).passes(&[], "the limits together are 800 MB");
    let tiny = "case $1 in PAGE_SIZE) echo 4096 ;; _PHYS_PAGES) echo $((512 * 256)) ;; esac";
    Machine::new().program("getconf", tiny).refuses(&["--native"], "512 MB of memory are too little");
    for options in [&[][..], &["--native"]] {
        Machine::new().program("df", "echo Avail; echo 900M").refuses(options, "900 MB are free in");
    }
}

#[test]
fn a_port_in_use_is_named_with_its_setting() {
    for name in ["WEB_PORT", "REALTIME_PORT", "PROCESSOR_PORT"] {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = taken.local_addr().unwrap().port().to_string();
        let machine = Machine::new().set(name, &port);
        for options in [&[][..], &["--native"]] {
            machine.refuses(options, &format!("port {port} is in use; stop what uses it"));
        }
        // Those of the suite itself are no obstacle.
        let script = "case $* in 'version --short') echo 1.29.2 ;; 'ps -q web') echo 0123456789ab ;; esac";
        machine.program("docker-compose", script).passes(&[], "the suite is running");
    }
    Machine::new().set("WEB_PORT", "70000").refuses(&[], "WEB_PORT=70000 is no port");
}

#[test]
fn what_is_wrong_in_env_is_named() {
    for (line, sentence) in [
        ("UPLOAD_MAX_BYTES=2GB", "UPLOAD_MAX_BYTES=2GB in"),
        ("UPLOAD_MAX_BYTES=2GB", "is not a whole number; correct it"),
        ("ENABLE_OCR=maybe", "is not true or false"),
        ("WEB_MEMORY=plenty", "is not a size such as 512m"),
        ("PUBLIC_URL=files.example.org", "is not an address that begins with http://"),
        ("ENABLE_OCR: true", "line 2 of"),
        ("PUBLIC_URL=https://files.example.org", "put WEB_BIND=127.0.0.1 in"),
        ("PUBLIC_URL=https://files.example.org\nWEB_BIND=0.0.0.0", "put WEB_BIND=127.0.0.1 in"),
    ] {
        Machine::new().env_file(&format!("# Ours.\n{line}\n")).refuses(&[], sentence);
    }
    let https = "PUBLIC_URL=https://files.example.org\nWEB_BIND=127.0.0.1";
    Machine::new().env_file(https).passes(&[], "is open to the proxy on this machine alone");
    let fine =
        "\n# Ours.\nENABLE_OCR=\"yes\"\nWEB_MEMORY=1g\r\nOCR_LANGUAGES=eng+deu\nUPLOAD_MAX_BYTES=\nOCR_API_KEY_FILE=/k";
    Machine::new().env_file(fine).passes(&[], "can be read");
    Machine::new().env_file("LETTERS=abc").passes(&[], "note   LETTERS in");
}

/// The `.env` of PageSpace's guide stays what it is: something that works.
#[test]
fn the_guides_env_passes() {
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("compose/guide.env");
    let guide = std::fs::read_to_string(guide).unwrap();
    for options in [&[][..], &["--native"]] {
        Machine::new().env_file(&guide).passes(options, "can be read");
    }
}

#[test]
fn an_upgrade_wants_a_backup_of_the_last_day() {
    Machine::new().refuses(&["--upgrade"], "BACKUP_DIR names no folder of backups");
    let folder = tempfile::tempdir().unwrap();
    let backups = |machine: Machine| machine.set("BACKUP_DIR", folder.path().to_str().unwrap());
    backups(Machine::new()).refuses(&["--upgrade"], "there is no backup in");
    let of_day = folder.path().join("2026-11-29");
    std::fs::create_dir(&of_day).unwrap();
    let manifest = File::create(of_day.join("manifest.json")).unwrap();
    backups(Machine::new()).passes(&["--upgrade"], "the last backup is 0 hours old");
    // Without containers, where they are made unless told otherwise.
    let native = Machine::new();
    native.refuses(&["--native", "--upgrade"], "BACKUP_DIR names no folder of backups");
    std::fs::create_dir_all(native.dir.path().join("data/backups/today")).unwrap();
    File::create(native.dir.path().join("data/backups/today/manifest")).unwrap();
    native.passes(&["--native", "--upgrade"], "the last backup is 0 hours old");

    manifest.set_modified(SystemTime::now() - Duration::from_secs(30 * 3600)).unwrap();
    backups(Machine::new()).refuses(&["--upgrade"], "is 30 hours old: make a new one before an upgrade");
    backups(Machine::new()).passes(&[], "nothing stands in the way");
}
