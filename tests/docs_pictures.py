"""Pictures that pages of the documentation show, of the small scenario: `python -m tests.docs_pictures` writes them."""

from __future__ import annotations

import tempfile
from pathlib import Path

from supercargo.app.deliverables import ReportAsked, hold, make_documents
from supercargo.app.use_cases import NewScenario, new_scenario, plan_scenario
from supercargo.report.blocks import Figure
from supercargo.report.drawing import svg_of

__all__ = ["PICTURES", "SHOWN", "drawn"]

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"

SHOWN = {
    "docked.svg": ("D1", "Who is docked where, when"),
    "risks.svg": ("D5", "Risks by likelihood and cost"),
    "ports.svg": ("D1", "How full docking places are"),
}
"""File of a picture, and the figure of a document that it is."""


def drawn(folder: Path) -> dict[str, str]:
    """Each picture by its file name, of the small scenario planned in `folder`."""
    new_scenario(folder / "tiny", NewScenario("tiny"))
    plan_scenario(folder / "tiny", folder / "plan")
    held = hold(ReportAsked(folder / "plan", runs=20, workers=1))
    documents = {document.doc_id: document for document in make_documents(held, ["D1", "D5"])}
    pictures = {}
    for file, (doc_id, title) in SHOWN.items():
        (figure,) = [one for one in documents[doc_id].blocks if isinstance(one, Figure) and one.title == title]
        pictures[file] = svg_of(figure.drawing) + "\n"
    return pictures


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        PICTURES.mkdir(exist_ok=True)
        for name, content in drawn(Path(place)).items():
            (PICTURES / name).write_text(content, encoding="utf-8")
