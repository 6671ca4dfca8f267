"""The pytest plugin: every recorded arm of a suite.toml is tested against its approved state.

    pytest suites/
    suites/review_stars/suite.toml::fine_tuned::not_worse PASSED

Only hooks stand here. The harness itself is imported inside them, when the first suite is
collected: an ordinary pytest run loads nothing of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from harness.store.runs import Run
    from harness.store.suite import Suite
    from harness.values.suite import SuiteFile
    from harness.workflows.arm_checks import ArmNow

SUITE_FILE = "suite.toml"
MODES = ("replay", "record", "live")

_STATES = ("unchanged", "tested", "skipped", "not run")
_PROPERTY = "harness"
_BY_ARM = ("no", "loadscope", "loadfile")  # xdist keeps the checks of an arm on one worker


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of the group `harness`."""
    group = parser.getgroup("harness", "suites of prompted and fine-tuned models (suite.toml)")
    group.addoption(
        "--harness-mode",
        choices=MODES,
        default="replay",
        help="where replies come from: recordings (default), recordings and then the model, "
        "or the model alone",
    )
    group.addoption(
        "--harness-arm",
        action="append",
        default=[],
        metavar="NAME",
        help="test only this arm (may be given again)",
    )
    group.addoption(
        "--harness-strict",
        action="store_true",
        default=False,
        help="fail what would be skipped: inconclusive verdicts, arms without a baseline",
    )
    parser.addini("harness_strict", "the same as --harness-strict", type="bool", default=False)


def pytest_configure(config: pytest.Config) -> None:
    """Refuse to pay twice: workers that share an arm would each ask for all of its replies."""
    mode, spread = config.getoption("harness_mode"), config.getoption("dist", "no")
    if mode != "replay" and spread not in _BY_ARM:
        raise pytest.UsageError(
            f"--harness-mode {mode} asks models, and several workers would ask for the same "
            "replies: add --dist loadscope, or leave -n out"
        )


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> SuiteCollector | None:
    """Collect a suite.toml that is one of ours."""
    if file_path.name != SUITE_FILE or not _is_ours(file_path):
        return None
    hooks = _hooks(parent.config)
    suite: SuiteCollector = SuiteCollector.from_parent(parent, path=file_path)
    hooks.suites.append(suite)
    return suite


def _is_ours(path: Path) -> bool:
    """Whether it has arms and a scorer; what is no TOML at all is collected to say so."""
    import tomllib

    try:
        table = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except (OSError, ValueError):
        return True
    return all(isinstance(table.get(name), dict) for name in ("arms", "scorer"))


class SuiteCollector(pytest.File):
    """A suite. It is opened, and each of its arms run, when the first check needs it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.arms: tuple[str, ...] = ()
        self._opened: Suite | None = None
        self._results: dict[str, ArmNow | Exception] = {}

    def collect(self) -> Iterator[ArmCollector]:
        """The arms that are recorded or approved, and those that were asked for by name."""
        from harness.errors import HarnessError

        try:
            yield from self._collected()
        except HarnessError as error:
            raise self.CollectError(str(error)) from error

    def _collected(self) -> Iterator[ArmCollector]:
        from harness.errors import DataError, Problem
        from harness.store.baselines import baseline_arms, read_production
        from harness.store.fixtures import fixture_path
        from harness.store.settings import read_settings
        from harness.store.toml import line_of, read_text, read_toml
        from harness.values.suite import SuiteFile
        from harness.workflows.arm_checks import is_held

        problems: list[Problem] = []
        file = read_toml(self.path, SuiteFile, problems)
        if problems or file is None:
            raise DataError(problems)
        text = read_text(self.path, problems) or ""
        folder = self.path.parent
        baselines = read_settings(folder).baselines / folder.name
        approved, production = baseline_arms(baselines), read_production(baselines)
        named: Sequence[str] = self.config.getoption("harness_arm")
        self.arms = tuple(file.arms)
        for arm in self.arms:
            recorded = fixture_path(folder / "fixtures", arm).exists() or arm in approved
            if arm in named or (recorded and not named):
                held = is_held(arm, file.gate, production)
                checks = _checks(file, approved=arm in approved, held=held)
                line = line_of(text, ("arms", arm))
                yield ArmCollector.from_parent(self, name=arm, suite=self, checks=checks, line=line)

    def now(self, arm: str) -> ArmNow:
        """An arm as it answers now: run once, its error kept as its replies are.

        Raises:
            HarnessError: it cannot be run; the same error for each of its checks.
        """
        from harness.errors import HarnessError

        if arm not in self._results:
            try:
                self._results[arm] = self._run(arm)
            except HarnessError as error:
                self._results[arm] = error
        found = self._results[arm]
        if isinstance(found, Exception):
            raise found
        return found

    def _run(self, arm: str) -> ArmNow:
        from harness.workflows.arm_checks import arm_now
        from harness.workflows.run import open_suite

        if self._opened is None:
            self._opened = open_suite(self.path.parent)
        mode = self.config.getoption("harness_mode")
        return arm_now(self._opened, arm, _hooks(self.config).results, mode)


def _checks(file: SuiteFile, *, approved: bool, held: bool) -> tuple[str, ...]:
    """The checks that an arm has; what it costs is limited only where it is approved or held."""
    checks = ["not_worse", "error_rates"]
    if approved or held:
        checks.append("spend")
    if held and file.gate is not None and file.gate.must_pass:
        checks.append("must_pass")
    return tuple(checks)


class ArmCollector(pytest.Collector):
    """One arm: a collector, so that -k chooses by it and node ids can be read."""

    def __init__(
        self, *, suite: SuiteCollector, checks: tuple[str, ...], line: int, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.suite = suite
        self.line = line
        self._checks = checks

    def collect(self) -> Iterator[CheckItem]:
        """One item for each check."""
        for check in self._checks:
            yield CheckItem.from_parent(self, name=check, arm=self)


class CheckItem(pytest.Item):
    """One check of one arm."""

    def __init__(self, *, arm: ArmCollector, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.arm = arm
        self.state = "not run"

    def runtest(self) -> None:
        """Pass, fail or skip as the verdict says."""
        from harness.errors import HarnessError
        from harness.reports.flips import reason
        from harness.values.verdict import Ruling
        from harness.workflows.arm_checks import CHECKS

        try:
            found = CHECKS[self.name](self.arm.suite.now(self.arm.name))
        except HarnessError as error:
            raise pytest.fail.Exception(str(error), pytrace=False) from None
        self.state = "unchanged" if found.unchanged else "tested"
        ruling = found.verdict.ruling
        if ruling == Ruling.INCONCLUSIVE and not _is_strict(self.config):
            pytest.skip(reason(found.verdict))
        if ruling != Ruling.PROMOTE:
            pytest.fail(found.text, pytrace=False)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where the arm is declared; failures are headed by the suite, the arm and the check."""
        title = f"{self.path.parent.name}: {self.arm.name}: {self.name}"
        return self.path, max(self.arm.line, 1) - 1, title


