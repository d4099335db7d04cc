"""The SQLite file: its schema and migrations, its rows, and its two threads."""
