//! How the processor says no: a stable code with its status, and a sentence.

use serde::{Deserialize, Serialize};

macro_rules! codes {
    ($($(#[doc = $doc:literal])* $variant:ident = $name:literal, $status:literal;)*) => {
        /// Why a request was refused. Each has a name, which is a word for programs and never changes, and the HTTP status that goes
        /// with it.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Code {
            $($(#[doc = $doc])* $variant,)*
            /// Reading the content ended so, or making the image did: a job's code, such as `rejected`.
            Outcome(String),
        }

        /// Every code that is not an outcome. Of those with one status the most general is first.
        static CODES: &[(Code, &str, u16)] = &[$((Code::$variant, $name, $status),)*];

        impl Code {
            /// The word for programs.
            pub fn name(&self) -> &str {
                match self {
                    $(Self::$variant => $name,)*
                    Self::Outcome(name) => name,
                }
            }

            /// The HTTP status that goes with it.
            pub fn status(&self) -> u16 {
                match self {
                    $(Self::$variant => $status,)*
                    Self::Outcome(_) => UNPROCESSABLE,
                }
            }
        }
    };
}

/// The status of every outcome.
const UNPROCESSABLE: u16 = 422;

codes! {
    /// The request is not of its form.
    BadRequest = "bad_request", 400;
    /// That is no content hash.
    BadHash = "bad_hash", 400;
    /// There is no such preset.
    UnknownPreset = "unknown_preset", 400;
    /// The caller lacks the service token.
    Unauthorized = "unauthorized", 401;
    /// The person may look at the drive and add nothing to it.
    NotAnEditor = "not_an_editor", 403;
    /// An upload that is made of others takes no bytes itself.
    UploadOfParts = "upload_of_parts", 403;
    /// There is no such artifact yet.
    ArtifactNotFound = "artifact_not_found", 404;
    /// There is no such avatar.
    AvatarNotFound = "avatar_not_found", 404;
    /// There is no such content.
    ContentNotFound = "content_not_found", 404;
    /// There is no such drive, or the person is not a member of it.
    DriveNotFound = "drive_not_found", 404;
    /// There is no such job.
    JobNotFound = "job_not_found", 404;
    /// There is no such kind of job.
    KindNotFound = "kind_not_found", 404;
    /// There is no file of this page.
    PageNotFound = "page_not_found", 404;
    /// The content has fewer pages.
    NoSuchPage = "no_such_page", 404;
    /// There is no such route.
    RouteNotFound = "not_found", 404;
    /// There is no such upload, or it is somebody else's.
    UploadNotFound = "upload_not_found", 404;
    /// The route does not know that method.
    MethodNotAllowed = "method_not_allowed", 405;
    /// Nothing was sent for too long.
    TooSlow = "too_slow", 408;
    /// It contradicts what is there.
    Conflict = "conflict", 409;
    /// A piece begins where the upload does not end.
    OffsetMismatch = "offset_mismatch", 409;
    /// The store and the database do not belong together.
    NotBonded = "not_bonded", 409;
    /// A sweep would take suspiciously much.
    TooManyOrphans = "too_many_orphans", 409;
    /// The upload cannot be gone on with any more.
    UploadGone = "upload_gone", 410;
    /// Another version of the protocol than the one that is spoken here.
    UnknownVersion = "unknown_version", 412;
    /// More bytes than a limit allows.
    TooLarge = "too_large", 413;
    /// An avatar that is no picture.
    NotAPicture = "not_a_picture", 415;
    /// A piece of an upload that is not called one.
    NotAPiece = "not_a_piece", 415;
    /// The range lies outside the file.
    BadRange = "bad_range", 416;
    /// The key of an upload that was called so was sent with another one.
    KeyReused = "idempotency_key_reused", 422;
    /// The text's file is lost and cannot be read again; the sentence says why.
    TextLost = "text_lost", 422;
    /// Another request has the upload.
    UploadLocked = "upload_locked", 423;
    /// So many jobs wait that no more are taken.
    QueueFull = "queue_full", 429;
    /// So many jobs of this person wait that no more of theirs are taken.
    PersonQueueFull = "person_queue_full", 429;
    /// As many files come in at once as may.
    TooManyUploads = "too_many_uploads", 429;
    /// The person has as much begun and not ended as one may.
    TooManyUnfinished = "too_many_unfinished_uploads", 429;
    /// It was done moments ago.
    TooSoon = "too_soon", 429;
    /// A piece is not what its checksum says; tus gave it a status of its own.
    ChecksumMismatch = "checksum_mismatch", 460;
    /// Our own fault.
    Internal = "internal", 500;
    /// It is still being made.
    NotYet = "not_yet", 503;
    /// The text's file was lost, and its content is being read for it.
    BeingReadAgain = "being_read_again", 503;
    /// The database does not answer.
    Unavailable = "unavailable", 503;
    /// The disk is full.
    NoSpace = "no_space", 507;
}

impl Code {
    /// The code of an answer with that status. Where the answer says none, as one to HEAD has no body, it is the most general of
    /// its status; nothing when no refusal of ours has that status.
    pub fn of_answer(status: u16, name: Option<&str>) -> Option<Self> {
        let mut of_status = CODES.iter().filter(|(.., its)| *its == status);
        let named = of_status.clone().find(|(_, its, _)| Some(*its) == name);
        match named {
            Some((code, ..)) => Some(code.clone()),
            None if status == UNPROCESSABLE => Some(Self::Outcome(name.unwrap_or_default().to_owned())),
            None => of_status.next().map(|(code, ..)| code.clone()),
        }
    }
}

/// The body of every refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Refusal {
    /// [`Code::name`].
    pub code: String,
    /// The status in words.
    pub error: String,
    /// The limit that was gone over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit_bytes: Option<u64>,
    /// One sentence for a person.
    pub message: String,
    /// Always false.
    pub success: bool,
    /// The presets there are, where one was asked for that there is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_presets: Option<Vec<String>>,
}

impl Refusal {
    /// A refusal with nothing but a sentence. `error` is the status in words.
    pub fn new(code: &Code, error: &str, message: String) -> Self {
        let (code, error) = (code.name().to_owned(), error.to_owned());
        Self { code, error, limit_bytes: None, message, success: false, valid_presets: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::tests::check;
    use serde_json::json;

    #[test]
    fn refusals_are_written_as_ever() {
        let refusal = Refusal::new(&Code::QueueFull, "Too Many Requests", "Wait.".into());
        check(
            &refusal,
            json!({"success": false, "error": "Too Many Requests", "message": "Wait.", "code": "queue_full"}),
        );
        let refusal = Refusal { limit_bytes: Some(5), valid_presets: Some(vec!["thumbnail".into()]), ..refusal };
        check(
            &refusal,
            json!({
                "success": false, "error": "Too Many Requests", "message": "Wait.", "code": "queue_full", "limitBytes": 5,
                "validPresets": ["thumbnail"],
            }),
        );
    }

    #[test]
    fn a_code_is_known_by_its_name_and_else_by_its_status() {
        for (code, name, status) in CODES {
            assert_eq!((code.name(), code.status()), (*name, *status));
            assert_eq!(Code::of_answer(*status, Some(name)).as_ref(), Some(code));
        }
        assert_eq!(Code::of_answer(404, None), Some(Code::ArtifactNotFound));
        assert_eq!(Code::of_answer(503, Some("from-a-newer-release")), Some(Code::NotYet));
        assert_eq!(Code::of_answer(422, Some("rejected")), Some(Code::Outcome("rejected".into())));
        // A job that failed by our own fault is an outcome and not a failure of the request.
        assert_eq!(Code::of_answer(422, Some("internal")), Some(Code::Outcome("internal".into())));
        assert_eq!(Code::of_answer(302, None), None);
    }
}
