//! Which pages a run of the suite renders, written to the file that `TISSERAND_RENDERED` names; `tests/run` holds it
//! against the templates of the source.

use std::{
    collections::BTreeSet,
    env,
    fmt::Debug,
    fs::{File, OpenOptions},
    io::Write,
    sync::{Mutex, Once},
};
use tracing::{
    Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
    level_filters::LevelFilter,
    span::{Attributes, Id, Record},
    subscriber::set_global_default,
};

struct Listener(Mutex<(BTreeSet<String>, File)>);

impl Subscriber for Listener {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event() && *metadata.level() == Level::TRACE && metadata.target() == "tisserand::web::pages"
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::TRACE)
    }

    fn event(&self, event: &Event<'_>) {
        let mut page = Page::default();
        event.record(&mut page);
        let (seen, file) = &mut *self.0.lock().unwrap();
        if seen.insert(page.0.clone()) {
            writeln!(file, "{}", page.0).unwrap();
        }
    }

    // No span is enabled.
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// The name of a page.
#[derive(Default)]
struct Page(String);

impl Visit for Page {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "page" {
            self.0 = value.to_owned();
        }
    }
    fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}
}

/// Begins to write down what is rendered, once; nothing where nobody asks.
pub fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        if let Some(path) = env::var_os("TISSERAND_RENDERED") {
            let file = OpenOptions::new().append(true).create(true).open(path).unwrap();
            set_global_default(Listener(Mutex::new((BTreeSet::new(), file)))).unwrap();
        }
    });
}
