//! Files that hold no batch are refused in one line that says where and why; good ones are read exactly.

use oddpoint::layer::batch::{self, MAX_NUMBERS};
use oddpoint::{Error, Result};
use std::path::PathBuf;
use tempfile::TempDir;

fn write(folder: &TempDir, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    path
}

fn read(name: &str, content: impl AsRef<[u8]>) -> Result<batch::Batch> {
    let folder = tempfile::tempdir().unwrap();
    batch::read(&write(&folder, name, content))
}

/// An `.npy` file, version 1.0, little-endian.
fn npy(descr: &str, order: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let text = format!("{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}");
    let padding = 64 - (10 + text.len() + 1) % 64;
    let header = format!("{text}{}\n", " ".repeat(padding));
    let mut file = b"\x93NUMPY\x01\x00".to_vec();
    file.extend((header.len() as u16).to_le_bytes());
    file.extend(header.as_bytes());
    file.extend(data);
    file
}

fn le_f64(numbers: &[f64]) -> Vec<u8> {
    numbers.iter().flat_map(|x| x.to_le_bytes()).collect()
}

#[test]
fn csv_with_and_without_header() {
    let rows = vec![vec![1.0, 2.5], vec![-3e-2, 4.0], vec![0.0, 1e9]];
    for text in [
        "1,2.5\n-3e-2,4\n0,1e9\n",
        "a, b\r\n1, 2.5\r\n-.03,4\r\n0,1e9",
        "\u{feff}a,b\n1,2.5\n\n-0.03,4.\n0,1E+9\n",
    ] {
        assert_eq!(read("x.csv", text).unwrap().samples(), rows, "{text:?}");
    }
}

#[test]
fn bad_csv_is_refused_with_place_and_reason() {
    for (text, place, reason) in [
        ("", "x.csv", "empty"),
        ("\n\n", "x.csv", "empty"),
        ("a,b\n", "x.csv", "0 samples"),
        ("1,2\n3,4\n", "x.csv", "2 samples"),
        ("1,2\n3,4\n5\n", "line 3", "1 fields where the first line has 2"),
        ("a,b,c\n1,2\n3,4\n5,6\n", "line 2", "2 fields where the first line has 3"),
        ("1,2\n3,x\n5,6\n", "line 2", "field 2: `x` is not a number"),
        ("1,b\n3,4\n5,6\n", "line 1", "field 2: `b` is not a number"),
        ("1,2\n3,\n5,6\n", "line 2", "field 2: `` is not a number"),
        ("1;2\n3;4\n5;6\n", "line 2", "`3;4` is not a number"),
        ("1,2\n3,NaN\n5,6\n", "line 2", "`NaN` is not finite"),
        ("1,2\n3,4\n-inf,6\n", "line 3", "`-inf` is not finite"),
        ("1,2\n3,4\n1e999,6\n", "line 3", "`1e999` is not finite"),
        ("7\n7\n7\n7\n", "x.csv", "all 4 samples are equal"),
        ("0,0\n0,0\n0,0\n", "x.csv", "all 3 samples are equal"),
        ("1,2\n3,\"4\n5,6\n", "line 2", "is not a number"),
    ] {
        let message = match read("x.csv", text) {
            Err(Error::Input(message)) => message,
            other => panic!("{text:?}: {other:?}"),
        };
        assert!(message.contains(place) && message.contains(reason), "{text:?}: {message}");
        assert!(!message.contains('\n'), "{message:?}");
    }
}

/// Legitimate, but to be known of.
#[test]
fn equal_samples_are_found() {
    let numbers = [1.0, 2.0, 3.0, 4.0, 1.0, 2.0];
    for batch in
        [read("x.csv", "1,2\n3,4\n1,2.0\n"), read("x.npy", npy("<f8", "False", "(3, 2)", &le_f64(&numbers)))]
    {
        assert_eq!(batch.unwrap().equal_samples(), [(0, 2)]);
    }
    assert!(read("x.csv", "1,2\n3,4\n2,1\n").unwrap().equal_samples().is_empty());
}

#[test]
fn text_in_another_encoding_is_refused() {
    let message = read("x.csv", b"1,2\n3,\xff\n5,6\n").unwrap_err().to_string();
    assert!(message.contains("line 2: not UTF-8"), "{message}");
}

