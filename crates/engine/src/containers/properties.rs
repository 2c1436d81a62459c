//! What a package says of itself in a part of XML: its title, its author, its dates.

use crate::Error;
use crate::markup::xml::{Node, Xml};
use crate::text::{iso_date, one_line};
use model::Facts;

/// The texts of that part's elements, as they stand there.
#[derive(Default)]
pub struct Properties {
    pub title: String,
    pub author: String,
    pub created: String,
    pub modified: String,
}

impl Properties {
    /// Reads the part. `place_of` says where the text inside of the element of that name belongs.
    pub fn read(
        mut xml: Xml<'_>,
        place_of: for<'p> fn(&'p mut Self, &str) -> Option<&'p mut String>,
    ) -> Result<Self, Error> {
        let (mut properties, mut inside) = (Self::default(), String::new());
        while let Some(()) = xml.next(|node| match node {
            Node::Start(tag) => inside = tag.name().to_owned(),
            Node::End(_) => inside.clear(),
            Node::Text(text) => {
                if let Some(place) = place_of(&mut properties, &inside) {
                    place.push_str(text);
                }
            }
        })? {}
        Ok(properties)
    }

    /// Notes them; what is empty or no date is not known.
    pub fn note(&self, facts: &mut Facts) {
        facts.title = one_line(&self.title);
        facts.author = one_line(&self.author);
        facts.created = iso_date(&self.created);
        facts.modified = iso_date(&self.modified);
    }
}
