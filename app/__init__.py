"""The FastAPI server around the engine: runs in worker processes, steered over REST and watched over WebSockets."""
