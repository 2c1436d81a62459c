//! Classes of embedded objects: those of documents people know, and those that are part of the page.

/// A class whose objects are documents.
pub struct Class {
    id: u128,
    /// How its program calls it, with as much of the version as matters.
    program: &'static str,
    /// What people call it.
    pub name: &'static str,
    pub mime: &'static str,
}

/// Alphabetical by program.
static DOCUMENTS: &[Class] = &[
    Class {
        id: 0xb801ca65_a1fc_11d0_85ad_444553540000,
        program: "AcroExch.Document",
        name: "Acrobat Document",
        mime: "application/pdf",
    },
    Class {
        id: 0x00020830_0000_0000_c000_000000000046,
        program: "Excel.Sheet.12",
        name: "Microsoft Excel Worksheet",
        mime: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    },
    Class {
        id: 0x00020820_0000_0000_c000_000000000046,
        program: "Excel.Sheet.8",
        name: "Microsoft Excel 97-2003 Worksheet",
        mime: "application/vnd.ms-excel",
    },
    Class {
        id: 0xcf4f55f4_8f87_4d47_80bb_5808164bb3f8,
        program: "PowerPoint.Show.12",
        name: "Microsoft PowerPoint Presentation",
        mime: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    },
    Class {
        id: 0x64818d10_4f9b_11cf_86ea_00aa00b929e8,
        program: "PowerPoint.Show.8",
        name: "Microsoft PowerPoint 97-2003 Presentation",
        mime: "application/vnd.ms-powerpoint",
    },
    Class {
        id: 0xf4754c9b_64f5_4b40_8af4_679732ac0607,
        program: "Word.Document.12",
        name: "Microsoft Word Document",
        mime: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    },
    Class {
        id: 0x00020906_0000_0000_c000_000000000046,
        program: "Word.Document.8",
        name: "Microsoft Word 97-2003 Document",
        mime: "application/msword",
    },
    Class {
        id: 0x73fddc80_aea9_101a_98a7_00aa00374959,
        program: "WordPad.Document",
        name: "WordPad Document",
        mime: "application/rtf",
    },
];

/// Equations, charts and pictures: a reader sees them as they are, and nobody takes them for files. Alphabetical.
static PARTS_OF_PAGE: &[(u128, &str)] = &[
    (0x0002ce02_0000_0000_c000_000000000046, "Equation"),
    (0x0002ce03_0000_0000_c000_000000000046, "Equation.DSMT"),
    (0x00020803_0000_0000_c000_000000000046, "MSGraph."),
    (0x00030006_0000_0000_c000_000000000046, "MSWordArt"),
    (0x0003000a_0000_0000_c000_000000000046, "Paint.Picture"),
    (0x0003000a_0000_0000_c000_000000000046, "PBrush"),
    (0x00000315_0000_0000_c000_000000000046, "StaticMetafile"),
    (0x00000316_0000_0000_c000_000000000046, "StaticDib"),
    (0x00000319_0000_0000_c000_000000000046, "StaticEnhancedMetafile"),
    (0x00020907_0000_0000_c000_000000000046, "Word.Picture"),
];

/// The class of a document, by its number or by its program.
pub fn document(id: u128, program: &str) -> Option<&'static Class> {
    DOCUMENTS.iter().find(|class| class.id == id || program.starts_with(class.program))
}

/// True for classes whose objects are part of the page.
pub fn is_part_of_page(id: u128, program: &str) -> bool {
    PARTS_OF_PAGE.iter().any(|(shown, prefix)| *shown == id || program.starts_with(prefix))
}
