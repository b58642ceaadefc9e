"""The command ``qa`` with the fast encoder: ``python -m tests.run_qa serve --port 7861``."""

import qa.assistant
import qa.encoder
from qa.cli import main
from qa.datamodel import Encoder
from qa.settings import Settings
from tests.hash_encoder import HashEncoder


def load_encoder(settings: Settings, jobs: int | None = None) -> Encoder:
    return HashEncoder()


if __name__ == "__main__":
    for module in (qa.encoder, qa.assistant):
        vars(module)["load_encoder"] = load_encoder
    main()
