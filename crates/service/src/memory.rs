//! The memory of this program and of the children that do its work: what the container has, where the container is this program's
//! own, else the sum over the processes.

use serde::Serialize;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

/// Reading takes a look at every process, and `/health` is open to anybody, so a reading is good for so long.
const FRESH: Duration = Duration::from_secs(1);

/// Where the numbers come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum MemorySource {
    /// The control group of this program's own container.
    Container,
    /// The processes: this one and those below it. There is no limit to hold them to, and memory they share counts twice.
    Processes,
}

/// A reading. What the system does not tell is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Memory {
    /// What the program and its children use, without the cache of files, which the system takes back before it is short of memory.
    pub used_bytes: u64,
    /// The most the container may have.
    pub limit_bytes: Option<u64>,
    /// The most the container ever had, with the cache of files.
    pub peak_bytes: Option<u64>,
    /// How many processes of the container were killed for want of memory.
    pub oom_kills: Option<u64>,
    /// Resident set of this process alone.
    pub rss_bytes: u64,
    /// Where the numbers come from.
    pub source: MemorySource,
}

impl Memory {
    /// The present numbers, at most a second old.
    pub fn read() -> Self {
        static READER: OnceLock<Reader> = OnceLock::new();
        static LAST: Mutex<Option<(Instant, Memory)>> = Mutex::new(None);
        let mut last = LAST.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some((at, memory)) = *last
            && at.elapsed() < FRESH
        {
            return memory;
        }
        let reader =
            READER.get_or_init(|| Reader::find(Path::new("/sys/fs/cgroup"), Path::new("/proc"), std::process::id()));
        let memory = reader.read();
        *last = Some((Instant::now(), memory));
        memory
    }

    /// The limit, or where there is none the machine's memory; 0 when neither is known.
    pub fn total_bytes(&self) -> u64 {
        self.limit_bytes.or_else(machine_bytes).unwrap_or(0)
    }
}

fn machine_bytes() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("MemTotal:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kib| kib * 1024)
}

/// Which files tell. The first version of control groups has other names than the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Version {
    One,
    Two,
}

/// Found once at the start, when nothing has lost its parent yet.
struct Reader {
    group: Option<(Version, PathBuf)>,
    proc: PathBuf,
    pid: u32,
}

impl Reader {
    fn find(groups: &Path, proc: &Path, pid: u32) -> Self {
        let own = std::fs::read_to_string(proc.join(pid.to_string()).join("cgroup")).unwrap_or_default();
        let parents = parents(proc);
        let group = candidates(groups, &own).into_iter().find(|(_, folder)| {
            let members = std::fs::read_to_string(folder.join("cgroup.procs")).unwrap_or_default();
            let members: Vec<u32> = members.lines().filter_map(|line| line.trim().parse().ok()).collect();
            is_own(&members, &parents, pid)
        });
        Self { group, proc: proc.to_owned(), pid }
    }

    fn read(&self) -> Memory {
        let rss_bytes = self.rss_bytes(self.pid);
        let from_group = self.group.as_ref().and_then(|(version, folder)| {
            let memory = match version {
                Version::One => Group(folder).one(),
                Version::Two => Group(folder).two(),
            };
            memory.map(|memory| Memory { rss_bytes, ..memory })
        });
        from_group.unwrap_or_else(|| Memory { used_bytes: self.sum_bytes(), rss_bytes, ..UNKNOWN })
    }

    fn sum_bytes(&self) -> u64 {
        let parents = parents(&self.proc);
        let is_ours = |pid: u32| pid == self.pid || ancestors(pid, &parents).any(|ancestor| ancestor == self.pid);
        parents.keys().filter(|pid| is_ours(**pid)).map(|pid| self.rss_bytes(*pid)).sum()
    }

    /// A process that has ended meanwhile has none.
    fn rss_bytes(&self, pid: u32) -> u64 {
        const PAGE: u64 = 4096;
        let statm = std::fs::read_to_string(self.proc.join(pid.to_string()).join("statm")).unwrap_or_default();
        statm.split(' ').nth(1).and_then(|field| field.parse::<u64>().ok()).unwrap_or(0) * PAGE
    }
}

const UNKNOWN: Memory = Memory {
    used_bytes: 0,
    limit_bytes: None,
    peak_bytes: None,
    oom_kills: None,
    rss_bytes: 0,
    source: MemorySource::Processes,
};

/// The folder of a control group.
struct Group<'a>(&'a Path);

