//! What the audit log tells apart.

/// What somebody did. The words are kept for as long as entries are, so that a variant may come and none may go or change its word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AuditKind {
    /// The audit log left as a file.
    AuditExported,
    /// A drive was deleted with its files.
    DriveDeleted,
    /// A drive was made.
    DriveMade,
    /// A file was deleted for good.
    FileDeleted,
    /// The original of a file was read.
    FileDownloaded,
    /// A file's text was read in another form; the detail says in which.
    FileExported,
    /// A file went to another drive; the detail says to which.
    FileMoved,
    /// A file came back out of the trash.
    FileRestored,
    /// A file went into the trash.
    FileTrashed,
    /// Somebody who was invited came.
    InvitationAccepted,
    /// Somebody who was invited did not want to come.
    InvitationDeclined,
    /// Somebody was invited.
    InvitationMade,
    /// An invitation no longer counts.
    InvitationWithdrawn,
    /// Somebody became a member of a drive; the detail is the role.
    MemberAdded,
    /// A member has another role; the detail is the new one.
    MemberChanged,
    /// A member left a drive by themselves.
    MemberLeft,
    /// Somebody else ended a membership.
    MemberRemoved,
    /// Somebody changed their own password.
    PasswordChanged,
    /// Somebody's password was replaced by another than themselves.
    PasswordReset,
    /// An account was made.
    PersonAdded,
    /// An account can no longer be used.
    PersonDisabled,
    /// An account can be used again.
    PersonEnabled,
    /// An account was removed.
    PersonRemoved,
    /// A session was ended by other means than signing out of it.
    SessionEnded,
    /// The first administrator was made.
    SetUp,
    /// Somebody signed in.
    SignIn,
    /// A sign-in was refused; the detail says why.
    SignInFailed,
    /// Somebody signed out.
    SignOut,
    /// Somebody ended all of their sessions.
    SignOutEverywhere,
    /// An API token was made; the detail is its scopes.
    TokenMade,
    /// An API token was revoked.
    TokenRevoked,
    /// An API token was used for the first time on that day (UTC).
    TokenUsed,
}

impl AuditKind {
    /// All of them, in the order of their words.
    pub const ALL: [Self; 32] = [
        Self::AuditExported,
        Self::DriveDeleted,
        Self::DriveMade,
        Self::FileDeleted,
        Self::FileDownloaded,
        Self::FileExported,
        Self::FileMoved,
        Self::FileRestored,
        Self::FileTrashed,
        Self::InvitationAccepted,
        Self::InvitationDeclined,
        Self::InvitationMade,
        Self::InvitationWithdrawn,
        Self::MemberAdded,
        Self::MemberChanged,
        Self::MemberLeft,
        Self::MemberRemoved,
        Self::PasswordChanged,
        Self::PasswordReset,
        Self::PersonAdded,
        Self::PersonDisabled,
        Self::PersonEnabled,
        Self::PersonRemoved,
        Self::SessionEnded,
        Self::SetUp,
        Self::SignIn,
        Self::SignInFailed,
        Self::SignOut,
        Self::SignOutEverywhere,
        Self::TokenMade,
        Self::TokenRevoked,
        Self::TokenUsed,
    ];

    /// The word in the database and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AuditExported => "audit-exported",
            Self::DriveDeleted => "drive-deleted",
            Self::DriveMade => "drive-made",
            Self::FileDeleted => "file-deleted",
            Self::FileDownloaded => "file-downloaded",
            Self::FileExported => "file-exported",
            Self::FileMoved => "file-moved",
            Self::FileRestored => "file-restored",
            Self::FileTrashed => "file-trashed",
            Self::InvitationAccepted => "invitation-accepted",
            Self::InvitationDeclined => "invitation-declined",
            Self::InvitationMade => "invitation-made",
            Self::InvitationWithdrawn => "invitation-withdrawn",
            Self::MemberAdded => "member-added",
            Self::MemberChanged => "member-changed",
            Self::MemberLeft => "member-left",
            Self::MemberRemoved => "member-removed",
            Self::PasswordChanged => "password-changed",
            Self::PasswordReset => "password-reset",
            Self::PersonAdded => "person-added",
            Self::PersonDisabled => "person-disabled",
            Self::PersonEnabled => "person-enabled",
            Self::PersonRemoved => "person-removed",
            Self::SessionEnded => "session-ended",
            Self::SetUp => "set-up",
            Self::SignIn => "sign-in",
            Self::SignInFailed => "sign-in-failed",
            Self::SignOut => "sign-out",
            Self::SignOutEverywhere => "sign-out-everywhere",
            Self::TokenMade => "token-made",
            Self::TokenRevoked => "token-revoked",
            Self::TokenUsed => "token-used",
        }
    }

    /// The kind of that word.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_word_of_its_own_and_the_list_is_in_their_order() {
        let words = AuditKind::ALL.map(AuditKind::as_str);
        assert!(words.is_sorted_by(|one, next| one < next), "{words:?}");
        assert!(AuditKind::ALL.into_iter().all(|kind| AuditKind::named(kind.as_str()) == Some(kind)));
    }
}
