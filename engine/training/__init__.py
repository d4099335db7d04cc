"""What training takes: optimizers, schedules, batches, the update rule, stop rules, the trainer."""
