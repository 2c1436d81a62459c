//! Keeping libraries from starting threads.

use std::cell::OnceCell;

/// Some codecs share their work out with rayon, whose pool would start threads, and the sandbox allows none. A pool that
/// consists of the calling thread alone starts none; made once for a thread, it stays.
pub fn stay_on_this_thread() {
    thread_local! {
        static POOL: OnceCell<Option<rayon::ThreadPool>> = const { OnceCell::new() };
    }
    POOL.with(|pool| {
        pool.get_or_init(|| rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build().ok());
    });
}
