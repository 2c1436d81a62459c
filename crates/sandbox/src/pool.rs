//! The pool: who may run now, and on which child.

use crate::confine::Layers;
use crate::ended::Ended;
use crate::program::{self, Exited, Program};
use crate::protocol::MAX_REQUEST;
use crate::settings::PoolSettings;
use crate::slot::{Job, Slot};
use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, PipeWriter, Write};
use std::os::fd::{AsRawFd, RawFd};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;
use tokio::sync::{Semaphore, oneshot};

/// Called with the handler's progress notes, on the slot's thread: it must not wait for anything.
pub type ProgressCallback = Box<dyn FnMut(&[u8]) + Send>;

/// One job for a child.
pub struct Call {
    /// The request, at most [`MAX_REQUEST`] bytes.
    pub request: Vec<u8>,
    /// What to read, opened read-only.
    pub input: File,
    /// Where to write.
    pub output: File,
    /// The work is so little that the child may take another such job afterwards. Whatever is not small has a child
    /// of its own, so that nothing of one file is left when another is read.
    pub reuse_child: bool,
    /// What the job is thought to need at its peak; decides who runs beside it.
    pub memory_hint_bytes: u64,
    /// Hears of progress.
    pub on_progress: Option<ProgressCallback>,
}

/// How busy the pool is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// Children in all.
    pub children: usize,
    /// Jobs that have a child.
    pub running: usize,
}

/// Confined children and the queue in front of them. Cloning is cheap; the last clone's end kills the children.
#[derive(Clone)]
pub struct Pool {
    shared: Arc<Shared>,
}

struct Shared {
    settings: PoolSettings,
    doors: Vec<Door>,
    /// Slots without a job, the longest idle first: its child is the likeliest to be ready.
    idle: Arc<Mutex<VecDeque<usize>>>,
    places: Arc<Semaphore>,
    /// Memory in MiB.
    memory: Arc<Semaphore>,
    layers: Arc<Mutex<Option<Layers>>>,
}

/// A slot's thread as seen from outside.
struct Door {
    jobs: Option<Sender<Job>>,
    wake: PipeWriter,
    thread: Option<JoinHandle<()>>,
}

impl Pool {
    /// Starts the slots' threads; each starts its first child at once.
    ///
    /// # Panics
    /// If the process has no descriptors or threads left for it, at which point it cannot do its work anyway.
    pub fn new(settings: PoolSettings) -> Self {
        let children = settings.children.max(1);
        let idle = Arc::new(Mutex::new((0..children).collect::<VecDeque<_>>()));
        let layers = Arc::new(Mutex::new(None));
        let open = |index| {
            let (jobs, receiver) = channel();
            let (reader, wake) = io::pipe()?;
            let slot = Slot {
                index,
                settings: settings.clone(),
                jobs: receiver,
                wake: reader,
                idle: idle.clone(),
                layers: layers.clone(),
            };
            let thread = std::thread::Builder::new().name(format!("sandbox-{index}")).spawn(move || slot.run())?;
            Ok::<_, io::Error>(Door { jobs: Some(jobs), wake, thread: Some(thread) })
        };
        let doors =
            (0..children).map(open).collect::<Result<_, _>>().expect("a pool needs a thread and a pipe per child");
        let places = Arc::new(Semaphore::new(children));
        let memory = Arc::new(Semaphore::new(mebibytes(settings.budget_bytes) as usize));
        Self { shared: Arc::new(Shared { settings, doors, idle, places, memory, layers }) }
    }

    /// Runs a job when its turn comes: first come, first served, each when there is a child and memory for it. Dropping
    /// the future gives up the turn, or kills the child at work.
    pub async fn run(&self, call: Call) -> Ended {
        if call.request.len() > MAX_REQUEST {
            return Ended::internal(format!("a request of {} bytes", call.request.len()));
        }
        if !is_read_only(call.input.as_raw_fd()) {
            return Ended::internal("the input is open for writing; a child could change it");
        }
        let shared = &self.shared;
        let need = mebibytes(call.memory_hint_bytes).min(mebibytes(shared.settings.budget_bytes));
        let place = shared.places.clone().acquire_owned().await;
        let memory = shared.memory.clone().acquire_many_owned(need).await;
        let (Ok(place), Ok(memory)) = (place, memory) else { return Ended::internal("the pool is closed") };
        let index = lock(&shared.idle).pop_front().expect("there are as many idle slots as places left");
        let (answer, result) = oneshot::channel();
        let door = &shared.doors[index];
        if let Some(jobs) = &door.jobs {
            // Should the thread be gone, the answer's other end is dropped and `result` says so.
            let _ = jobs.send(Job { call, answer, permits: [place, memory] });
        }
        // Wakes the slot now for the job, and on the way out, so that it sees when nobody waits any more.
        let knock = Knock(&door.wake);
        knock.now();
        result.await.unwrap_or_else(|_| Ended::internal("the slot's thread ended"))
    }

    /// Runs a program of the machine's on `input`, confined, when there is memory for it among the readers' work. It has no
    /// place of theirs: who calls this decides how many run at once. Dropping the future kills it.
    pub async fn run_program(&self, program: Program, input: File) -> Exited {
        let shared = &self.shared;
        let need = mebibytes(program.memory_bytes / 2).min(mebibytes(shared.settings.budget_bytes));
        let internal = |detail: &str| Exited { ended: Ended::internal(detail), stderr: String::new() };
        let Ok(memory) = shared.memory.clone().acquire_many_owned(need).await else {
            return internal("the pool is closed");
        };
        let own = shared.settings.program.clone();
        let Ok((stop, _kept)) = io::pipe() else { return internal("no pipe could be made") };
        let running = tokio::task::spawn_blocking(move || {
            let exited = program::run(&own, &program, input, &stop);
            drop(memory);
            exited
        });
        running.await.unwrap_or_else(|_| internal("the thread of a program ended"))
    }

    /// The walls around the children, once the first one stands.
    pub fn layers(&self) -> Option<Layers> {
        *lock(&self.shared.layers)
    }

    /// How busy it is.
    pub fn load(&self) -> Load {
        let children = self.shared.doors.len();
        Load { children, running: children - self.shared.places.available_permits().min(children) }
    }
}

/// Wakes a slot when dropped.
struct Knock<'a>(&'a PipeWriter);

impl Knock<'_> {
    fn now(&self) {
        let mut pipe = self.0;
        // The slot empties the pipe whenever it has something in it, so this does not wait.
        let _ = pipe.write(&[0]);
    }
}

impl Drop for Knock<'_> {
    fn drop(&mut self) {
        self.now();
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        for door in &mut self.doors {
            door.jobs = None;
            Knock(&door.wake).now();
        }
        for door in &mut self.doors {
            if let Some(thread) = door.thread.take() {
                let _ = thread.join();
            }
        }
    }
}

/// Whole MiB, rounded up, at least one, as semaphores count in `u32`.
fn mebibytes(bytes: u64) -> u32 {
    u32::try_from(bytes.div_ceil(1 << 20)).unwrap_or(u32::MAX).clamp(1, u32::MAX >> 4)
}

fn is_read_only(descriptor: RawFd) -> bool {
    // SAFETY: a plain call without pointers on a descriptor the caller holds open.
    let flags = unsafe { libc::fcntl(descriptor, libc::F_GETFL) };
    flags >= 0 && flags & libc::O_ACCMODE == libc::O_RDONLY
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}
