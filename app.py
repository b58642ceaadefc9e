"""Opens the app on this computer: ``python app.py`` does what ``qa serve`` does."""

import sys

from qa.cli import main

if __name__ == "__main__":
    main(["serve", *sys.argv[1:]])
