//! Lists in Markdown: what stands before an item, so that whoever reads Markdown sees its level and its number (CommonMark,
//! section 5.2).

/// Levels that are told apart.
const MAX_DEPTH: usize = 8;

/// The items that are open, each inside of the one before.
#[derive(Default)]
pub struct Items(Vec<Item>);

struct Item {
    depth: usize,
    /// Columns before its text.
    column: usize,
    /// Its number, and the sign after it.
    number: Option<(u32, char)>,
}

/// The beginning of an item.
pub struct Start {
    /// A line is left out before it: right below other text only a list that begins with 1 is one.
    pub is_apart: bool,
    /// All that stands before its text.
    pub before: String,
    /// Columns before its text, in which its other lines begin.
    pub column: usize,
}

impl Items {
    /// Begins an item. Markdown has dashes and numbers such as `3.` and `3)`; other marks are words after a dash.
    pub fn start(&mut self, depth: usize, marker: &str) -> Start {
        let depth = depth.min(MAX_DEPTH);
        self.close(depth + 1);
        let sibling = self.0.pop_if(|item| item.depth == depth);
        let outside = self.0.last().map_or(0, |item| item.column);
        let number = number_of(marker).map(|(number, sign)| match sibling.as_ref().and_then(|item| item.number) {
            Some((last, written)) if number == last.saturating_add(1) => (number, written),
            // A number that does not follow is another list's, and another sign is what begins one.
            Some((_, written)) => (number, if written == '.' { ')' } else { '.' }),
            None => (number, sign),
        });
        let sign = number.map_or_else(|| "-".to_owned(), |(number, sign)| format!("{number}{sign}"));
        let column = outside + sign.len() + 1;
        let begins_inside = sibling.is_none() && outside > 0;
        let is_apart = begins_inside && number.is_some_and(|(number, _)| number != 1);
        let word = if number.is_some() || marker == "-" { String::new() } else { format!("{marker} ") };
        self.0.push(Item { depth, column, number });
        Start { is_apart, before: format!("{:outside$}{sign} {word}", ""), column }
    }

    /// Goes back to the open item of that depth, or to the one around it: the columns before its text.
    pub fn back_to(&mut self, depth: usize) -> usize {
        self.close(depth.min(MAX_DEPTH) + 1);
        self.0.last().map_or(0, |item| item.column)
    }

    /// Ends the items of that depth and of those inside of them.
    pub fn close(&mut self, depth: usize) {
        while self.0.pop_if(|item| item.depth >= depth).is_some() {}
    }
}

/// The number and the sign of a marker that Markdown has.
fn number_of(marker: &str) -> Option<(u32, char)> {
    let sign = marker.chars().next_back().filter(|sign| matches!(sign, '.' | ')'))?;
    let digits = &marker[..marker.len() - 1];
    let is_number = (1..=9).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    Some((digits.parse().ok().filter(|_| is_number)?, sign))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Parser, Tag, TagEnd};

    fn markdown(items: &[(usize, &str)]) -> String {
        let mut open = Items::default();
        let mut write = |(depth, marker): &(usize, &str)| {
            let Start { is_apart, before, .. } = open.start(*depth, marker);
            format!("{}{before}x\n", if is_apart { "\n" } else { "" })
        };
        items.iter().map(&mut write).collect()
    }

    #[test]
    fn items_stand_below_the_text_they_belong_to() {
        let list = [(0, "1."), (1, "1.1"), (2, "-"), (1, "1.2"), (0, "2."), (1, "-")];
        assert_eq!(markdown(&list), "1. x\n   - 1.1 x\n     - x\n   - 1.2 x\n2. x\n   - x\n");
        assert_eq!(
            markdown(&[(3, "-"), (5, "-"), (0, "a)")]),
            "- x\n  - x\n- a) x\n",
            "a level that is left out is none"
        );
        assert_eq!(
            markdown(&[(0, "9."), (0, "10."), (1, "-"), (0, "1."), (0, "2.")]),
            "9. x\n10. x\n    - x\n1) x\n2) x\n"
        );
        assert_eq!(markdown(&[(0, "-"), (1, "3)")]), "- x\n\n  3) x\n");
    }

    /// Depth and number of each item, as a reader of Markdown sees them; 0 for a dash.
    fn read(markdown: &str) -> Vec<(usize, u64)> {
        let (mut lists, mut seen): (Vec<Option<u64>>, _) = (vec![], vec![]);
        for event in Parser::new(markdown) {
            match event {
                Event::Start(Tag::List(start)) => lists.push(start),
                Event::End(TagEnd::List(_)) => drop(lists.pop()),
                Event::Start(Tag::Item) => {
                    let depth = lists.len() - 1;
                    let number = &mut lists[depth];
                    seen.push((depth, number.unwrap_or(0)));
                    *number = number.map(|number| number + 1);
                }
                _ => {}
            }
        }
        seen
    }

    proptest! {
        /// Each level deeper by at most one, as documents have them: level and number come back.
        #[test]
        fn levels_and_numbers_are_read_as_they_were(
            items in prop::collection::vec((0usize..4, prop::sample::select(vec!["-", "1.", "2.", "3.", "7)", "12.", "100."])), 1..12)
        ) {
            let mut depth = 0;
            let items: Vec<(usize, &str)> = items.into_iter().enumerate().map(|(index, (to, marker))| {
                depth = if index == 0 { 0 } else { to.min(depth + 1) };
                (depth, marker)
            }).collect();
            let expected: Vec<_> = items.iter().map(|(depth, marker)| {
                (*depth, number_of(marker).map_or(0, |(number, _)| u64::from(number)))
            }).collect();
            let markdown = markdown(&items);
            prop_assert_eq!(read(&markdown), expected, "{}", markdown);
        }
    }
}
