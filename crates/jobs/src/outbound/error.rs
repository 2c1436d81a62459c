//! Why nothing came from outside. The sentences are for whoever named the address: they tell nothing of the machine's own networks.

use std::error::Error;

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OutboundError {
    /// It is no address of the web, or has a name and a password in it.
    #[error("The link is no web address that can be asked: http or https, without a password in it.")]
    BadUrl,
    /// It is in nobody's public network.
    #[error("The link leads to an address that is not public.")]
    NotPublic,
    /// Nobody knows what the name stands for, at the moment.
    #[error("The server's name is not known.")]
    UnknownHost,
    /// No connection came about, or it ended before the answer.
    #[error("The server cannot be reached: {0}.")]
    Unreachable(String),
    /// Connecting, answering or sending took too long.
    #[error("The server took too long.")]
    TooSlow,
    /// One redirect led to the next.
    #[error("The server sent us from one address to the next too often.")]
    TooManyRedirects,
    /// Another status than success.
    #[error("The server answered {0}.")]
    Status(u16),
    /// It is compressed, although that was not asked for.
    #[error("The server sends the file compressed, although it was asked not to.")]
    Encoded,
    /// It has, or would have, more bytes than may be.
    #[error("The file is larger than {limit_bytes} bytes.")]
    TooLarge {
        /// So many.
        limit_bytes: u64,
    },
    /// The answer ended before its end.
    #[error("The server stopped before the file was whole.")]
    BrokeOff,
}

impl OutboundError {
    /// The stable word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::BadUrl => "invalid-url",
            Self::NotPublic => "address-not-public",
            Self::UnknownHost => "unknown-host",
            Self::Unreachable(_) => "unreachable",
            Self::TooSlow => "too-slow",
            Self::TooManyRedirects => "too-many-redirects",
            Self::Status(_) => "refused-by-server",
            Self::Encoded => "compressed",
            Self::TooLarge { .. } => "too-large",
            Self::BrokeOff => "broke-off",
        }
    }

    /// Another try may end otherwise.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::UnknownHost | Self::Unreachable(_) | Self::TooSlow | Self::BrokeOff => true,
            // Request Timeout, Too Early, Too Many Requests, and whatever is the server's own fault.
            Self::Status(status) => matches!(status, 408 | 425 | 429 | 500..=599),
            Self::BadUrl | Self::NotPublic | Self::TooManyRedirects | Self::Encoded | Self::TooLarge { .. } => false,
        }
    }
}

/// What hyper says of itself is short; what went wrong is behind it.
pub(crate) fn causes(error: &dyn Error) -> String {
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        words.push_str(&format!(": {cause}"));
        source = cause.source();
    }
    words
}
