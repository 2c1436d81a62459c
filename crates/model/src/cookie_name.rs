//! What the cookies are called that more than one program reads.

/// A cookie's name, by how browsers come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CookieName {
    /// Over http.
    pub plain: &'static str,
    /// Over https: browsers take a name that begins so from this very host alone, and not from one beside it.
    pub host: &'static str,
}

/// The session's: web sets it, and realtime lets in whom it names.
pub const SESSION_COOKIE: CookieName = CookieName { plain: "pagespace_session", host: "__Host-pagespace_session" };

impl CookieName {
    /// The name that counts.
    pub fn of(self, is_https: bool) -> &'static str {
        if is_https { self.host } else { self.plain }
    }
}
