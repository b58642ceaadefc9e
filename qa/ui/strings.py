"""Every word the pages say, in one place."""

from typing import Final

TITLE: Final = "Fundstelle"
TAGLINE: Final = "Answers from your own documents, each with its exact place."
QUESTION: Final = "Question"
QUESTION_HINT: Final = "Ask in any language, for instance: Who signs for Japan?"
ASK: Final = "Ask"

ANSWER: Final = "Answer"
SOURCES: Final = "Sources"
CLOSEST: Final = "Closest passages"
CITED: Final = "Taken word for word from {sources}. Found in {took:.0f} ms."
SOURCE_ONE: Final = "1 place in your documents"
SOURCE_MANY: Final = "{count} places in your documents"
CHIP: Final = "Source {number}: {title}"
PAGE: Final = "page {page}"
OPEN: Final = "Open in document"
COPY: Final = "Copy citation"
COPIED: Final = "Copied"

CLOSE: Final = "Close document"
LOADING: Final = "Loading the document …"
LOAD_FAILED: Final = "The document could not be loaded. Reload this page and try again."
FILE_CHANGED: Final = (
    "The file has changed since it was indexed. This is the text as indexed; "
    "run qa index to read it again."
)
FILE_MISSING: Final = (
    "The file is no longer in its folder. This is the text as indexed; "
    "run qa index to bring the index up to date."
)

EMPTY_TITLE: Final = "What would you like to know?"
EMPTY_COUNT: Final = "{documents} indexed"
DOCUMENT_ONE: Final = "1 document"
DOCUMENT_MANY: Final = "{count:,} documents"
PASSAGES: Final = "{count:,} passages"
EMPTY_HINT: Final = (
    "Ask a whole question, in your own words. The answer is made of sentences that stand in your "
    "documents, in whatever language they were written; every number opens the place it comes "
    "from. If your documents do not say it, Fundstelle tells you so."
)
EMPTY_NONE: Final = "No documents are indexed yet. Put some into your folder and run qa index."

LANGUAGES: Final = {
    "ar": "Arabic",
    "bg": "Bulgarian",
    "ca": "Catalan",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "et": "Estonian",
    "eu": "Basque",
    "fa": "Persian",
    "fi": "Finnish",
    "fr": "French",
    "he": "Hebrew",
    "hi": "Hindi",
    "hr": "Croatian",
    "hu": "Hungarian",
    "id": "Indonesian",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "lt": "Lithuanian",
    "lv": "Latvian",
    "nl": "Dutch",
    "no": "Norwegian",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "sk": "Slovak",
    "sl": "Slovenian",
    "sr": "Serbian",
    "sv": "Swedish",
    "th": "Thai",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "und": "Other",
    "vi": "Vietnamese",
    "zh": "Chinese",
}


def language(code: str) -> str:
    """Return a language's English name, or its code in capitals if it has none here."""
    return LANGUAGES.get(code, code.upper())


def counted(count: int, one: str, many: str) -> str:
    """Return ``one`` for a count of 1, else ``many`` with the count filled in."""
    return one if count == 1 else many.format(count=count)
