//! Stored definitions, parsed once. A page or a save reads the definition of its call several times over; parsing its
//! JSON costs more than all the statements around it.

use super::Outcome;
use crate::{
    domain::definitions::{CallDefinition, FundDefinition, FundingSourceDefinition},
    store::SharedText,
};
use serde::de::DeserializeOwned;
use std::sync::{Arc, Mutex, PoisonError};

/// How many texts are kept parsed: about the calls people work on in one week.
const KEPT: usize = 32;

// A memo of a pure function: the same text always gives the same value, so nobody can tell that it is there, and a
// definition that was changed is another text.
static CALLS: Memo<CallDefinition> = Memo::empty();
static FUNDS: Memo<FundDefinition> = Memo::empty();

/// The definition that a call's `settings` carry.
pub fn call(settings: &SharedText) -> Outcome<Arc<CallDefinition>> {
    CALLS.parse(settings)
}

/// The definition that a fund's `settings` carry.
pub fn fund(settings: &SharedText) -> Outcome<Arc<FundDefinition>> {
    FUNDS.parse(settings)
}

/// The definition that an upstream agreement's `settings` carry. Few pages read one.
pub fn source(settings: &str) -> Outcome<FundingSourceDefinition> {
    Ok(serde_json::from_str(settings)?)
}

/// The texts parsed last, the latest first.
struct Memo<T>(Mutex<Vec<(SharedText, Arc<T>)>>);

impl<T: DeserializeOwned> Memo<T> {
    const fn empty() -> Self {
        Memo(Mutex::new(Vec::new()))
    }

    fn parse(&self, text: &SharedText) -> Outcome<Arc<T>> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let copy = known.iter().position(|(other, _)| other.is_copy_of(text));
        if let Some(place) = copy.or_else(|| known.iter().position(|(other, _)| other == text)) {
            known[..=place].rotate_right(1);
            return Ok(Arc::clone(&known[0].1));
        }
        drop(known);
        let value: Arc<T> = Arc::new(serde_json::from_str(text)?);
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(0, (text.clone(), Arc::clone(&value)));
        known.truncate(KEPT);
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_parsed_once_and_the_oldest_is_forgotten() {
        let memo: Memo<Vec<u32>> = Memo::empty();
        let parse = |text: &str| memo.parse(&text.to_owned().into());
        let first = parse("[1]").unwrap();
        assert!(Arc::ptr_eq(&first, &parse("[1]").unwrap()));
        for number in 0..KEPT {
            assert_eq!(*parse(&format!("[{number}, 7]")).unwrap(), [number as u32, 7]);
        }
        assert!(!Arc::ptr_eq(&first, &parse("[1]").unwrap()));
        assert!(parse("[1").is_err());
        assert_eq!(memo.0.lock().unwrap().len(), KEPT);
    }
}
