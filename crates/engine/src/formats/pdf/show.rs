//! The pages of a PDF as somebody sees them: one as a picture or its words with their places, and how large each is.

use super::{PageReader, draw_in_color, find_page, open, size_at_width};
use crate::image::{Header, put_page, reduced};
use crate::{Error, Output, ReadContext, Source};
use model::{PageArtifact, PageSize};

/// Makes that artifact of the document in `input`.
pub fn show(
    artifact: PageArtifact,
    input: &mut dyn Source,
    context: &mut ReadContext<'_>,
    output: &mut Output<'_>,
) -> Result<(), Error> {
    let pdf = open(input, context)?;
    match artifact {
        PageArtifact::Image { page: number, width } => {
            let page = find_page(&pdf, number)?;
            let size = size_at_width(page, width, context.limits)?;
            let drawn = draw_in_color(page, size, context.limits)?;
            put_page(artifact, reduced(drawn, &Header::plain(size.width, size.height), size)?, output)
        }
        PageArtifact::Words { page: number } => {
            let words = PageReader::new().words(find_page(&pdf, number)?, number, context.limits.pdf_bytes)?;
            output.put_json(artifact, &words)
        }
        PageArtifact::Sizes => {
            let pages = pdf.pages().iter().take(context.limits.pdf_pages as usize);
            let size = |(number, (width_points, height_points))| PageSize { page: number, width_points, height_points };
            let sizes: Vec<PageSize> = (1..).zip(pages.map(|page| page.render_dimensions())).map(size).collect();
            output.put_json(artifact, &sizes)
        }
    }
}
