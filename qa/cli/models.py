"""``qa models``: what one can choose from, and what was measured of it."""

from dataclasses import asdict

from qa.cli.base import AsJson, app, console, print_json


@app.command()
def models(as_json: AsJson = False) -> None:
    """List the models one can choose from, with measured quality and speed.

    Quality is nDCG@10 in per cent, with documents in the question's language and in another one;
    speed is that of one processor core with AVX-512 VNNI.
    """
    from qa.choices import CHOICES
    from qa.reports import print_choices

    if as_json:
        print_json({"models": [asdict(choice) for choice in CHOICES]})
    else:
        print_choices(console(), CHOICES)
