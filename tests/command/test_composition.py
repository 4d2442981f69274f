"""Composition: the folder to watch."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from service.command.watched_folder import folder_to_watch
from service.errors import BadSetting


def test_the_folder_that_was_asked_for(tmp_path: Path) -> None:
    """A given folder is left as it is."""
    with folder_to_watch(tmp_path) as folder:
        assert folder == tmp_path
    assert tmp_path.is_dir()


def test_a_fresh_folder() -> None:
    """A temporary folder is removed afterwards."""
    with folder_to_watch(None) as folder:
        assert folder.is_dir()
        assert folder.name.startswith("ajax-contacts-")
    assert not folder.exists()


def test_a_fresh_folder_that_is_not_empty_any_more() -> None:
    """A temporary folder that is not empty is kept."""
    with folder_to_watch(None) as folder:
        (folder / "report.csv").touch()
    assert (folder / "report.csv").exists()
    (folder / "report.csv").unlink()
    folder.rmdir()


def test_nowhere_to_make_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """If a temporary folder cannot be created, the error asks for one."""
    monkeypatch.setattr("tempfile.tempdir", "/nowhere")
    with pytest.raises(BadSetting, match="--watch '': expected a folder, because a temporary one cannot"):
        ExitStack().enter_context(folder_to_watch(None))
