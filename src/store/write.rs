//! Transactions that can stand inside one another: the outermost one begins and commits, one inside it is a savepoint of
//! SQLite's. What is dropped without a commit is undone, and nothing else.

use super::StoreError;
use rusqlite::Connection;
use std::ops::Deref;

/// A transaction, or a savepoint inside one.
pub(super) struct Write<'c> {
    conn: &'c Connection,
    is_inside: bool,
    is_open: bool,
}

/// What a transaction may do from its beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Right {
    /// See one state of the database.
    Read,
    /// Write too, so that it cannot fail half-way for want of it.
    Write,
}

impl<'c> Write<'c> {
    pub(super) fn begin(conn: &'c Connection, right: Right) -> Result<Self, StoreError> {
        let is_inside = !conn.is_autocommit();
        conn.execute_batch(match (is_inside, right) {
            (true, _) => "SAVEPOINT inside",
            (false, Right::Read) => "BEGIN DEFERRED",
            (false, Right::Write) => "BEGIN IMMEDIATE",
        })?;
        Ok(Self {
            conn,
            is_inside,
            is_open: true,
        })
    }

    pub(super) fn commit(mut self) -> Result<(), StoreError> {
        self.conn.execute_batch(if self.is_inside {
            "RELEASE inside"
        } else {
            "COMMIT"
        })?;
        self.is_open = false;
        Ok(())
    }
}

impl Deref for Write<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.conn
    }
}

impl Drop for Write<'_> {
    fn drop(&mut self) {
        if self.is_open {
            // After some errors SQLite has rolled back by itself, and then there is nothing to undo.
            let _undone = self.conn.execute_batch(if self.is_inside {
                "ROLLBACK TO inside; RELEASE inside"
            } else {
                "ROLLBACK"
            });
        }
    }
}
