"""What processes and clients exchange: orders and reports, messages, encodings, metrics."""
