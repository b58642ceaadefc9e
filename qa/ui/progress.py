"""How far a job is, as HTML: the same on every page that has one."""

from qa.service import Job
from qa.ui.markup import escape
from qa.ui.words import Lang, duration
from qa.ui.words.common import WORDS


def progress_html(job: Job, label: str, said: str, note: str, lang: Lang) -> str:
    """Return the bar of a running job and what is ``said`` of it, with the time that it may take.

    ``label`` names the bar to those who do not see it; ``note`` stands behind.
    """
    words, left = WORDS[lang], job.seconds_left
    if job.stopping:
        said = words.stopping
    elif left is not None:
        said += f", {words.left.format(time=duration(left, lang))}"
    value = f" value='{job.done}' max='{max(1, job.total)}'" if job.total else ""
    return (
        f"<div class='fs-job'><progress aria-label='{escape(label)}'{value}></progress>"
        f"<p><span>{escape(said)}</span> <span class='fs-note'>{escape(note)}</span></p></div>"
    )
