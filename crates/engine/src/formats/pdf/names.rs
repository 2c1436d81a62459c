//! Name trees: how a PDF keeps what is found by name.

use hayro_interpret::hayro_syntax::object::{Array, Dict, Object, ObjectIdentifier, String as PdfString};
use std::collections::HashSet;

/// Nodes and names that may be looked at for one document. Trees may be wide, and hostile ones lead back to
/// themselves.
pub struct Budget(u32);

impl Default for Budget {
    fn default() -> Self {
        Self(500_000)
    }
}

impl Budget {
    fn take(&mut self) -> Option<()> {
        self.0 = self.0.checked_sub(1)?;
        Some(())
    }
}

/// What the tree keeps under this name.
pub fn find<'a>(tree: &Dict<'a>, name: &[u8], budget: &mut Budget) -> Option<Object<'a>> {
    let mut seen = HashSet::new();
    let mut nodes = vec![tree.clone()];
    while let Some(node) = nodes.pop() {
        budget.take()?;
        let mut items = node.get::<Array<'_>>(b"Names").unwrap_or_default().flex_iter();
        while let Some(key) = items.next::<PdfString<'_>>() {
            budget.take()?;
            let value = items.next::<Object<'_>>();
            if key.as_bytes() == name {
                return value;
            }
        }
        nodes.extend(
            kids(&node, &mut seen, budget).into_iter().rev().filter(|kid| {
                limits(kid).is_none_or(|[first, last]| first.as_bytes() <= name && name <= last.as_bytes())
            }),
        );
    }
    None
}

/// Everything the tree keeps, in the order of its names, as far as the budget goes.
pub fn values<'a>(tree: &Dict<'a>, budget: &mut Budget) -> Vec<Object<'a>> {
    let mut found = vec![];
    let mut seen = HashSet::new();
    let mut nodes = vec![tree.clone()];
    while let Some(node) = nodes.pop() {
        let mut items = node.get::<Array<'_>>(b"Names").unwrap_or_default().flex_iter();
        while items.next::<PdfString<'_>>().is_some() && budget.take().is_some() {
            found.extend(items.next::<Object<'_>>());
        }
        nodes.extend(kids(&node, &mut seen, budget).into_iter().rev());
    }
    found
}

/// The nodes below one that were not met before. Nodes are objects of their own.
fn kids<'a>(node: &Dict<'a>, seen: &mut HashSet<ObjectIdentifier>, budget: &mut Budget) -> Vec<Dict<'a>> {
    let kids = node.get::<Array<'_>>(b"Kids").unwrap_or_default();
    let kids = kids.iter::<Dict<'_>>().take_while(|_| budget.take().is_some());
    kids.filter(|kid| kid.obj_id().is_some_and(|id| seen.insert(id))).collect()
}

fn limits<'a>(node: &Dict<'a>) -> Option<[PdfString<'a>; 2]> {
    let limits = node.get::<Array<'_>>(b"Limits")?;
    let mut limits = limits.iter::<PdfString<'_>>();
    Some([limits.next()?, limits.next()?])
}
