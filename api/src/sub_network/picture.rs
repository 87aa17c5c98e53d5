//! The tree as a picture: SVG that needs nothing else, reads aloud and shows long names in full where a pointer rests on them.
//!
//! Every look is an attribute: a browser that opens it by itself applies no style sheet of an answer of this service.

use super::wire::{PartnerTree, TreeAgreement, TreeMaster, TreePartner};
use crate::{
    pages::escaped,
    problem::{Language, say},
};

/// All in user units. Columns are masters, partners and promoters; each leaf has a row of its own.
const WIDTH: usize = 252;
const HEIGHT: usize = 54;
const ACROSS: usize = 64;
const ROW: usize = 70;
const MARGIN: usize = 28;
const HEAD: usize = 76;
/// What fits into a box.
const NAME_LETTERS: usize = 23;
const KIND_LETTERS: usize = 34;

/// How a box looks.
#[derive(Debug, Clone, Copy)]
struct Look {
    column: usize,
    fill: &'static str,
    line: &'static str,
    name: &'static str,
    kind: &'static str,
}

const MASTER: Look = Look { column: 0, fill: "#1d3557", line: "#1d3557", name: "#ffffff", kind: "#c9d8ea" };
const PARTNER: Look = Look { column: 1, fill: "#eaf2fb", line: "#457b9d", name: "#14263d", kind: "#3c5a78" };
const PROMOTER: Look = Look { column: 2, fill: "#eef8f0", line: "#3f8f5f", name: "#14301f", kind: "#39664b" };

/// Draws a tree, with its words in a language.
pub(super) fn draw(tree: &PartnerTree, language: Language) -> String {
    let mut top = HEAD;
    let mut parts = Vec::new();
    for master in &tree.masters {
        let height = rows_of(master).saturating_mul(ROW);
        parts.push(master_with_partners(master, top, language));
        top = top.saturating_add(height);
    }
    if tree.masters.is_empty() {
        parts.push(label(MARGIN, top.saturating_add(24), "#3c5a78", &word(language, "nobody")));
        top = top.saturating_add(ROW);
    }
    let (width, height) = (left_of(PROMOTER.column).saturating_add(WIDTH).saturating_add(MARGIN), top.saturating_add(MARGIN));
    let title = escaped(&word(language, "title"));
    let told = say(language, "sub_network.picture.told", &counts(tree));
    let heads = [(MASTER, "masters"), (PARTNER, "partners"), (PROMOTER, "promoters")];
    let heads = heads.map(|(look, what)| label(left_of(look.column), 58, "#5b6b7d", &word(language, what)));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" \
         aria-labelledby=\"title told\" xml:lang=\"{lang}\" font-family=\"system-ui, 'Segoe UI', Roboto, Arial, sans-serif\">\n\
         <title id=\"title\">{title}</title>\n<desc id=\"told\">{told}</desc>\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n\
         <text x=\"{MARGIN}\" y=\"34\" font-size=\"18\" font-weight=\"600\" fill=\"#14263d\">{title} · {on}</text>\n{heads}\n{parts}\n</svg>\n",
        lang = language.tag(),
        told = escaped(&told),
        on = tree.day,
        heads = heads.join("\n"),
        parts = parts.join("\n"),
    )
}

fn word(language: Language, what: &str) -> String {
    say(language, &format!("sub_network.picture.{what}"), &[])
}

/// How many of each there are, for those who cannot see them.
fn counts(tree: &PartnerTree) -> Vec<(&'static str, String)> {
    let partners = tree.masters.iter().flat_map(|master| &master.partners);
    let promoters: usize = partners.clone().map(|partner| partner.promoters.len()).sum();
    vec![
        ("on", tree.day.to_string()),
        ("masters", tree.masters.len().to_string()),
        ("partners", partners.count().to_string()),
        ("promoters", promoters.to_string()),
    ]
}

fn rows_of_partner(partner: &TreePartner) -> usize {
    partner.promoters.len().max(1)
}

fn rows_of(master: &TreeMaster) -> usize {
    master.partners.iter().map(rows_of_partner).sum::<usize>().max(1)
}

fn left_of(column: usize) -> usize {
    MARGIN.saturating_add(column.saturating_mul(WIDTH.saturating_add(ACROSS)))
}

/// The middle of `rows` rows that begin at `top`.
fn middle(top: usize, rows: usize) -> usize {
    top.saturating_add(rows.saturating_mul(ROW) / 2)
}

fn master_with_partners(master: &TreeMaster, top: usize, language: Language) -> String {
    let own = middle(top, rows_of(master));
    let mut parts = Vec::new();
    let mut top = top;
    for partner in &master.partners {
        let rows = rows_of_partner(partner);
        let at = middle(top, rows);
        parts.push(link(MASTER.column, own, at));
        parts.push(partner_with_promoters(partner, top));
        top = top.saturating_add(rows.saturating_mul(ROW));
    }
    parts.push(boxed(MASTER, own, &master.name, &word(language, "master")));
    parts.join("\n")
}

fn partner_with_promoters(partner: &TreePartner, top: usize) -> String {
    let own = middle(top, rows_of_partner(partner));
    let mut parts = Vec::new();
    for (row, promoter) in partner.promoters.iter().enumerate() {
        let at = middle(top.saturating_add(row.saturating_mul(ROW)), 1);
        parts.push(link(PARTNER.column, own, at));
        parts.push(boxed(PROMOTER, at, &promoter.name, &roles(&promoter.agreements)));
    }
    parts.push(boxed(PARTNER, own, &partner.name, &roles(&partner.agreements)));
    parts.join("\n")
}