impl Group<'_> {
    fn two(&self) -> Option<Memory> {
        let file_cache = self.field("memory.stat", "inactive_file")? + self.field("memory.stat", "active_file")?;
        Some(Memory {
            used_bytes: self.number("memory.current")?.saturating_sub(file_cache),
            // "max" is no number, and no limit.
            limit_bytes: self.number("memory.max"),
            peak_bytes: self.number("memory.peak"),
            oom_kills: self.field("memory.events", "oom_kill"),
            source: MemorySource::Container,
            ..UNKNOWN
        })
    }

    fn one(&self) -> Option<Memory> {
        let file_cache =
            self.field("memory.stat", "total_inactive_file")? + self.field("memory.stat", "total_active_file")?;
        Some(Memory {
            used_bytes: self.number("memory.usage_in_bytes")?.saturating_sub(file_cache),
            // Without a limit it is the largest number of whole pages.
            limit_bytes: self.number("memory.limit_in_bytes").filter(|limit| *limit < 1 << 60),
            peak_bytes: self.number("memory.max_usage_in_bytes"),
            oom_kills: self.field("memory.oom_control", "oom_kill"),
            source: MemorySource::Container,
            ..UNKNOWN
        })
    }

    fn number(&self, file: &str) -> Option<u64> {
        std::fs::read_to_string(self.0.join(file)).ok()?.trim().parse().ok()
    }

    fn field(&self, file: &str, name: &str) -> Option<u64> {
        let text = std::fs::read_to_string(self.0.join(file)).ok()?;
        text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.trim().parse().ok())
    }
}

/// Where the group of a process may lie, by the lines of its `cgroup` file: where they say, or, inside a container that sees only its
/// own group, at the root.
fn candidates(groups: &Path, own: &str) -> Vec<(Version, PathBuf)> {
    let mut found = Vec::new();
    for line in own.lines() {
        let mut parts = line.splitn(3, ':').skip(1);
        let (Some(controllers), Some(path)) = (parts.next(), parts.next()) else { continue };
        let (version, root, file) = match controllers {
            "" => (Version::Two, groups.to_owned(), "memory.current"),
            some if some.split(',').any(|name| name == "memory") => {
                (Version::One, groups.join("memory"), "memory.usage_in_bytes")
            }
            _ => continue,
        };
        let inside = path.trim_start_matches('/');
        // A path above the root is that of a group this process does not see.
        let folders = [(!inside.starts_with("..")).then(|| root.join(inside)), Some(root)];
        found.extend(folders.into_iter().flatten().filter(|at| at.join(file).exists()).map(|at| (version, at)));
    }
    found
}

/// Whether a group is this process's alone. It is not where other programs run in it: several started from one shell, say. Those
/// above (an init that starts it) and below (readers) belong to it, and so does what somebody executes in its container, which has no
/// parent there.
fn is_own(members: &[u32], parents: &HashMap<u32, u32>, pid: u32) -> bool {
    let above: HashSet<u32> = ancestors(pid, parents).collect();
    let belongs = |member: u32| {
        let mut chain = std::iter::once(member).chain(ancestors(member, parents));
        let top = ancestors(member, parents).last().unwrap_or(member);
        member == pid || above.contains(&member) || chain.any(|one| one == pid) || (top != 1 && !above.contains(&top))
    };
    // One that has ended meanwhile says nothing.
    members.contains(&pid)
        && members.iter().filter(|member| parents.contains_key(member)).all(|member| belongs(*member))
}

/// The parents of a process, nearest first.
fn ancestors(pid: u32, parents: &HashMap<u32, u32>) -> impl Iterator<Item = u32> {
    let parent = move |pid: &u32| parents.get(pid).copied().filter(|parent| *parent != 0);
    // A number may be given out again while the list is read; no real chain is so long.
    std::iter::successors(parent(&pid), parent).take(64)
}

