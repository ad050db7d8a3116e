//! The data behind a figure: named columns, one line a point, as they are written to CSV and as they are drawn.

use crate::{Error, Result};
use std::fmt;
use std::io::Write;

/// One entry of a [`Table`].
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// A name.
    Text(String),
    /// A number; one that is not finite is written as an empty field.
    Number(f64),
}

impl fmt::Display for Cell {
    /// Shortest decimals that give the same double again.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Number(x) if !x.is_finite() => Ok(()),
            Self::Number(x) if *x == 0.0 || (1e-5..1e16).contains(&x.abs()) => write!(f, "{x}"),
            Self::Number(x) => write!(f, "{x:e}"),
        }
    }
}

impl From<f64> for Cell {
    fn from(x: f64) -> Self {
        Self::Number(x)
    }
}

impl From<u64> for Cell {
    fn from(x: u64) -> Self {
        Self::Number(x as f64)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// Named columns.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    columns: &'static [&'static str],
    rows: Vec<Vec<Cell>>,
}

impl Table {
    /// No rows yet.
    pub fn new(columns: &'static [&'static str]) -> Self {
        Self { columns, rows: Vec::new() }
    }

    /// The names of the columns.
    pub fn columns(&self) -> &'static [&'static str] {
        self.columns
    }

    /// The rows, in order.
    pub fn rows(&self) -> &[Vec<Cell>] {
        &self.rows
    }

    /// One row more.
    ///
    /// # Panics
    /// If it has not a cell for every column.
    pub fn push(&mut self, row: impl Into<Vec<Cell>>) {
        let row = row.into();
        assert_eq!(row.len(), self.columns.len(), "a cell for every column");
        self.rows.push(row);
    }

    /// All rows of `other`, which has the same columns.
    ///
    /// # Panics
    /// If it has other columns.
    pub fn append(&mut self, mut other: Self) {
        assert_eq!(self.columns, other.columns, "the same columns");
        self.rows.append(&mut other.rows);
    }

    /// The numbers in the columns `x` and `y` of those rows whose columns hold what `filter` says, where both are finite.
    ///
    /// # Panics
    /// For a column that there is not.
    pub fn points(&self, filter: &[(&str, &str)], x: &str, y: &str) -> Vec<(f64, f64)> {
        let [x, y] = [x, y].map(|name| self.position(name));
        let filter: Vec<_> = filter.iter().map(|&(name, value)| (self.position(name), value)).collect();
        let wanted = |row: &&Vec<Cell>| filter.iter().all(|&(at, value)| row[at].to_string() == value);
        let point = |row: &Vec<Cell>| match (&row[x], &row[y]) {
            (Cell::Number(x), Cell::Number(y)) if x.is_finite() && y.is_finite() => Some((*x, *y)),
            _ => None,
        };
        self.rows.iter().filter(wanted).filter_map(point).collect()
    }

    fn position(&self, name: &str) -> usize {
        let position = self.columns.iter().position(|column| *column == name);
        position.unwrap_or_else(|| panic!("no column {name} among {:?}", self.columns))
    }

    /// A line of names, then a line a row.
    ///
    /// # Errors
    /// [`Error::Output`] if `out` cannot be written.
    pub fn write_csv(&self, out: impl Write) -> Result<()> {
        let failed = |error: csv::Error| Error::Output(error.into());
        let mut csv = csv::Writer::from_writer(out);
        csv.write_record(self.columns).map_err(failed)?;
        for row in &self.rows {
            csv.write_record(row.iter().map(Cell::to_string)).map_err(failed)?;
        }
        csv.flush()?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new(&["name", "x", "y"]);
        table.push(["a".into(), 1_u64.into(), 1e-70.into()]);
        table.push(["b".into(), 2_u64.into(), f64::NAN.into()]);
        table.push(["b, c".into(), 2.5.into(), 0.1.into()]);
        table
    }

    #[test]
    fn csv_of_names_and_numbers() {
        let mut text = Vec::new();
        table().write_csv(&mut text).unwrap();
        assert_eq!(String::from_utf8(text).unwrap(), "name,x,y\na,1,1e-70\nb,2,\n\"b, c\",2.5,0.1\n");
    }

    #[test]
    fn points_are_selected() {
        assert_eq!(table().points(&[("name", "a")], "x", "y"), [(1.0, 1e-70)]);
        assert_eq!(table().points(&[("x", "2")], "x", "y"), []);
        assert_eq!(table().points(&[], "y", "x").len(), 2);
    }
}
