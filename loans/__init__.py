"""What is owed: products, loans, schedules, payments, holds and the journal."""
