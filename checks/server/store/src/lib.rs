//! Visits, counted in a database.

use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use std::sync::Mutex;

/// A page and how often it was asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Visits {
    pub page: String,
    pub count: u32,
}

pub struct Store(Mutex<Connection>);

impl Store {
    pub fn open(file: &str) -> rusqlite::Result<Self> {
        let connection = Connection::open(file)?;
        connection.execute_batch("CREATE TABLE visits (page TEXT PRIMARY KEY, count INTEGER NOT NULL)")?;
        Ok(Self(Mutex::new(connection)))
    }

    pub fn visit(&self, page: &str) -> rusqlite::Result<Visits> {
        let count = self.0.lock().unwrap().query_row(
            "INSERT INTO visits VALUES (?1, 1) ON CONFLICT (page) DO UPDATE SET count = count + 1 RETURNING count",
            [page],
            |row| row.get(0),
        )?;
        Ok(Visits { page: page.to_owned(), count })
    }

    pub fn total(&self) -> rusqlite::Result<(u32, u32)> {
        self.0
            .lock()
            .unwrap()
            .query_row("SELECT count(*), sum(count) FROM visits", [], |row| Ok((row.get(0)?, row.get(1)?)))
    }
}
