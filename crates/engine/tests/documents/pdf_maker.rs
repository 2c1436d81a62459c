//! Writes small PDFs for the tests, object by object.

/// A PDF that grows. Object 1 is its catalog, object 2 the root of its pages.
#[derive(Default)]
pub struct Maker {
    objects: Vec<String>,
    pages: Vec<usize>,
}

impl Maker {
    /// Adds an object and gives its number.
    pub fn add(&mut self, object: &str) -> usize {
        self.objects.push(object.into());
        self.objects.len() + 2
    }

    /// Number of objects added so far.
    pub fn objects(&self) -> usize {
        self.objects.len()
    }

    /// Adds a stream with these entries in its dictionary.
    pub fn stream(&mut self, entries: &str, content: &str) -> usize {
        self.add(&format!("<< {entries} /Length {} >>\nstream\n{content}\nendstream", content.len()))
    }

    /// Adds a page of 600 by 800 points that draws this, with Helvetica as `/F1` and more `fonts`. `entries` go into
    /// its dictionary.
    pub fn page(&mut self, content: &str, entries: &str, fonts: &str) -> usize {
        let content = self.stream("", content);
        let page = self.add(&format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents {content} 0 R {entries} /Resources << \
             /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> {fonts} >> >> >>"
        ));
        self.pages.push(page);
        page
    }

    /// The file. `catalog` and `trailer` are more entries of those two.
    pub fn finish(self, catalog: &str, trailer: &str) -> Vec<u8> {
        let kids: Vec<String> = self.pages.iter().map(|page| format!("{page} 0 R")).collect();
        let pages = format!("<< /Type /Pages /Count {} /Kids [{}] >>", kids.len(), kids.join(" "));
        let catalog = format!("<< /Type /Catalog /Pages 2 0 R {catalog} >>");
        let mut file = String::from("%PDF-1.7\n");
        let mut places = vec![];
        for (at, object) in [catalog, pages].iter().chain(&self.objects).enumerate() {
            places.push(file.len());
            file.push_str(&format!("{} 0 obj\n{object}\nendobj\n", at + 1));
        }
        let start = file.len();
        file.push_str(&format!("xref\n0 {}\n0000000000 65535 f \n", places.len() + 1));
        places.iter().for_each(|place| file.push_str(&format!("{place:010} 00000 n \n")));
        let size = places.len() + 1;
        file.push_str(&format!("trailer\n<< /Size {size} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n"));
        // Characters above 127 stand for bytes.
        file.chars().map(|c| c as u8).collect()
    }
}

/// Words at a place of the page.
pub fn words(x: u32, y: u32, size: u32, text: &str) -> String {
    format!("BT /F1 {size} Tf {x} {y} Td ({text}) Tj ET\n")
}

/// Two lines of running text.
pub fn prose(y: u32) -> String {
    let lower = y - 14;
    words(50, y, 11, "The body of this page is running text that goes on to the right edge of the column")
        + &words(50, lower, 11, "and on to a second line which is nearly as long as the first line of it.")
}
