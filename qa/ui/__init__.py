"""The app in the browser: one module a page, all words in ``strings``."""
