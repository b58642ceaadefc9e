"""Text before it is indexed: decoding, languages, blocks, sentences and lexical tokens."""
