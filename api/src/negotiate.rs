//! Which of several media types a caller would rather have (RFC 9110, section 12.5.1).

/// The one of `offered` that an `Accept` header likes best: of those it likes equally the first. Without a header the first.
#[must_use]
pub fn preferred<'o>(accept: Option<&str>, offered: &[&'o str]) -> Option<&'o str> {
    let Some(accept) = accept else { return offered.first().copied() };
    let mut best = (None, 0);
    for kind in offered {
        let quality = quality(accept, kind);
        if quality > best.1 {
            best = (Some(*kind), quality);
        }
    }
    best.0
}

/// How much an `Accept` header likes a media type, in thousandths: as the most specific range that it fits says.
fn quality(accept: &str, kind: &str) -> u32 {
    let family = kind.split_once('/').map_or(kind, |(family, _)| family);
    let mut found = (0, 0);
    for range in accept.split(',') {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default();
        let specific = match name {
            "" | "*/*" => 1,
            name if name.strip_suffix("/*").is_some_and(|of| of.eq_ignore_ascii_case(family)) => 2,
            name if name.eq_ignore_ascii_case(kind) => 3,
            _ => continue,
        };
        if specific > found.0 {
            let quality = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
            found = (specific, quality.map_or(1000, crate::problem::thousandths));
        }
    }
    found.1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_liked_media_type_is_given_and_of_equals_the_first() {
        let offered = ["application/json", "text/csv", "application/pdf"];
        for (accept, given) in [
            ("*/*", Some("application/json")),
            ("", Some("application/json")),
            ("application/*", Some("application/json")),
            ("text/*", Some("text/csv")),
            ("application/pdf", Some("application/pdf")),
            ("APPLICATION/PDF", Some("application/pdf")),
            ("application/json;q=0.5, application/pdf", Some("application/pdf")),
            ("application/*;q=0.9, application/json;q=0.1, text/csv;q=0.2", Some("application/pdf")),
            ("text/html, application/xhtml+xml, */*;q=0.8", Some("application/json")),
            ("application/json;q=0, */*", Some("text/csv")),
            ("text/html", None),
            ("application/json;q=0", None),
        ] {
            assert_eq!(preferred(Some(accept), &offered), given, "{accept}");
        }
        assert_eq!(preferred(None, &offered), Some("application/json"));
    }
}
