"""HTTP without runs: middleware, static files, the OpenAPI document, problem documents."""
