"""What the composition makes besides the server: a folder to wait in."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from service.command.composition import folder_to_watch
from service.errors import BadSetting


def test_the_folder_that_was_asked_for(tmp_path: Path) -> None:
    """A folder that was asked for is left as it is."""
    with folder_to_watch(tmp_path) as folder:
        assert folder == tmp_path
    assert tmp_path.is_dir()


def test_a_fresh_folder() -> None:
    """A fresh folder is removed with what it was for."""
    with folder_to_watch(None) as folder:
        assert folder.is_dir()
        assert folder.name.startswith("ajax-contacts-")
    assert not folder.exists()


def test_a_fresh_folder_that_is_not_empty_any_more() -> None:
    """What somebody put there is not lost."""
    with folder_to_watch(None) as folder:
        (folder / "report.csv").touch()
    assert (folder / "report.csv").exists()
    (folder / "report.csv").unlink()
    folder.rmdir()


def test_nowhere_to_make_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no temporary folder can be made, the one to use is asked for."""
    monkeypatch.setattr("tempfile.tempdir", "/nowhere")
    with pytest.raises(BadSetting, match="--watch '': expected a folder, since no temporary one"):
        ExitStack().enter_context(folder_to_watch(None))
