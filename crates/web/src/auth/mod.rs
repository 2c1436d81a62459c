//! Who is calling, and how they prove it.

pub mod actor;
pub mod caller;
pub mod client;
pub mod cookie;
pub mod origin;
pub mod password;
pub mod rate_limiter;
pub mod secret;
pub mod tries;
pub mod turns;
