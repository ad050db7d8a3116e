//! The order in which records follow each other: replica after replica, layer after layer.

use super::{Experiment, Record};
use crate::{Result, bad_input};
use std::ops::Range;

/// How far a sequence of records has come.
pub(super) struct Course<'a> {
    experiment: &'a Experiment,
    /// The replica whose turn it is, and the one after the last.
    turn: Range<u64>,
    /// The latest recorded layer of that replica.
    layer: Option<u64>,
    finished: u64,
    dead: u64,
}

impl<'a> Course<'a> {
    pub fn new(experiment: &'a Experiment, replicas: Range<u64>) -> Self {
        Self { experiment, turn: replicas, layer: None, finished: 0, dead: 0 }
    }

    /// Takes note of the next record; whether it is the last of its replica.
    ///
    /// # Errors
    /// [`Error::Input`](crate::Error::Input) for a record that does not belong here.
    pub fn see(&mut self, record: &Record) -> Result<bool> {
        self.check_replica(record.replica)?;
        let expected = self.expected_layer();
        let early = record.is_dead() && record.layer < expected && self.layer < Some(record.layer);
        if record.layer != expected && !early {
            return Err(bad_input!(
                "layer {} of replica {} where layer {expected} should be",
                record.layer,
                record.replica
            ));
        }
        self.layer = Some(record.layer);
        let ends = record.is_dead() || record.layer == self.experiment.layers;
        if ends {
            self.turn.start += 1;
            self.layer = None;
            self.finished += 1;
            self.dead += u64::from(record.is_dead());
        }
        Ok(ends)
    }

    fn expected_layer(&self) -> u64 {
        // A replica that has reached its last layer is finished, so that there always is a next one.
        self.layer.map_or(0, |layer| self.experiment.next_recorded(layer).unwrap_or(layer))
    }

    fn check_replica(&self, found: u64) -> Result<()> {
        let turn = self.turn.start;
        if found < turn && found < self.turn.end {
            Err(bad_input!("replica {found} comes twice, or out of order"))
        } else if found >= self.turn.end {
            Err(bad_input!("replica {found} does not belong here"))
        } else if found > turn && self.layer.is_some() {
            Err(bad_input!("replica {found} where replica {turn} should go on"))
        } else if found > turn {
            Err(bad_input!("replica {turn} is missing"))
        } else {
            Ok(())
        }
    }

    /// The replica in the middle of which this is.
    pub fn unfinished(&self) -> Option<u64> {
        self.layer.map(|_| self.turn.start)
    }

    /// How many replicas are finished.
    pub fn finished(&self) -> u64 {
        self.finished
    }

    /// How many of them ended with the network's death.
    pub fn dead(&self) -> u64 {
        self.dead
    }

    /// Whether no record is missing.
    pub fn is_complete(&self) -> bool {
        self.turn.is_empty()
    }
}
