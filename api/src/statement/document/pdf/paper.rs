//! Paper: pages of text, lines and areas, measured in points from the upper left corner, drawn once all of them are known.

use krilla::{
    Document,
    color::rgb,
    geom::{PathBuilder, Point, Rect},
    metadata::Metadata,
    num::NormalizedF32,
    page::PageSettings,
    paint::{Fill, FillRule, Stroke},
    surface::Surface,
    text::{Font, TextDirection},
};
use ttf_parser::{Face, GlyphId};

use crate::problem::Problem;

/// A4.
pub(super) const WIDTH: f32 = 595.28;
pub(super) const HEIGHT: f32 = 841.89;
/// What is left free at the sides.
pub(super) const MARGIN: f32 = 48.0;
/// Where the text of a page ends, above its foot.
pub(super) const BOTTOM: f32 = HEIGHT - 64.0;
/// The right edge of the text.
pub(super) const RIGHT: f32 = WIDTH - MARGIN;

/// A colour of the statement.
#[derive(Debug, Clone, Copy)]
pub(super) enum Ink {
    /// Text.
    Black,
    /// What is less important.
    Grey,
    /// Titles and totals.
    Blue,
    /// Lines between rows.
    Pale,
    /// The ground of what stands out.
    Ground,
}

impl Ink {
    fn rgb(self) -> rgb::Color {
        match self {
            Self::Black => rgb::Color::new(0x1c, 0x24, 0x30),
            Self::Grey => rgb::Color::new(0x6a, 0x74, 0x82),
            Self::Blue => rgb::Color::new(0x12, 0x45, 0x7a),
            Self::Pale => rgb::Color::new(0xd9, 0xdf, 0xe6),
            Self::Ground => rgb::Color::new(0xf2, 0xf5, 0xf9),
        }
    }
}

/// How a text is set.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    pub(super) size: f32,
    pub(super) bold: bool,
    pub(super) ink: Ink,
}

impl Style {
    pub(super) const fn new(size: f32, ink: Ink) -> Self {
        Self { size, bold: false, ink }
    }

    pub(super) const fn bold(size: f32, ink: Ink) -> Self {
        Self { size, bold: true, ink }
    }
}

enum Mark {
    Text { x: f32, y: f32, style: Style, text: String },
    Line { from: f32, to: f32, y: f32, ink: Ink, width: f32 },
    Area { left: f32, top: f32, right: f32, bottom: f32, ink: Ink },
}

/// A text as it stands on a page.
#[cfg(test)]
pub(super) struct Written {
    pub(super) left: f32,
    pub(super) right: f32,
    /// Its baseline.
    pub(super) y: f32,
    pub(super) size: f32,
    pub(super) text: String,
}

/// What is written so far.
pub(super) struct Paper {
    regular: Face<'static>,
    bold: Face<'static>,
    pages: Vec<Vec<Mark>>,
}

impl Paper {
    /// One empty page.
    pub(super) fn new() -> Result<Self, Problem> {
        let face = |bytes| Face::parse(bytes, 0).map_err(|error| Problem::internal(format!("font: {error}")));
        Ok(Self { regular: face(notosans::REGULAR_TTF)?, bold: face(notosans::BOLD_TTF)?, pages: vec![Vec::new()] })
    }

    /// Begins another page.
    pub(super) fn turn(&mut self) {
        self.pages.push(Vec::new());
    }

    fn put(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }

    /// How wide a text is.
    pub(super) fn width(&self, style: Style, text: &str) -> f32 {
        let face = if style.bold { &self.bold } else { &self.regular };
        // What the font does not have is drawn as its first glyph, a box.
        let glyph = |letter: char| face.glyph_index(letter).unwrap_or(GlyphId(0));
        let advance = |letter: char| face.glyph_hor_advance(glyph(letter)).unwrap_or(0);
        let units: f32 = text.chars().map(|letter| f32::from(advance(letter))).sum();
        units * style.size / f32::from(face.units_per_em())
    }

    /// Text whose baseline begins at a point.
    pub(super) fn text(&mut self, x: f32, y: f32, style: Style, text: &str) {
        if !text.is_empty() {
            self.put(Mark::Text { x, y, style, text: text.to_owned() });
        }
    }

    /// Text that ends at `x`.
    pub(super) fn text_to(&mut self, x: f32, y: f32, style: Style, text: &str) {
        let width = self.width(style, text);
        self.text(x - width, y, style, text);
    }

