"""Evaluation: how good retrieval and answers are on test questions, and whether they got worse."""