#[test]
fn files_that_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let missing = batch::read(&folder.path().join("missing.csv")).unwrap_err();
    assert!(matches!(missing, Error::File { .. }) && missing.to_string().contains("missing.csv"));
    let message = read("x.txt", "1,2").unwrap_err().to_string();
    assert!(message.contains("accepted are .csv and .npy"), "{message}");
    std::fs::create_dir(folder.path().join("folder.csv")).unwrap();
    let message = batch::read(&folder.path().join("folder.csv")).unwrap_err().to_string();
    assert!(message.contains("a folder"), "{message}");
}

#[test]
fn npy_of_every_accepted_type_and_order() {
    let rows = [[1.0, 2.0], [3.0, 4.0], [5.0, 7.0]];
    let c_order = rows.concat();
    let fortran_order = [1.0, 3.0, 5.0, 2.0, 4.0, 7.0];
    let bytes = |f: fn(f64) -> Vec<u8>| -> Vec<u8> { c_order.iter().flat_map(|x| f(*x)).collect() };
    for (descr, order, data) in [
        ("<f8", "False", le_f64(&c_order)),
        ("<f8", "True", le_f64(&fortran_order)),
        (">f8", "False", bytes(|x| x.to_be_bytes().to_vec())),
        ("<f4", "False", bytes(|x| (x as f32).to_le_bytes().to_vec())),
        ("|i1", "False", bytes(|x| vec![x as u8])),
        ("|u1", "False", bytes(|x| vec![x as u8])),
        ("<i2", "False", bytes(|x| (x as i16).to_le_bytes().to_vec())),
        ("<u4", "False", bytes(|x| (x as u32).to_le_bytes().to_vec())),
        ("<i8", "False", bytes(|x| (x as i64).to_le_bytes().to_vec())),
    ] {
        let batch = read("x.npy", npy(descr, order, "(3, 2)", &data)).unwrap();
        assert_eq!(batch.samples(), rows, "{descr} {order}");
    }
}

#[test]
fn bad_npy_is_refused_with_a_reason() {
    let numbers = le_f64(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    let whole = npy("<f8", "False", "(3, 2)", &numbers);
    let huge = format!("({}, 3)", u64::MAX / 2);
    for (file, reason) in [
        (Vec::new(), "not a whole .npy file"),
        (b"1,2\n3,4\n5,6\n".to_vec(), "not a whole .npy file"),
        (whole[..whole.len() - 4].to_vec(), "not a whole .npy file"),
        (whole[..40].to_vec(), "not a whole .npy file"),
        (npy("<f8", "False", "(6,)", &numbers), "1 dimensions; expected 2"),
        (npy("<f8", "False", "(1, 3, 2)", &numbers), "3 dimensions; expected 2"),
        (npy("<f8", "False", "(2, 3)", &numbers), "2 samples"),
        (npy("<f8", "False", "(3, 0)", &[]), "without features"),
        (npy("<f8", "False", "(1000000000, 0)", &[]), "at most"),
        (npy("<f8", "False", &huge, &numbers), "at most"),
        (npy("<f8", "False", &format!("(4, {MAX_NUMBERS})"), &numbers), "at most"),
        (npy("<c16", "False", "(3, 1)", &numbers), "elements of type <c16"),
        (npy("|O", "False", "(3, 2)", &numbers), "elements of type |O"),
        (npy("|b1", "False", "(3, 2)", &[0, 1, 1, 0, 1, 1]), "elements of type |b1"),
        (
            npy("<f8", "False", "(3, 2)", &le_f64(&[1.0, 2.0, 3.0, f64::NAN, 5.0, 6.0])),
            "sample 1, feature 1: NaN",
        ),
        (npy("<f8", "False", "(3, 2)", &le_f64(&[1.0, 2.0, 1.0, 2.0, 1.0, 2.0])), "all 3 samples are equal"),
    ] {
        let message = match read("x.npy", &file) {
            Err(Error::Input(message)) => message,
            other => panic!("{reason}: {other:?}"),
        };
        assert!(message.contains("x.npy") && message.contains(reason), "{reason}: {message}");
        assert!(!message.contains('\n'), "{message:?}");
    }
}
