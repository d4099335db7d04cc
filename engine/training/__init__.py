"""Training: optimizers, schedules, batches, the update rule, stop rules, the trainer."""
