//! Evidence for reading: any JSON that a claim hands over, as lists and tables of shortened numbers.
//!
//! Enclosures are shortened outward, so that what is shown still encloses; everything in full is in `report.json`.

use crate::arithmetic::Interval;
use maud::{Markup, html};
use serde_json::{Map, Value};
use std::borrow::Cow;

/// Rows of a table that are shown; more would bury the page.
const ROWS: usize = 60;
/// A table of no more rows is not folded.
const UNFOLDED: usize = 8;
/// Bits for reading decimals: more than any evidence has.
const BITS: u32 = 1200;
/// Significant digits of an approximation.
const DIGITS: usize = 10;

/// An object's members: plain ones as a list, tables folded below it.
pub(super) fn render(evidence: &Value) -> Markup {
    let Value::Object(members) = evidence else { return member("evidence", evidence) };
    let (plain, tables): (Vec<_>, Vec<_>) = members.iter().partition(|(_, value)| inline(value).is_some());
    html! {
        @if members.is_empty() { p { "No numbers: the claim was not judged to the end." } }
        @if !plain.is_empty() {
            dl.numbers {
                @for (name, value) in plain {
                    dt { (words(name)) }
                    dd { (inline(value).unwrap_or_default()) }
                }
            }
        }
        @for (name, value) in tables { (member(name, value)) }
    }
}

fn member(name: &str, value: &Value) -> Markup {
    match value {
        Value::Array(items) => folded(name, items.len(), &list(name, items)),
        Value::Object(members)
            if members.values().any(|value| matches!(value, Value::Array(_) | Value::Object(_))) =>
        {
            html! { h5 { (words(name)) } (render(value)) }
        }
        _ => folded(name, 1, &list(name, std::slice::from_ref(value))),
    }
}

fn folded(name: &str, count: usize, content: &Markup) -> Markup {
    html! {
        details open[count <= UNFOLDED] {
            summary { (words(name)) " (" (count) @if count == 1 { " row)" } @else { " rows)" } }
            (content)
        }
    }
}

/// Items one below the other; objects as the rows of a table.
fn list(name: &str, items: &[Value]) -> Markup {
    let rows: Vec<Vec<(String, &Value)>> = items.iter().map(flattened).collect();
    let mut columns: Vec<&str> = Vec::new();
    for (column, _) in rows.iter().flatten() {
        if !columns.contains(&column.as_str()) {
            columns.push(column);
        }
    }
    let cell = |row: &Vec<(String, &Value)>, column: &str| {
        let value = row.iter().find(|(name, _)| name == column).map(|(_, value)| *value);
        value.map_or(html! {}, cell)
    };
    html! {
        div.scroll tabindex="0" role="region" aria-label=(words(name)) {
            table {
                thead { tr { @for column in &columns { th scope="col" { (words(column)) } } } }
                tbody {
                    @for row in rows.iter().take(ROWS) {
                        tr { @for column in &columns { td { (cell(row, column)) } } }
                    }
                }
            }
        }
        @if rows.len() > ROWS {
            p.note { "The first " (ROWS) " of " (rows.len()) " rows; all are in " a href="report.json" { "report.json" } "." }
        }
    }
}

/// The members of an object, those of objects within it under joined names; anything else under its own.
fn flattened(item: &Value) -> Vec<(String, &Value)> {
    fn walk<'a>(prefix: &str, members: &'a Map<String, Value>, found: &mut Vec<(String, &'a Value)>) {
        for (name, value) in members {
            let name = if prefix.is_empty() { name.clone() } else { format!("{prefix} {name}") };
            match value {
                Value::Object(inner) if inline(value).is_none() => walk(&name, inner, found),
                _ => found.push((name, value)),
            }
        }
    }
    let mut found = Vec::new();
    match item {
        Value::Object(members) if inline(item).is_none() => walk("", members, &mut found),
        _ => found.push(("value".to_owned(), item)),
    }
    found
}

/// A cell: something short, or a table within, folded.
fn cell(value: &Value) -> Markup {
    match (inline(value), value) {
        (Some(text), _) => html! { (text) },
        (None, Value::Array(items)) => {
            html! { details { summary { (items.len()) " rows" } (list("rows within", items)) } }
        }
        (None, other) => html! { (other.to_string()) },
    }
}

