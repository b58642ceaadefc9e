"""Learn which words translate which: the lexicons of qa/text/lexicons."""
