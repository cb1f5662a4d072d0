//! The door over real sockets, with a real engine behind it.