/// What fits on a line: text, a number, an enclosure, a short list of such.
fn inline(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some("–".to_owned()),
        Value::Bool(value) => Some(if *value { "yes" } else { "no" }.to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(text.clone()),
        Value::Object(members) => number(members),
        Value::Array(items) if items.len() <= 12 => {
            let short = |item: &Value| if item.is_array() { None } else { inline(item) };
            let items: Option<Vec<String>> = items.iter().map(short).collect();
            items.map(|items| if items.is_empty() { "none".to_owned() } else { items.join(", ") })
        }
        Value::Array(items) => span(items),
    }
}

/// Whole numbers in a row, as `3 … 64 (62 values)`.
fn span(items: &[Value]) -> Option<String> {
    let numbers: Option<Vec<u64>> =
        items.iter().map(|item| item.as_u64().or_else(|| item.as_str()?.parse().ok())).collect();
    let numbers = numbers.filter(|numbers| numbers.windows(2).all(|pair| pair[0] < pair[1]))?;
    Some(format!("{} … {} ({} values)", numbers.first()?, numbers.last()?, numbers.len()))
}

/// A number of the contract: an enclosure `[lower, upper]`, or an approximation `≈ x`.
fn number(members: &Map<String, Value>) -> Option<String> {
    let text = |name: &str| members.get(name)?.as_str();
    match members.len() {
        2 => {
            let enclosure = Interval::from_decimal(BITS, text("lo")?, text("hi")?)?;
            Some(enclosure.to_string())
        }
        1 => Some(format!("≈ {}", rounded(text("approx")?))),
        _ => None,
    }
}

/// An approximation in fewer digits, where it has more.
fn rounded(decimal: &str) -> Cow<'_, str> {
    match rug::Float::parse(decimal) {
        Ok(parsed) if decimal.len() > DIGITS + 2 => {
            let value = Interval::point(rug::Float::with_val(BITS, parsed));
            Cow::Owned(value.nearest_decimal(DIGITS))
        }
        _ => Cow::Borrowed(decimal),
    }
}

/// A name of JSON as words.
fn words(name: &str) -> String {
    name.replace('_', " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn page(evidence: &Value) -> String {
        render(evidence).into_string()
    }

    /// 20 digits, the lower end down and the upper one up.
    #[test]
    fn enclosures_are_shortened_outward() {
        let digits = "0.94483227831703107148074203158461354150968257542849";
        let found = page(&json!({ "gap": { "lo": format!("{digits}1"), "hi": format!("{digits}2") } }));
        assert!(found.contains("[0.94483227831703107148, 0.94483227831703107149]"), "{found}");
        let found = page(
            &json!({ "wide": { "lo": "0.875", "hi": "1.5" }, "near": { "approx": "2.5452918937419467" } }),
        );
        assert!(found.contains("[0.875, 1.5]") && found.contains("≈ 2.545291894"), "{found}");
    }

    #[test]
    fn arrays_of_objects_are_tables_with_joined_names() {
        let row = |n: u32| json!({ "n": n.to_string(), "theta": { "error": { "approx": "1e-20" } } });
        let found = page(&json!({ "rows": (0..100).map(row).collect::<Vec<_>>() }));
        assert!(found.contains("<th scope=\"col\">theta error</th>") && found.contains("≈ 1e-20"), "{found}");
        assert_eq!(found.matches("<tr>").count(), 1 + ROWS);
        assert!(found.contains("The first 60 of 100 rows") && found.contains("<details>"));
        assert!(page(&json!({ "rows": [row(1)] })).contains("<details open>"));
    }

    #[test]
    fn text_is_escaped() {
        let found = page(&json!({ "a<b": "<script>", "list": [{ "x&y": "\"" }] }));
        assert!(
            found.contains("a&lt;b") && found.contains("&lt;script&gt;") && found.contains("x&amp;y"),
            "{found}"
        );
    }

    #[test]
    fn nothing_is_lost_that_is_no_number_of_the_contract() {
        let found = page(
            &json!({ "none": null, "yes": true, "sizes": (3..70).collect::<Vec<_>>(), "deep": { "a": [[1, 2], [3, 4]] } }),
        );
        for words in ["–", "yes", "3 … 69 (67 values)", "1, 2"] {
            assert!(found.contains(words), "no {words} in {found}");
        }
        assert!(page(&json!({})).contains("not judged to the end"));
    }
}
