//! What the end of the program in the middle of something left behind: executions RUNNING, runs at work, a service that
//! never said goodbye. Called once, when the workspace is opened with its lock held, so nobody can be at work on runs.
//! A service serves without the lock: it counts as ended only when its process is gone.
//! Running again is left to the caller; finished steps are found in the cache.

use super::properties::{self, Owner};
use super::runs::context_of;
use super::states::to_mlmd;
use super::{INTERRUPTED, Store, StoreError};
use crate::domain::Scalar;
use crate::domain::ids::RunId;
use crate::domain::run::{RunState, StepState};
use crate::domain::work::Keep as _;
use rusqlite::params;
use std::collections::BTreeSet;
use std::path::Path;

impl Store {
    pub(super) fn recover(&self) -> Result<(), StoreError> {
        let tx = self.begin()?;
        let now = self.now();
        let running: Vec<i64> = tx
            .prepare(
                "SELECT e.id FROM Execution e JOIN Type t ON t.id = e.type_id \
                 WHERE e.last_known_state = ?1 AND t.name LIKE 'lockkeeper.%' ORDER BY e.id",
            )?
            .query_map([to_mlmd(StepState::Running)], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        for id in running {
            let owner = Owner::Execution(id);
            tx.execute(
                "UPDATE Execution SET last_known_state = ?2, last_update_time_since_epoch = ?3 WHERE id = ?1",
                params![id, to_mlmd(StepState::Failed), now],
            )?;
            properties::set(&tx, owner, "error", &Scalar::from(INTERRUPTED))?;
            properties::set(&tx, owner, "finished_ms", &Scalar::Int(now))?;
        }
        let runs: Vec<i64> = tx
            .prepare(
                "SELECT c.id FROM lk_run r JOIN Context c ON c.id = r.context_id WHERE r.state = ?1 ORDER BY r.number",
            )?
            .query_map([RunState::Running.word()], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        for id in runs {
            tx.execute(
                "UPDATE lk_run SET state = ?2, finished = ?3 WHERE context_id = ?1",
                params![id, RunState::Interrupted.word(), now],
            )?;
            tx.execute(
                "UPDATE Context SET last_update_time_since_epoch = ?2 WHERE id = ?1",
                [id, now],
            )?;
            properties::set(
                &tx,
                Owner::Context(id),
                "state",
                &Scalar::from(RunState::Interrupted.word()),
            )?;
            properties::set(&tx, Owner::Context(id), "finished_ms", &Scalar::Int(now))?;
        }
        let open: Vec<(i64, u32)> = tx
            .prepare("SELECT id, pid FROM lk_service_event WHERE stopped IS NULL ORDER BY id")?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        for (id, _) in open.into_iter().filter(|(_, pid)| is_gone(*pid)) {
            tx.execute(
                "UPDATE lk_service_event SET stopped = ?2, interrupted = 1 WHERE id = ?1",
                [id, now],
            )?;
        }
        tx.commit()?;
        Ok(())
    }
}

impl Store {
    /// Gives an interrupted run up: it counts as stopped by a person, and what was kept of it is thrown away.
    ///
    /// # Errors
    /// `NotFound` where it is not interrupted, and those of the database.
    pub fn discard_run(&self, run: RunId) -> Result<(), StoreError> {
        let tx = self.begin()?;
        let context = context_of(&tx, run)?;
        let [interrupted, canceled] = [RunState::Interrupted.word(), RunState::Canceled.word()];
        let n_changed = tx.execute(
            "UPDATE lk_run SET state = ?2 WHERE number = ?1 AND state = ?3",
            params![run.0, canceled, interrupted],
        )?;
        if n_changed == 0 {
            return Err(StoreError::NotFound {
                what: "interrupted run",
                name: run.to_string(),
            });
        }
        properties::set(
            &tx,
            Owner::Context(context),
            "state",
            &Scalar::from(canceled),
        )?;
        tx.commit()?;
        self.files().keep_only(&BTreeSet::new());
        Ok(())
    }
}

/// Whether no process has this number any more. Only Linux's `/proc` tells; without it nothing counts as gone.
fn is_gone(pid: u32) -> bool {
    cfg!(target_os = "linux")
        && Path::new("/proc/self").exists()
        && !Path::new("/proc").join(pid.to_string()).exists()
}
