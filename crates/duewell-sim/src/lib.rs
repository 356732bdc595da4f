//! duewell-sim