/// What a partner is, with the stages that it has.
fn roles(agreements: &[TreeAgreement]) -> String {
    let role = |agreement: &TreeAgreement| match &agreement.stage_name {
        Some(stage) => format!("{} · {stage}", agreement.partnership_type_name),
        None => agreement.partnership_type_name.clone(),
    };
    agreements.iter().map(role).collect::<Vec<_>>().join(", ")
}

/// A line from the middle of a box to the middle of one in the next column.
fn link(column: usize, from: usize, to: usize) -> String {
    let start = left_of(column).saturating_add(WIDTH);
    let (end, bend) = (start.saturating_add(ACROSS), start.saturating_add(ACROSS / 2));
    format!(
        "<path d=\"M{start} {from}C{bend} {from} {bend} {to} {end} {to}\" fill=\"none\" stroke=\"#a9b7c6\" stroke-width=\"1.5\"/>"
    )
}

fn boxed(look: Look, middle: usize, name: &str, kind: &str) -> String {
    let Look { column, fill, line, name: name_color, kind: kind_color } = look;
    let (left, top) = (left_of(column), middle.saturating_sub(HEIGHT / 2));
    let (text, first, second) = (left.saturating_add(16), top.saturating_add(23), top.saturating_add(41));
    format!(
        "<g><title>{full}</title><rect x=\"{left}\" y=\"{top}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" rx=\"10\" fill=\"{fill}\" stroke=\"{line}\"/>\
         <text x=\"{text}\" y=\"{first}\" font-size=\"15\" font-weight=\"600\" fill=\"{name_color}\">{name}</text>\
         <text x=\"{text}\" y=\"{second}\" font-size=\"12\" fill=\"{kind_color}\">{kind}</text></g>",
        full = escaped(&format!("{name} ({kind})")),
        name = escaped(&fitting(name, NAME_LETTERS)),
        kind = escaped(&fitting(kind, KIND_LETTERS)),
    )
}

fn label(left: usize, base: usize, color: &str, text: &str) -> String {
    format!("<text x=\"{left}\" y=\"{base}\" font-size=\"13\" fill=\"{color}\">{}</text>", escaped(text))
}

/// As much of a text as fits, with a mark where something is left out.
fn fitting(text: &str, letters: usize) -> String {
    if text.chars().count() <= letters {
        return text.to_owned();
    }
    let kept: String = text.chars().take(letters.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sub_network::wire::TreePromoter;

    fn agreement(name: &str, stage: Option<&str>) -> TreeAgreement {
        TreeAgreement {
            agreement_id: "agreement_01h2xcejqtf2nbrexx3vqjhp41".into(),
            partnership_type: "reseller".into(),
            partnership_type_name: name.into(),
            stage: stage.map(str::to_owned),
            stage_name: stage.map(|_| "Sub-network".into()),
        }
    }

    pub(crate) fn tree(name: &str) -> PartnerTree {
        let promoter = |name: &str| TreePromoter {
            partner_id: "partner_01h2xcejqtf2nbrexx3vqjhp42".into(),
            name: name.into(),
            agreements: vec![agreement("Client manager", None)],
        };
        let partner = |name: &str, promoters| TreePartner {
            partner_id: "partner_01h2xcejqtf2nbrexx3vqjhp41".into(),
            name: name.into(),
            agreements: vec![agreement("Reseller", Some("sub_network"))],
            promoters,
        };
        let partners = vec![partner(name, vec![promoter("Inês Prado"), promoter("Rui Melo")]), partner("Minho Dados", vec![])];
        let master =
            TreeMaster { master_id: "master_01h2xcejqtf2nbrexx3vqjhp41".into(), name: "Altoga Software".into(), partners };
        PartnerTree { day: "2026-03-02".parse().unwrap(), masters: vec![master] }
    }

    #[test]
    fn everybody_stands_in_the_picture_and_it_tells_what_it_shows() {
        let drawn = draw(&tree("Douro Sistemas, Lda."), Language::En);
        for expected in
            ["Altoga Software", "Douro Sistemas, Lda.", "Inês Prado", "Rui Melo", "Minho Dados", "Reseller · Sub-network"]
        {
            assert!(drawn.contains(expected), "{expected} in {drawn}");
        }
        assert!(drawn.contains("role=\"img\" aria-labelledby=\"title told\""));
        assert!(drawn.contains("Master companies: 1, partners: 2, promoters: 2."), "{drawn}");
        assert_eq!((drawn.matches("<path").count(), drawn.matches("<g>").count()), (4, 5), "a line to each but the master");
    }

    #[test]
    fn a_name_is_text_whatever_it_says_and_a_long_one_is_cut() {
        let drawn = draw(&tree("<script>alert('x')</script> & \"Sons\" of a long family\u{7}"), Language::Fr);
        assert!(!drawn.contains("<script") && drawn.contains("&lt;script&gt;alert(&#39;x&#39;)"), "{drawn}");
        assert!(drawn.contains('…') && !drawn.contains('\u{7}'));
        let opened = drawn.matches("<text").count();
        assert_eq!(opened, drawn.matches("</text>").count());
    }

    #[test]
    fn an_empty_tree_says_so_in_each_language() {
        let empty = PartnerTree { day: "2026-03-02".parse().unwrap(), masters: vec![] };
        for language in crate::problem::LANGUAGES {
            let drawn = draw(&empty, language);
            assert!(!drawn.contains("sub_network.picture") && !drawn.contains("%{"), "{drawn}");
        }
    }
}
