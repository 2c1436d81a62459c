//! The one entry: identify the content, give it to its format's reader, and put the report together.

use crate::cover::{cover_images, has_cover};
use crate::export::{Properties, write_docx, write_page, write_pdf};
use crate::formats::{self, Format, Reader};
use crate::image::{GrayPage, flatten, make_ocr_page, make_presets, show_picture};
use crate::unpack::unpack;
use crate::{Error, Head, Output, ReadContext, Source, Target, TextSink, identify};
use model::{Outcome, PageFormat, PageRanges, Preset, Progress, Reason, Report, Request, Task};
use std::io::{BufReader, Cursor, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Makes what `request` asks of the content in `input`, writes the artifacts into `output` one after another and
/// says in the report where they are. Bad content is an outcome; artifacts of a failed run are to be thrown away.
pub fn run(
    request: &Request,
    input: &mut (impl Read + Seek),
    output: &mut dyn Target,
    progress: &dyn Fn(Progress),
) -> Report {
    // A decoder that panics has met a bug of its own on this content; the process is still sound, and the report
    // reaches the parent with the place of the bug.
    catch_unwind(AssertUnwindSafe(|| run_unguarded(request, input, output, progress))).unwrap_or_else(|panic| {
        let what = panic.downcast_ref::<&str>().copied().map(str::to_owned);
        let what = what.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
        Report::of(Outcome::Internal { detail: format!("a reader panicked: {what}") })
    })
}

fn run_unguarded(
    request: &Request,
    input: &mut (impl Read + Seek),
    output: &mut dyn Target,
    progress: &dyn Fn(Progress),
) -> Report {
    match request.task {
        Task::RenderPage { format: PageFormat::Png, .. } => page_png(request, input, output, progress),
        _ => run_task(request, input, output, progress),
    }
}

fn run_task(
    request: &Request,
    input: &mut (impl Read + Seek),
    output: &mut dyn Target,
    progress: &dyn Fn(Progress),
) -> Report {
    let presets = match presets_of(&request.task) {
        Ok(presets) => presets,
        Err(outcome) => return Report::of(outcome),
    };
    let mut context =
        ReadContext::new(&request.limits, request.extension.as_deref(), &presets, formats::mime_of, progress);
    context.wants_fingerprint = matches!(request.task, Task::Ingest { .. });
    if let Task::ExportDocx { title, author } = &request.task {
        let properties = Properties { title: title.as_deref(), author: author.as_deref() };
        return export(input, &properties, &mut context, Output::new(output));
    }
    if let Task::ExportPdf { original_bytes, pages } = &request.task {
        return export_pdf(input, *original_bytes, pages.as_ref(), &mut context, Output::new(output));
    }
    context.progress("identify", 0, 1);
    let mut report = Report::of(Outcome::Ok);
    let made = Head::read(input, &mut context).and_then(|head| {
        let format = identify(&head, &mut context)?;
        report.format = Some(format.name.into());
        report.mime = Some(format.mime.into());
        input.seek(SeekFrom::Start(0)).map_err(Error::Io)?;
        read(format, &request.task, input, &mut context, Output::new(output))
    });
    match made {
        Ok(parts) => {
            report.artifacts = parts;
            report.outcome = if context.partial { Outcome::Partial } else { Outcome::Ok };
        }
        Err(error) => report = Report { format: report.format, mime: report.mime, ..error.into_report() },
    }
    report.page = context.page;
    report.facts = context.facts;
    report.warnings = context.warnings;
    report
}

fn read(
    format: &Format,
    task: &Task,
    input: &mut dyn Source,
    context: &mut ReadContext<'_>,
    mut output: Output<'_>,
) -> Result<Vec<model::ArtifactPart>, Error> {
    match (&format.reader, task) {
        (Reader::Image(_), Task::ExtractText) => {
            return Err(Error::rejected(Reason::Unsupported, "A picture has no text to extract."));
        }
        (Reader::Mail { attachments, .. }, Task::UnpackMail) => unpack(*attachments, input, context, &mut output)?,
        (_, Task::UnpackMail) => {
            return Err(Error::rejected(Reason::Unsupported, "Only mails have attachments to take out."));
        }
        (Reader::Document(_) | Reader::Mail { .. }, Task::Optimize { .. }) => {
            cover_images(format, input, context, &mut output)?
        }
        (Reader::Document(_) | Reader::Mail { .. }, Task::RenderPage { .. } | Task::ShowPage { .. }) => {
            return Err(Error::rejected(Reason::Unsupported, "Only pictures and PDFs have pages to look at."));
        }
        (Reader::Pages { draw, .. }, &Task::RenderPage { page, dpi, format }) => {
            let drawn = draw(input, context, page, dpi)?;
            as_read(drawn, format, context).write(&mut output)?
        }
        (Reader::Image(codec), &Task::RenderPage { page, format, .. }) => {
            let drawn = make_ocr_page(codec, page, input, context)?;
            as_read(drawn, format, context).write(&mut output)?
        }
        (Reader::Pages { show, .. }, &Task::ShowPage { artifact }) => show(artifact, input, context, &mut output)?,
        (Reader::Image(codec), &Task::ShowPage { artifact }) => {
            show_picture(codec, artifact, input, context, &mut output)?
        }
        (Reader::Image(codec), _) => make_presets(codec, input, context, &mut output)?,
        (Reader::Pages { images, .. }, Task::Optimize { .. }) => images(input, context, &mut output)?,
        (Reader::Document(read) | Reader::Mail { text: read, .. } | Reader::Pages { text: read, .. }, _) => {
            let mut sink = TextSink::new(context.limits.text_bytes, output);
            read(input, context, &mut sink)?;
            output = sink.finish(context)?;
            context.facts.cover = has_cover(format, input, context).then_some(true);
        }
    }
    output.finish()
}

/// A page for text recognition is flattened where it is a photo of paper; people see it as it is.
fn as_read(drawn: GrayPage, format: PageFormat, context: &mut ReadContext<'_>) -> GrayPage {
    match (format, &mut context.page) {
        (PageFormat::Pgm, Some(view)) => flatten(drawn, view, context.limits),
        _ => drawn,
    }
}

/// What is exported is a text of ours, so there is nothing to identify.
fn export(
    input: &mut dyn Source,
    properties: &Properties<'_>,
    context: &mut ReadContext<'_>,
    mut output: Output<'_>,
) -> Report {
    match write_docx(input, properties, context, &mut output).and_then(|()| output.finish()) {
        Ok(artifacts) => Report { artifacts, ..Report::of(Outcome::Ok) },
        Err(error) => error.into_report(),
    }
}

/// The original is the input's beginning, and what was recognised in it the rest.
fn export_pdf(
    input: &mut dyn Source,
    original_bytes: u64,
    pages: Option<&PageRanges>,
    context: &mut ReadContext<'_>,
    mut output: Output<'_>,
) -> Report {
    let mut report = Report::of(Outcome::Ok);
    let most = context.limits.whole_file_bytes;
    let export = || {
        if original_bytes > most {
            let detail = format!("A file that is exported as PDF may have at most {} MB.", most >> 20);
            return Err(Error::rejected(Reason::TooLarge, detail));
        }
        let mut original = vec![];
        input.take(original_bytes).read_to_end(&mut original).map_err(Error::Io)?;
        let mut original = Cursor::new(original);
        let format = identify(&Head::read(&mut original, context)?, context)?;
        report.format = Some(format.name.into());
        report.mime = Some(format.mime.into());
        write_pdf((format, original.into_inner()), &mut BufReader::new(input), pages, context, &mut output)
    };
    match export().and_then(|()| output.finish()) {
        Ok(artifacts) => Report { artifacts, ..report },
        Err(error) => Report { format: report.format, mime: report.mime, ..error.into_report() },
    }
}

/// Draws the page, then encodes it as PNG.
fn page_png(
    drawing: &Request,
    input: &mut (impl Read + Seek),
    output: &mut dyn Target,
    progress: &dyn Fn(Progress),
) -> Report {
    let mut drawn: Vec<u8> = vec![];
    let report = run_task(drawing, input, &mut drawn, progress);
    let size = report.artifacts.first().and_then(|part| Some((part.width?, part.height?)));
    let Some(size) = size.filter(|_| report.outcome.is_success()) else { return report };
    let mut output = Output::new(output);
    match write_page(&drawn, size, &mut output).and_then(|()| output.finish()) {
        Ok(artifacts) => Report { artifacts, ..report },
        Err(error) => error.into_report(),
    }
}

fn presets_of(task: &Task) -> Result<Vec<&'static Preset>, Outcome> {
    let names: &[String] = match task {
        Task::Ingest { presets } | Task::Optimize { presets } => presets,
        Task::ExportDocx { .. }
        | Task::ExportPdf { .. }
        | Task::ExtractText
        | Task::RenderPage { .. }
        | Task::ShowPage { .. }
        | Task::UnpackMail => &[],
    };
    names
        .iter()
        .map(|name| {
            Preset::named(name).ok_or_else(|| Outcome::Internal { detail: format!("there is no preset `{name}`") })
        })
        .collect()
}
