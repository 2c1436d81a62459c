//! PDF: documents encrypted with every cipher there is, with a password that opens by itself and with a real one.

use crate::pdf_maker::{Maker, words};
use crate::support::extract;
use lopdf::encryption::crypt_filters::{Aes128CryptFilter, Aes256CryptFilter, CryptFilter};
use lopdf::{Document, EncryptionState, EncryptionVersion, Object, Permissions, StringFormat};
use model::Reason;
use std::collections::BTreeMap;
use std::sync::Arc;

#[derive(Clone, Copy, Debug)]
enum Cipher {
    Rc4Of40Bits,
    Rc4Of128Bits,
    Aes128,
    Aes256,
}

const CIPHERS: [Cipher; 4] = [Cipher::Rc4Of40Bits, Cipher::Rc4Of128Bits, Cipher::Aes128, Cipher::Aes256];

#[test]
fn an_empty_password_opens_by_itself() {
    for cipher in CIPHERS {
        let made = extract(&encrypted(cipher, ""), "pdf");
        assert_eq!(made.plain, "Kept from nobody\n", "{cipher:?}");
        let facts = made.report.facts;
        assert_eq!((facts.title.as_deref(), facts.encrypted), (Some("Open"), Some(true)), "{cipher:?}");
    }
}

#[test]
fn a_real_password_is_asked_for() {
    for cipher in CIPHERS {
        assert_eq!(extract(&encrypted(cipher, "secret"), "pdf").reason(), Some(Reason::Encrypted), "{cipher:?}");
    }
}

/// A page of text under this user password.
fn encrypted(cipher: Cipher, user_password: &str) -> Vec<u8> {
    let mut maker = Maker::default();
    maker.page(&words(50, 700, 10, "Kept from nobody"), "", "");
    let info = maker.add("<< /Title (Open) >>");
    let mut document = Document::load_mem(&maker.finish("", &format!("/Info {info} 0 R"))).expect("a whole PDF");
    let id = || Object::String(b"0123456789abcdef".to_vec(), StringFormat::Literal);
    document.trailer.set("ID", vec![id(), id()]);
    let state = state(&document, cipher, user_password);
    document.encrypt(&state).expect("not encrypted yet");
    let mut file = vec![];
    document.save_to(&mut file).expect("memory");
    file
}

fn state(document: &Document, cipher: Cipher, user_password: &str) -> EncryptionState {
    let (owner_password, permissions) = ("owner", Permissions::all());
    let filters = |filter: Arc<dyn CryptFilter>| BTreeMap::from([(b"StdCF".to_vec(), filter)]);
    let (stream_filter, string_filter) = (b"StdCF".to_vec(), b"StdCF".to_vec());
    let version = match cipher {
        Cipher::Rc4Of40Bits => EncryptionVersion::V1 { document, owner_password, user_password, permissions },
        Cipher::Rc4Of128Bits => {
            EncryptionVersion::V2 { document, owner_password, user_password, key_length: 128, permissions }
        }
        Cipher::Aes128 => EncryptionVersion::V4 {
            document,
            encrypt_metadata: true,
            crypt_filters: filters(Arc::new(Aes128CryptFilter)),
            stream_filter,
            string_filter,
            owner_password,
            user_password,
            permissions,
        },
        Cipher::Aes256 => EncryptionVersion::V5 {
            encrypt_metadata: true,
            crypt_filters: filters(Arc::new(Aes256CryptFilter)),
            file_encryption_key: &[7; 32],
            stream_filter,
            string_filter,
            owner_password,
            user_password,
            permissions,
        },
    };
    EncryptionState::try_from(version).expect("a state")
}
