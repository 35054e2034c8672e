"""The rules of the house that no linter knows; docs/architecture.md says why each is there."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
APPLICATION = ROOT / "goalsite"
TEMPLATES = APPLICATION / "templates"
WRITES = {"hx-post", "hx-put", "hx-patch", "hx-delete"}
NOT_OURS = {".git", ".venv", "instance", "vendor", "__pycache__"}
TEXT = {".py", ".md", ".html", ".css", ".js", ".toml", ".in", ".txt", ".po", ".csv", ".svg", ".ini", ".mako", ""}


def limit(path: Path) -> int:
    """The most lines a Python file may have."""
    if path.is_relative_to(ROOT / "tests"):
        return 150 if path.name == "conftest.py" else 400
    return 600 if path == APPLICATION / "models.py" else 300


def modules() -> list[Path]:
    # A migration is written once and read rarely: it may be as long as the schema.
    found = [*APPLICATION.rglob("*.py"), *(ROOT / "tests").rglob("*.py"), *(ROOT / "bench").rglob("*.py")]
    return sorted(path for path in found if "versions" not in path.parts)


def texts() -> Iterator[Path]:
    """The project's own text files, hidden folders of tools left out."""
    for path in ROOT.rglob("*"):
        folders = path.relative_to(ROOT).parts[:-1]
        ours = all(part == ".ci" or (part not in NOT_OURS and not part.startswith(".")) for part in folders)
        if ours and path.is_file() and path.suffix in TEXT:
            yield path


class Elements(HTMLParser):
    """A template's elements, each with its attributes and those around it, what Jinja adds left out."""

    VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())

    def __init__(self, template: Path) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None], list[tuple[str, dict[str, str | None]]]]] = []
        self.around: list[tuple[str, dict[str, str | None]]] = []
        text = re.sub(r"\{#.*?#\}", "", template.read_text("utf-8"), flags=re.DOTALL)
        text = re.sub(r"\{\{.*?\}\}", "x", text, flags=re.DOTALL)
        self.feed(re.sub(r"\{%.*?%\}", " ", text, flags=re.DOTALL))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = (tag, dict(attrs))
        self.found.append((*element, [*self.around]))
        if tag not in self.VOID:
            self.around.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs), [*self.around]))

    def handle_endtag(self, tag: str) -> None:
        for place in range(len(self.around) - 1, -1, -1):
            if self.around[place][0] == tag:
                del self.around[place:]
                return


def each_template(test: object) -> object:
    found = sorted(TEMPLATES.rglob("*.html"))
    return pytest.mark.parametrize("template", found, ids=[str(path.relative_to(TEMPLATES)) for path in found])(test)


class TestModules:
    def test_none_is_longer_than_its_limit(self) -> None:
        lengths = {path: len(path.read_text("utf-8").splitlines()) for path in modules()}
        too_long = [f"{path.relative_to(ROOT)}: {lines}" for path, lines in lengths.items() if lines > limit(path)]
        assert too_long == []

    def test_folders_are_packages(self) -> None:
        # The import contracts read packages only: a folder without __init__.py would escape them.
        folders = {path.parent for path in APPLICATION.rglob("*.py") if "migrations" not in path.parts}
        assert [str(folder) for folder in folders if not (folder / "__init__.py").exists()] == []


class TestTemplates:
    @each_template
    def test_content_security_policy_finds_nothing_inline(self, template: Path) -> None:
        for tag, attributes, _ in Elements(template).found:
            assert tag != "style", "styles stand in static/css"
            assert tag != "script" or "src" in attributes, "scripts stand in static/js"
            inline = [name for name in attributes if name == "style" or name.startswith("on")]
            assert inline == [], f"<{tag}>"

    @each_template
    def test_fragment_names_what_it_needs_in_its_first_line(self, template: Path) -> None:
        if template.name.startswith("_"):
            assert template.read_text("utf-8").startswith(("{# ", "{#- "))

    @each_template
    def test_writing_works_without_script(self, template: Path) -> None:
        for tag, attributes, around in Elements(template).found:
            if WRITES & attributes.keys():
                forms = [found for name, found in [*around, (tag, attributes)] if name == "form"]
                assert forms, f"<{tag}> writes from outside a form"
                assert {"action", "method"} <= forms[-1].keys()
                assert forms[-1]["method"] == "post"


class TestProject:
    def test_stands_on_its_own(self) -> None:
        """Nothing leads to a place that whoever has the project does not have, nor to an index one cannot reach."""
        elsewhere = re.compile(
            "|".join((r"\.\./" + "shared", "/work" + "/main", r"pypi\.org" + "/", "pythonhosted" + r"\.org"))
        )
        assert [str(path.relative_to(ROOT)) for path in texts() if elsewhere.search(path.read_text("utf-8"))] == []
