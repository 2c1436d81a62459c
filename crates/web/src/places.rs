//! Places: how much a person may do at once, counted while they do it.

use crate::error::Error;
use crate::person_limit::PersonLimit;
use axum::body::{Body, HttpBody};
use axum::response::Response;
use futures_util::StreamExt;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use uuid::Uuid;

type Taken = Arc<Mutex<HashMap<(Uuid, PersonLimit), usize>>>;

/// The places that are taken. Cheap to clone: all clones share them.
#[derive(Debug, Clone, Default)]
pub struct Places {
    taken: Taken,
}

/// A place somebody has taken, given back when it is dropped.
#[derive(Debug)]
#[must_use = "a place is given back when it is dropped"]
pub struct Place {
    taken: Taken,
    key: (Uuid, PersonLimit),
}

impl Places {
    /// Takes one of `most` places.
    ///
    /// # Errors
    /// [`Error::PersonLimit`] when the person has them all.
    pub fn take(&self, person: Uuid, limit: PersonLimit, most: usize) -> Result<Place, Error> {
        let mut taken = lock(&self.taken);
        let places = taken.entry((person, limit)).or_default();
        if *places >= most {
            return Err(Error::PersonLimit(limit));
        }
        *places += 1;
        Ok(Place { taken: self.taken.clone(), key: (person, limit) })
    }
}

impl Place {
    /// Keeps the place until the answer has been sent, or given up. A whole one needs nothing more of anybody.
    pub fn until_sent(self, response: Response) -> Response {
        response.map(|body| {
            if body.size_hint().exact().is_some() {
                return body;
            }
            let chunks = body.into_data_stream().map(move |chunk| {
                let _place = &self;
                chunk
            });
            Body::from_stream(chunks)
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = lock(&self.taken);
        if let Some(places) = taken.get_mut(&self.key) {
            *places -= 1;
            if *places == 0 {
                taken.remove(&self.key);
            }
        }
    }
}

fn lock(taken: &Taken) -> MutexGuard<'_, HashMap<(Uuid, PersonLimit), usize>> {
    taken.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Bytes;
    use futures_util::stream;
    use std::convert::Infallible;

    #[test]
    fn h5_a_person_has_so_many_places_of_a_sort_and_takes_nobody_elses() {
        let (places, [ann, bob]) = (Places::default(), [Uuid::from_u128(1), Uuid::from_u128(2)]);
        let first = places.take(ann, PersonLimit::Uploads, 2).unwrap();
        let _second = places.take(ann, PersonLimit::Uploads, 2).unwrap();
        assert!(matches!(places.take(ann, PersonLimit::Uploads, 2), Err(Error::PersonLimit(PersonLimit::Uploads))));
        let _other = places.take(ann, PersonLimit::Exports, 1).unwrap();
        let _his = places.take(bob, PersonLimit::Uploads, 2).unwrap();
        drop(first);
        drop(places.take(ann, PersonLimit::Uploads, 2).unwrap());
        assert_eq!(lock(&places.taken).len(), 3, "who has no place takes no memory");
    }

    #[tokio::test]
    async fn h5_a_place_is_kept_until_the_answer_is_sent() {
        let (places, ann) = (Places::default(), Uuid::nil());
        let has_place = || places.take(ann, PersonLimit::Exports, 1).is_ok();
        let long = Body::from_stream(stream::iter([Ok::<_, Infallible>(Bytes::from_static(b"long"))]));
        let response = places.take(ann, PersonLimit::Exports, 1).unwrap().until_sent(Response::new(long));
        assert!(!has_place(), "nobody has read it");
        assert_eq!(axum::body::to_bytes(response.into_body(), 9).await.unwrap(), "long");
        assert!(has_place());
        let whole = places.take(ann, PersonLimit::Exports, 1).unwrap().until_sent(Response::new(Body::from("whole")));
        assert!(has_place(), "it leaves at once");
        drop(whole);
    }
}
