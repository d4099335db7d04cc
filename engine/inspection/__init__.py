"""Looking into a network: maps, traces, checks, diagnostics, landscapes, range tests."""
