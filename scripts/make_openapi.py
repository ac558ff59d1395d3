"""Write docs/openapi.json: the description of the studio's API, as the running server gives it."""

import json
from pathlib import Path

from livecam.studio.app import routes

OUT = Path(__file__).parents[1] / "docs" / "openapi.json"


def main() -> None:
    OUT.write_text(json.dumps(routes().openapi(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
