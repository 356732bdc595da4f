//! duewell-engine
