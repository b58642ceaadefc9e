"""The app in the browser.

A page is a module with ``build(site)``, which puts components into the Blocks that is open, a
module of words in :mod:`qa.ui.words`, and a line in ``PAGES`` of :mod:`qa.ui.app`. What stands on
it from the beginning goes through ``site.texts``; what an event shows is made in the language of
:func:`qa.ui.frame.language`. Long work runs as a job of ``site.service.jobs``, which pages poll.
"""
