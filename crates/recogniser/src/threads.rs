//! Keeping the runtime of the models from starting threads.

/// rten shares its work out with rayon, whose pool would start threads, and the sandbox allows none. A pool that consists of
/// the calling thread alone starts none. To be kept as long as models run; nothing when this thread is in a pool already.
pub fn stay_on_this_thread() -> Option<rayon::ThreadPool> {
    rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build().ok()
}
