"""``qa ask``: a question on the command line."""

import sys
from typing import Annotated

import typer

from qa.cli.base import AsJson, IndexFolder, app, console, print_json, valid
from qa.settings import INDEX


@app.command()
def ask(
    question: Annotated[
        str, typer.Argument(metavar="QUESTION", help='"-" reads it from the input.')
    ],
    k: Annotated[
        int, typer.Option("-k", min=1, max=100, metavar="N", help="Closest passages to return.")
    ] = 5,
    lang: Annotated[
        list[str], typer.Option(metavar="LANG", help="Only passages in this language, such as de.")
    ] = [],  # noqa: B006  (typer copies it)
    doc: Annotated[
        list[str],
        typer.Option(metavar="GLOB", help='Only files that match, such as "reports/*.md".'),
    ] = [],  # noqa: B006
    tag: Annotated[
        list[str],
        typer.Option(metavar="TAG", help="Only files with this tag in their front matter."),
    ] = [],  # noqa: B006
    since: Annotated[
        str, typer.Option(metavar="DATE", help="Only files dated then or later, such as 2024-04.")
    ] = "",
    until: Annotated[
        str, typer.Option(metavar="DATE", help="Only files dated until then, such as 2024.")
    ] = "",
    index: IndexFolder = INDEX,
    as_json: AsJson = False,
) -> None:
    """Answer a question and name every source.

    The answer is made of sentences of the documents, word for word. Finding nothing is a
    result as well: the exit code is 0.
    """
    from qa.assistant import Assistant
    from qa.datamodel import Filters
    from qa.freshness import file_states, shown_in
    from qa.render import answer_json, print_answer

    filters = Filters(tuple(lang), tuple(doc), valid(since), valid(until), tuple(map(valid, tag)))
    if question == "-":
        question = sys.stdin.buffer.read().decode(errors="replace")
    assistant = Assistant.open(index)
    answer = assistant.ask(valid(question), k, filters)
    states = file_states(assistant.index.root, shown_in(answer))
    if as_json:
        print_json(answer_json(answer, states))
    else:
        print_answer(console(), answer, states)
