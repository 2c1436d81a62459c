//! Counting what a test asks of the database, by the driver's own log.

use std::fmt::Debug;
use std::sync::{Arc, Mutex};
use tracing::field::{Field, Visit};
use tracing::subscriber::DefaultGuard;
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

/// The statements of this thread, on which a test runs with all its tasks.
pub struct Statements {
    texts: Arc<Mutex<Vec<String>>>,
    _listening: DefaultGuard,
}

impl Statements {
    /// Listens from now on.
    pub fn listen() -> Self {
        let texts = Arc::new(Mutex::new(vec![]));
        let subscriber = tracing_subscriber::registry().with(Gather(texts.clone()));
        Self { texts, _listening: tracing::subscriber::set_default(subscriber) }
    }

    /// How many so far had one of these words in them.
    pub fn count(&self, words: &[&str]) -> usize {
        let texts = self.texts.lock().unwrap();
        texts.iter().filter(|text| words.iter().any(|word| text.contains(word))).count()
    }
}

struct Gather(Arc<Mutex<Vec<String>>>);

impl<S: Subscriber> Layer<S> for Gather {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "sqlx::query" {
            let mut text = Text(String::new());
            event.record(&mut text);
            self.0.lock().unwrap().push(text.0);
        }
    }
}

struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, _: &Field, value: &dyn Debug) {
        self.0 += &format!("{value:?} ");
    }
}
