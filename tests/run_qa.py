"""The command ``qa`` with the fast encoder: ``python -m tests.run_qa serve --port 7861``."""

import qa.encoder
from qa.cli import main
from qa.datamodel import Encoder
from qa.settings import Settings
from tests.hash_encoder import HashEncoder


def load_encoder(settings: Settings) -> Encoder:
    return HashEncoder()


if __name__ == "__main__":
    qa.encoder.load_encoder = load_encoder
    main()