    /// Text in lines no wider than `width`: a word that is wider is cut.
    pub(super) fn wrapped(&self, style: Style, text: &str, width: f32) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for word in text.split(' ') {
            match lines.last_mut() {
                Some(line) if self.width(style, &format!("{line} {word}")) <= width => {
                    line.push(' ');
                    line.push_str(word);
                }
                _ => lines.push(self.cut(style, word, width)),
            }
        }
        lines
    }

    /// Text that is cut where it would be wider than `width`.
    pub(super) fn cut(&self, style: Style, text: &str, width: f32) -> String {
        if self.width(style, text) <= width {
            return text.to_owned();
        }
        let mut cut = text.to_owned();
        while !cut.is_empty() && self.width(style, &format!("{cut}…")) > width {
            cut.pop();
        }
        format!("{}…", cut.trim_end())
    }

    /// A line across.
    pub(super) fn line(&mut self, from: f32, to: f32, y: f32, ink: Ink, width: f32) {
        self.put(Mark::Line { from, to, y, ink, width });
    }

    /// An area that is filled.
    pub(super) fn area(&mut self, left: f32, top: f32, right: f32, bottom: f32, ink: Ink) {
        self.put(Mark::Area { left, top, right, bottom, ink });
    }

    /// What stands on each page, and where.
    #[cfg(test)]
    pub(super) fn written(&self) -> Vec<Vec<Written>> {
        let written = |mark: &Mark| match mark {
            Mark::Text { x, y, style, text } => {
                let right = *x + self.width(*style, text);
                Some(Written { left: *x, right, y: *y, size: style.size, text: text.clone() })
            }
            Mark::Line { .. } | Mark::Area { .. } => None,
        };
        self.pages.iter().map(|page| page.iter().filter_map(written).collect()).collect()
    }

    /// The PDF, with a foot on each page: one text at the left and, at the right, what `numbered` makes of its number and of how many
    /// there are.
    pub(super) fn print(
        mut self,
        metadata: Metadata,
        foot: &str,
        numbered: impl Fn(usize, usize) -> String,
    ) -> Result<Vec<u8>, Problem> {
        let broken = |what: &str| Problem::internal(format!("PDF: {what}"));
        let font = |bytes: &'static [u8]| Font::new(bytes.into(), 0).ok_or_else(|| broken("font"));
        let (regular, bold) = (font(notosans::REGULAR_TTF)?, font(notosans::BOLD_TTF)?);
        let count = self.pages.len();
        let style = Style::new(7.0, Ink::Grey);
        let mut document = Document::new();
        document.set_metadata(metadata);
        for (index, mut marks) in std::mem::take(&mut self.pages).into_iter().enumerate() {
            let number = numbered(index.saturating_add(1), count);
            let y = HEIGHT - 34.0;
            marks.push(Mark::Line { from: MARGIN, to: RIGHT, y: y - 12.0, ink: Ink::Pale, width: 0.5 });
            marks.push(Mark::Text { x: MARGIN, y, style, text: foot.to_owned() });
            marks.push(Mark::Text { x: RIGHT - self.width(style, &number), y, style, text: number });
            let settings = PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| broken("page"))?;
            let mut page = document.start_page_with(settings);
            let mut surface = page.surface();
            for mark in marks {
                draw(&mut surface, (&regular, &bold), mark).ok_or_else(|| broken("mark"))?;
            }
            surface.finish();
            page.finish();
        }
        document.finish().map_err(|error| broken(&format!("{error:?}")))
    }
}

fn fill(ink: Ink) -> Fill {
    Fill { paint: ink.rgb().into(), opacity: NormalizedF32::ONE, rule: FillRule::default() }
}

fn draw(surface: &mut Surface<'_>, (regular, bold): (&Font, &Font), mark: Mark) -> Option<()> {
    match mark {
        Mark::Text { x, y, style, text } => {
            let font = if style.bold { bold } else { regular };
            surface.set_stroke(None);
            surface.set_fill(Some(fill(style.ink)));
            surface.draw_text(Point::from_xy(x, y), font.clone(), style.size, &text, false, TextDirection::LeftToRight);
        }
        Mark::Line { from, to, y, ink, width } => {
            let mut path = PathBuilder::new();
            path.move_to(from, y);
            path.line_to(to, y);
            surface.set_fill(None);
            surface.set_stroke(Some(Stroke { paint: ink.rgb().into(), width, ..Stroke::default() }));
            surface.draw_path(&path.finish()?);
        }
        Mark::Area { left, top, right, bottom, ink } => {
            let mut path = PathBuilder::new();
            path.push_rect(Rect::from_ltrb(left, top, right, bottom)?);
            surface.set_stroke(None);
            surface.set_fill(Some(fill(ink)));
            surface.draw_path(&path.finish()?);
        }
    }
    Some(())
}
