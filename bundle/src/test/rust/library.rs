//! What Rust's standard library asks of WASI. `/data` is a directory that may be changed.

use std::collections::BTreeMap;
use std::env;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, ErrorKind, Read, Seek, SeekFrom, Write};
use std::time::{Duration, Instant, SystemTime};

fn error<T>(result: io::Result<T>) -> ErrorKind {
    match result {
        Ok(_) => panic!("an error was expected"),
        Err(e) => e.kind(),
    }
}

fn main() -> io::Result<()> {
    let words: Vec<String> = env::args().skip(1).collect();
    assert_eq!(words, ["one", "zwei \u{e4}"]);
    assert_eq!(env::var("NAME").as_deref(), Ok("value"));
    assert!(env::var("NONE").is_err());

    fs::create_dir_all("/data/a/b/c")?;
    fs::write("/data/a/file", "hello")?;
    let mut file = OpenOptions::new().read(true).append(true).open("/data/a/file")?;
    file.write_all(b" world")?;
    file.seek(SeekFrom::Start(6))?;
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    assert_eq!(text, "world");
    file.sync_all()?;
    file.set_len(5)?;
    assert_eq!(file.metadata()?.len(), 5);
    assert!(file.metadata()?.is_file());
    assert!(file.metadata()?.modified()? > SystemTime::UNIX_EPOCH);
    drop(file);

    assert_eq!(error(File::open("/data/none")), ErrorKind::NotFound);
    assert_eq!(error(OpenOptions::new().write(true).create_new(true).open("/data/a/file")), ErrorKind::AlreadyExists);
    assert!(fs::remove_dir("/data/a").is_err());
    assert!(fs::read_to_string("/data/../secret").is_err());

    fs::rename("/data/a/file", "/data/a/renamed")?;
    fs::copy("/data/a/renamed", "/data/a/copied")?;
    let mut names = BTreeMap::new();
    for entry in fs::read_dir("/data/a")? {
        let entry = entry?;
        names.insert(entry.file_name().into_string().unwrap(), entry.file_type()?.is_dir());
    }
    let expected = [("b", true), ("copied", false), ("renamed", false)];
    assert!(names.iter().map(|(name, is_dir)| (name.as_str(), *is_dir)).eq(expected));
    fs::remove_dir_all("/data/a")?;
    assert_eq!(fs::read_dir("/data")?.count(), 0);

    let start = Instant::now();
    std::thread::sleep(Duration::from_millis(20));
    assert!(start.elapsed() >= Duration::from_millis(20));

    let stdin = io::stdin();
    let sum: i64 = stdin.lock().lines().map(|line| line.unwrap().parse::<i64>().unwrap()).sum();
    println!("{}", sum);
    eprintln!("done");
    std::process::exit(7);
}
