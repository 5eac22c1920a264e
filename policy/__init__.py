"""What should be done: pure decisions, made from facts handed in, with the standard library alone."""
