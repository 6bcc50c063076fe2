//! Messages as text and HTML, the SMTP transport and the outbox worker.