def _is_strict(config: pytest.Config) -> bool:
    return bool(config.getoption("harness_strict") or config.getini("harness_strict"))


class _Hooks:
    """What a session needs once it has suites; registered with the first of them."""

    def __init__(self, config: pytest.Config) -> None:
        self.suites: list[SuiteCollector] = []
        self._config = config
        self._results: Path | None = None

    @property
    def results(self) -> Path:
        """A folder for the runs of this session, which goes with it."""
        from tempfile import TemporaryDirectory

        if self._results is None:
            folder = TemporaryDirectory(prefix="harness-")
            self._config.add_cleanup(folder.cleanup)
            self._results = Path(folder.name)
        return self._results

    def pytest_collection_modifyitems(self, session: pytest.Session) -> None:
        """An arm that no suite has is a slip of the pen, and not a reason to test nothing."""
        named: Sequence[str] = self._config.getoption("harness_arm")
        known = [arm for suite in self.suites for arm in suite.arms]
        unread = any(not suite.arms for suite in self.suites)  # which is an error of its own
        if not unread and (unknown := [arm for arm in named if arm not in known]):
            arms = ", ".join(dict.fromkeys(known))
            session.shouldfail = f"no suite has an arm {unknown[0]!r}; arms: {arms}"

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Say where a skipped arm is declared, and what became of its replies."""
        report = yield
        if isinstance(item, CheckItem) and call.when == "call":
            if report.skipped and isinstance(report.longrepr, tuple):
                report.longrepr = (str(item.path), item.arm.line, report.longrepr[2])
            if item.name == "not_worse":
                state = "skipped" if report.skipped else item.state
                report.user_properties.append((_PROPERTY, f"{item.path.parent.name} {state}"))
        return report


_HOOKS = pytest.StashKey[_Hooks]()


def _hooks(config: pytest.Config) -> _Hooks:
    if _HOOKS not in config.stash:
        config.stash[_HOOKS] = _Hooks(config)
        config.pluginmanager.register(config.stash[_HOOKS], "harness-suites")
    return config.stash[_HOOKS]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line for each suite: what became of its arms."""
    suites: dict[str, Counter[str]] = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", "") == "call":
                for name, value in report.user_properties:
                    if name == _PROPERTY:
                        suite, _, state = str(value).partition(" ")
                        suites.setdefault(suite, Counter())[state] += 1
    for suite, counts in sorted(suites.items()):
        states = ", ".join(f"{counts[state]} {state}" for state in _STATES if counts[state])
        terminalreporter.write_line(f"harness: arms of {suite}: {states}")


@pytest.fixture(scope="session")
def harness_run(
    pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Run]:
    """A function that runs arms of a suite, once per session and arguments.

        run = harness_run("review_stars", arms=["fine_tuned"])

    The suite is a name or a path, looked up from the current directory and then from pytest's root.
    Other keywords are those of `harness.run`. Replies come from the recordings unless
    --harness-mode or `mode` says otherwise; the run is kept in a temporary folder.
    """
    made: dict[str, Run] = {}

    def make(suite: str | Path, arms: Sequence[str] = (), **choices: Any) -> Run:
        from harness.workflows.run import run

        asked = {"mode": pytestconfig.getoption("harness_mode"), "arms": tuple(arms)} | choices
        key = repr((Path.cwd(), str(suite), sorted(asked.items())))
        if key not in made:
            results = tmp_path_factory.mktemp("harness", numbered=True)
            opened = _opened(suite, pytestconfig.rootpath)
            made[key] = run(opened, **({"results": results} | asked))
        return made[key]

    return make


def _opened(suite: str | Path, root: Path) -> Suite:
    from harness.errors import UsageError
    from harness.workflows.run import open_suite

    try:
        return open_suite(suite)
    except UsageError:
        with suppress(UsageError):
            return open_suite(suite, root)
        raise