/// Every process that is seen, and its parent: 0 for one without.
fn parents(proc: &Path) -> HashMap<u32, u32> {
    let Ok(entries) = std::fs::read_dir(proc) else { return HashMap::new() };
    let pids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    pids.filter_map(|pid| {
        let stat = std::fs::read_to_string(proc.join(pid.to_string()).join("stat")).ok()?;
        // The name, in brackets, may have spaces and brackets in it.
        let parent = stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()?;
        Some((pid, parent))
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A machine of files: `cgroup` with control groups and `proc` with processes.
    struct Machine(PathBuf);

    impl Machine {
        fn new(name: &str) -> Self {
            let folder = std::env::temp_dir().join(format!("memory-{name}-{}", std::process::id()));
            std::fs::create_dir_all(folder.join("proc")).unwrap();
            Self(folder)
        }

        fn file(&self, path: &str, text: &str) {
            let path = self.0.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }

        /// A process of so many resident pages.
        fn process(&self, pid: u32, parent: u32, pages: u64, group: &str) {
            self.file(&format!("proc/{pid}/stat"), &format!("{pid} (a (strange) name) S {parent} 1 1"));
            self.file(&format!("proc/{pid}/statm"), &format!("900 {pages} 3"));
            self.file(&format!("proc/{pid}/cgroup"), group);
        }

        fn read(&self, pid: u32) -> Memory {
            Reader::find(&self.0.join("cgroup"), &self.0.join("proc"), pid).read()
        }
    }

    impl Drop for Machine {
        fn drop(&mut self) {
            std::fs::remove_dir_all(&self.0).unwrap();
        }
    }

    const TWO: &str = "0::/\n";

    fn second_version(machine: &Machine, folder: &str, members: &str) {
        machine.file(&format!("{folder}/memory.current"), "1000\n");
        machine.file(&format!("{folder}/memory.stat"), "anon 500\nfile 500\ninactive_file 300\nactive_file 100\n");
        machine.file(&format!("{folder}/memory.max"), "2000\n");
        machine.file(&format!("{folder}/memory.peak"), "1500\n");
        machine.file(&format!("{folder}/memory.events"), "oom 4\noom_kill 3\n");
        machine.file(&format!("{folder}/cgroup.procs"), members);
    }

    /// An init above, a reader below, and somebody's shell beside.
    #[test]
    fn in_its_own_container_the_group_tells_without_the_cache_of_files() {
        let machine = Machine::new("two");
        for (pid, parent) in [(1, 0), (7, 1), (9, 7), (30, 0), (31, 30)] {
            machine.process(pid, parent, 10, TWO);
        }
        second_version(&machine, "cgroup", "1\n7\n9\n30\n31\n");
        let expected = Memory {
            used_bytes: 600,
            limit_bytes: Some(2000),
            peak_bytes: Some(1500),
            oom_kills: Some(3),
            rss_bytes: 40960,
            source: MemorySource::Container,
        };
        assert_eq!(machine.read(7), expected);
        machine.file("cgroup/memory.max", "max\n");
        assert_eq!((machine.read(7).limit_bytes, machine.read(7).used_bytes), (None, 600));
    }

    #[test]
    fn the_first_version_of_control_groups_tells_the_same() {
        let machine = Machine::new("one");
        machine.process(1, 0, 10, "4:cpu:/docker/x\n3:memory:/docker/x\n0::/docker/x\n");
        machine.file("cgroup/memory/memory.usage_in_bytes", "1000\n");
        machine.file("cgroup/memory/memory.stat", "inactive_file 1\ntotal_inactive_file 300\ntotal_active_file 100\n");
        machine.file("cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
        machine.file("cgroup/memory/memory.max_usage_in_bytes", "1500\n");
        machine.file("cgroup/memory/memory.oom_control", "under_oom 0\noom_kill 3\n");
        machine.file("cgroup/memory/cgroup.procs", "1\n");
        let read = machine.read(1);
        assert_eq!(
            (read.used_bytes, read.limit_bytes, read.peak_bytes, read.oom_kills),
            (600, None, Some(1500), Some(3))
        );
        machine.file("cgroup/memory/memory.limit_in_bytes", "2000\n");
        assert_eq!(machine.read(1).limit_bytes, Some(2000));
    }

    /// Several services started from one shell: each would be told the memory of all.
    #[test]
    fn a_group_shared_with_others_is_not_taken_for_ones_own() {
        let machine = Machine::new("shared");
        for (pid, parent) in [(1, 0), (5, 0), (6, 5), (7, 5), (8, 7), (9, 8)] {
            machine.process(pid, parent, 10, TWO);
        }
        second_version(&machine, "cgroup", "1\n5\n6\n7\n8\n9\n");
        let read = machine.read(7);
        assert_eq!((read.source, read.limit_bytes, read.rss_bytes), (MemorySource::Processes, None, 40960));
        assert_eq!(read.used_bytes, 3 * 40960, "itself, a child and a child's child");
    }

    #[test]
    fn a_service_of_the_machine_has_the_group_its_path_names() {
        let machine = Machine::new("service");
        machine.process(1, 0, 10, TWO);
        machine.process(2, 1, 10, TWO);
        machine.process(70, 1, 10, "0::/system.slice/web.service\n");
        second_version(&machine, "cgroup/system.slice/web.service", "70\n");
        assert_eq!(machine.read(70).used_bytes, 600);
    }

    #[test]
    fn this_process_uses_memory() {
        let read = Memory::read();
        assert!(read.used_bytes > 0 && read.rss_bytes > 0 && read.total_bytes() >= read.used_bytes, "{read:?}");
    }
}
