//! The pool: who may run now, and on which child.

use crate::call::Call;
use crate::ended::Ended;
use crate::program::{self, Exited, Program};
use crate::protocol::{Layers, MAX_REQUEST};
use crate::settings::PoolSettings;
use crate::slot::{QueuedCall, Slot};
use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, PipeWriter, Write};
use std::os::fd::{AsRawFd, RawFd};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;
use tokio::sync::{Semaphore, oneshot};

/// How busy the pool is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// Children in all.
    pub children: usize,
    /// Calls that have a child.
    pub running: usize,
}

/// Confined children and the queue in front of them. Cloning is cheap; the last clone's end kills the children.
#[derive(Clone)]
pub struct Pool {
    shared: Arc<Shared>,
}

struct Shared {
    settings: PoolSettings,
    slots: Vec<SlotHandle>,
    /// Slots without a call, the longest idle first: its child is the likeliest to be ready.
    idle: Arc<Mutex<VecDeque<usize>>>,
    /// A permit for each slot.
    free_slots: Arc<Semaphore>,
    /// One permit fewer, but for a single slot: for calls that leave one to others.
    all_but_last: Arc<Semaphore>,
    /// Memory in MiB.
    memory: Arc<Semaphore>,
    layers: Arc<Mutex<Option<Layers>>>,
}

/// The pool's end of a slot: the channel to its thread, the pipe that wakes it, and its thread.
struct SlotHandle {
    calls: Option<Sender<QueuedCall>>,
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
            let (calls, receiver) = channel();
            let (reader, wake) = io::pipe()?;
            let slot = Slot {
                index,
                settings: settings.clone(),
                calls: receiver,
                wake: reader,
                idle: idle.clone(),
                layers: layers.clone(),
            };
            let thread = std::thread::Builder::new().name(format!("sandbox-{index}")).spawn(move || slot.run())?;
            Ok::<_, io::Error>(SlotHandle { calls: Some(calls), wake, thread: Some(thread) })
        };
        let slots =
            (0..children).map(open).collect::<Result<_, _>>().expect("a pool needs a thread and a pipe per child");
        let free_slots = Arc::new(Semaphore::new(children));
        let all_but_last = Arc::new(Semaphore::new(children.saturating_sub(1).max(1)));
        let memory = Arc::new(Semaphore::new(mebibytes(settings.budget_bytes) as usize));
        Self { shared: Arc::new(Shared { settings, slots, idle, free_slots, all_but_last, memory, layers }) }
    }

    /// Runs a call when its turn comes: first come, first served among calls of a sort, each when there is a child and memory for
    /// it. Dropping the future gives up the turn, or kills the child at work.
    pub async fn run(&self, call: Call) -> Ended {
        if call.request.len() > MAX_REQUEST {
            return Ended::internal(format!("a request of {} bytes", call.request.len()));
        }
        if !is_read_only(call.input.as_raw_fd()) {
            return Ended::internal("the input is open for writing; a child could change it");
        }
        let shared = &self.shared;
        let need = mebibytes(call.memory_hint_bytes).min(mebibytes(shared.settings.budget_bytes));
        let mut wanted = vec![(&shared.free_slots, 1), (&shared.memory, need)];
        if !call.may_take_last {
            wanted.insert(0, (&shared.all_but_last, 1));
        }
        let mut permits = vec![];
        for (semaphore, count) in wanted {
            let Ok(permit) = semaphore.clone().acquire_many_owned(count).await else {
                return Ended::internal("the pool is closed");
            };
            permits.push(permit);
        }
        let index = lock(&shared.idle).pop_front().expect("there are as many idle slots as permits left");
        let (answer, result) = oneshot::channel();
        let handle = &shared.slots[index];
        if let Some(calls) = &handle.calls {
            // Should the thread be gone, the answer's other end is dropped and `result` says so.
            let _ = calls.send(QueuedCall { call, answer, permits });
        }
        // Wakes the slot now for the call, and on the way out, so that it sees when nobody waits any more.
        let wake = WakeOnDrop(&handle.wake);
        wake.now();
        result.await.unwrap_or_else(|_| Ended::internal("the slot's thread ended"))
    }

    /// Runs a program of the machine's on `input`, confined, when there is memory for it among the readers' work. It takes
    /// no slot: whoever calls this decides how many run at once. Dropping the future kills it.
    pub async fn run_program(&self, program: Program, input: File) -> Exited {
        let shared = &self.shared;
        let need = mebibytes(program.memory_bytes / 2).min(mebibytes(shared.settings.budget_bytes));
        let without_words = |ended| Exited { ended, stderr: String::new() };
        let Ok(memory) = shared.memory.clone().acquire_many_owned(need).await else {
            return without_words(Ended::internal("the pool is closed"));
        };
        let own = shared.settings.program.clone();
        let Ok((stop, _kept)) = io::pipe() else { return without_words(Ended::not_started("no pipe could be made")) };
        let running = tokio::task::spawn_blocking(move || {
            let exited = program::run(&own, &program, input, &stop);
            drop(memory);
            exited
        });
        running.await.unwrap_or_else(|_| without_words(Ended::internal("the thread of a program ended")))
    }

    /// The walls around the children, once the first one stands.
    pub fn layers(&self) -> Option<Layers> {
        *lock(&self.shared.layers)
    }

    /// How busy it is.
    pub fn load(&self) -> Load {
        let children = self.shared.slots.len();
        Load { children, running: children - self.shared.free_slots.available_permits().min(children) }
    }
}

/// Wakes a slot when dropped.
struct WakeOnDrop<'a>(&'a PipeWriter);

impl WakeOnDrop<'_> {
    fn now(&self) {
        let mut pipe = self.0;
        // The slot empties the pipe whenever it has something in it, so this does not wait.
        let _ = pipe.write(&[0]);
    }
}

impl Drop for WakeOnDrop<'_> {
    fn drop(&mut self) {
        self.now();
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        for slot in &mut self.slots {
            slot.calls = None;
            WakeOnDrop(&slot.wake).now();
        }
        for slot in &mut self.slots {
            if let Some(thread) = slot.thread.take() {
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
