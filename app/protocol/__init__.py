"""What crosses processes and the wire: orders and reports, messages, encodings, metrics."""
