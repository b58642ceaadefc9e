"""Reports of an evaluation for people and programs."""
