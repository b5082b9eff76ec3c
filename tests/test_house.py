"""The house itself: packaging, locks, commands, and the fences around the domain and the auditor's core."""

import ast
import importlib.metadata
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
PACKAGES = ("domain", "ledger", "projections", "api")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LOCKS = ("requirements.txt", "requirements-dev.txt")
CONTRACTS = {contract["name"]: contract for contract in PROJECT["tool"]["importlinter"]["contracts"]}
AUDITOR_CORE = CONTRACTS["What an auditor must trust stands on the standard library and cryptography"]


def locked(name: str) -> dict[str, str]:
    """Return what a lock file pins: canonical name → version."""
    lines = (ROOT / name).read_text("utf-8").splitlines()
    pins = (re.match(r"([A-Za-z0-9._-]+)(?:\[[a-z0-9,-]+\])?==(\S+)", line) for line in lines)
    return {canonicalize_name(pin[1]): pin[2] for pin in pins if pin}


def group(name: str) -> list[str]:
    """Return the requirements of a dependency group, included groups too."""
    found: list[str] = []
    for item in PROJECT["dependency-groups"][name]:
        found += group(item["include-group"]) if isinstance(item, dict) else [item]
    return found


def imported(path: Path) -> Iterator[str]:
    """Yield the full name of every module that a source file imports, wherever the import stands."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.module, f"{path.name} line {node.lineno}: a relative import"
            # "from ledger import x" imports ledger.x
            whole = node.module in PACKAGES
            yield from (f"{node.module}.{alias.name}" if whole else node.module for alias in node.names)


def make_targets() -> set[str]:
    """Return the targets that the Makefile declares for people."""
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert phony
    return set(phony[1].split())


# --- packaging ---


def test_no_dependency_ships_a_package_of_our_names() -> None:
    """Four plain names at the top are safe as long as no installed distribution uses one, nor "tests"."""
    ours = {*PACKAGES, "tests"}
    foreign = [d for d in importlib.metadata.distributions() if d.name != PROJECT["project"]["name"]]
    assert len(foreign) > 20
    clashes = {
        f"{dist.name}: {file}"
        for dist in foreign
        for file in dist.files or []
        if file.parts[0].removesuffix(".py") in ours
    }
    assert clashes == set()


def test_the_wheel_holds_the_four_packages_with_their_sql_and_nothing_else(tmp_path: Path) -> None:
    """Given the sources, when a wheel is built, then it holds every module and every schema file."""
    sources = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for pattern in ("*.py", "*.sql")
        for path in (ROOT / package).rglob(pattern)
    }
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        held = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert {"ledger/schema/sqlite", "projections/schema/sqlite"} <= {name.rpartition("/")[0] for name in held}
    assert {name for name in held if name.endswith((".py", ".sql"))} == sources
    assert {name.partition("/")[0] for name in held} == set(PACKAGES)


def test_the_command_is_installed_and_loads() -> None:
    """Given the installed project, then the one command points at something callable."""
    (script,) = importlib.metadata.distribution(PROJECT["project"]["name"]).entry_points
    assert (script.name, script.value) == ("quota-ledger", "api.cli:main")
    assert callable(script.load())


def test_the_version_is_the_changelogs_newest() -> None:
    """Given the change log, then its first release is the version of the package."""
    newest = re.search(r"^## \[(\d[^\]]*)\]", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert newest
    assert newest[1] == PROJECT["project"]["version"]


# --- dependencies and locks ---


def test_every_dependency_has_its_reason_beside_it() -> None:
    """Given a line of pyproject.toml that names a dependency, then a comment on that line says why."""
    wanted = [*PROJECT["project"]["dependencies"], *group("dev")]
    lines = (ROOT / "pyproject.toml").read_text("utf-8").splitlines()
    for requirement in wanted:
        (line,) = [line for line in lines if line.strip().startswith(f'"{requirement}"')]
        assert re.search(r'",\s+# \S.{8,}', line), f"no reason beside {requirement}"


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_hashes_and_no_addresses(lock: str) -> None:
    """Given a lock file, then every pin has its hashes and nothing says where to download from."""
    text = (ROOT / lock).read_text("utf-8")
    assert not re.search(r"://|\s@\s|#egg=|--(extra-)?index|--find-links|--trusted-host", text)
    whole = re.compile(r"\S+==\S+[^\n]*(?: \\\n +--hash=sha256:[0-9a-f]{64})+")
    for pin in re.split(r"\n(?=[A-Za-z0-9])", text.partition("make lock\n")[2].strip()):
        assert whole.fullmatch(pin), pin.partition("\n")[0]


@pytest.mark.parametrize(
    ("lock", "wanted"),
    [
        ("requirements.txt", PROJECT["project"]["dependencies"] + group("setup")),
        ("requirements-dev.txt", PROJECT["project"]["dependencies"] + group("dev")),
    ],
)
def test_a_lock_pins_what_pyproject_asks_for(lock: str, wanted: list[str]) -> None:
    """Given a dependency in pyproject.toml, then the lock pins a version that it allows."""
    pins = locked(lock)
    for text in wanted:
        requirement = Requirement(text)
        version = pins.get(canonicalize_name(requirement.name))
        assert version, f"{lock} does not pin {requirement.name}: run make lock"
        assert version in requirement.specifier, f"{lock} pins {requirement.name} {version}: run make lock"


def test_tests_see_the_versions_that_users_run() -> None:
    """Given both locks, then the developers' one holds the run-time one whole."""
    assert locked("requirements.txt").items() <= locked("requirements-dev.txt").items()


# --- commands ---


def test_every_command_that_the_makefile_runs_exists() -> None:
    """Given the programs that the Makefile takes from the environment, then each is installed."""
    programs = set(re.findall(r"\$\(BIN\)/([a-z-]+)", (ROOT / "Makefile").read_text("utf-8")))
    assert {"python", "pytest", "ruff", "mypy", "lint-imports", "uv", "quota-ledger"} <= programs
    assert [name for name in sorted(programs) if not os.access(BIN / name, os.X_OK)] == []


@pytest.mark.parametrize("document", [".ci/run", "README.md", "README.zh.md", "CONTRIBUTING.md"])
def test_every_make_command_named_in_a_document_is_a_target(document: str) -> None:
    """Given a document that says "make x", then x is a target."""
    text = (ROOT / document).read_text("utf-8")
    # A command stands at the start of a line or opens a code span.
    named = set(re.findall(r"(?:^[ \t]*|`)make ([a-z]+)", text, re.MULTILINE))
    assert named
    assert named <= make_targets()


def test_make_can_plan_every_target() -> None:
    """Given a checkout without an environment, when make plans a target, then set-up comes first."""
    for target in sorted(make_targets()):
        command = ["make", "--dry-run", "VENV=no-such-environment", target]
        plan = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
        set_up = [plan.index(f"-m {step}") for step in ("venv", "pip")]
        assert set_up == sorted(set_up)
        assert "--require-hashes" in plan


# --- fences ---


@pytest.mark.parametrize(
    "code",
    [
        "import random",
        "import time",
        "from uuid import uuid4",
        "from pathlib import Path",
        "from urllib.request import urlopen",
        "from datetime import date\n\nx = date.today()",
        "from datetime import UTC, datetime\n\nx = datetime.now(UTC)",
    ],
)
def test_lint_keeps_clock_randomness_and_io_out_of_the_domain(code: str) -> None:
    """Given a module of the domain that would reach for the world, when linted, then TID251 refuses it."""
    lint = [BIN / "ruff", "check", "--select=TID251", "--no-cache", "--stdin-filename=domain/probe.py", "-"]
    found = subprocess.run(lint, cwd=ROOT, check=False, input=code, capture_output=True, text=True)
    assert found.returncode == 1
    assert "TID251" in found.stdout


def test_the_domain_opens_no_file() -> None:
    """Given the domain, then it never calls open, input or __import__, which no import gives away."""
    for path in (ROOT / "domain").rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        assert not names & {"open", "input", "__import__", "eval", "exec"}, path.name


def test_the_domain_imports_the_standard_library_and_pydantic_alone() -> None:
    """Given the domain, then whatever it imports is its own, Python's or pydantic's."""
    allowed = sys.stdlib_module_names | {"domain", "pydantic", "pydantic_core"}  # the core is pydantic's own
    for path in (ROOT / "domain").rglob("*.py"):
        assert {name.partition(".")[0] for name in imported(path)} <= allowed, path.name


@pytest.mark.parametrize("module", AUDITOR_CORE["source_modules"])
def test_the_auditors_core_imports_only_itself_and_cryptography(module: str) -> None:
    """Given a module that an auditor must trust, then reading the core and cryptography is enough."""
    allowed = (*sys.stdlib_module_names, "cryptography", *AUDITOR_CORE["source_modules"])
    path = ROOT.joinpath(*module.split("."))
    files = list(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]
    assert files
    for file in files:
        foreign = [
            name for name in imported(file) if not any(f"{name}.".startswith(f"{a}.") for a in allowed)
        ]
        assert foreign == [], file.name


def test_the_contracts_name_every_dependency() -> None:
    """Given a run-time dependency, then the contracts say whether the domain and the core may use it."""
    stated = PROJECT["project"]["dependencies"]
    names = {re.split(r"[<>=\[]", text)[0].replace("-", "_") for text in stated}
    domain = CONTRACTS["The domain stands on the standard library and pydantic"]
    assert names - set(domain["forbidden_modules"]) == {"pydantic"}
    assert names - set(AUDITOR_CORE["forbidden_modules"]) == {"cryptography"}


def test_only_the_clock_module_is_excused_from_the_clock_ban() -> None:
    """Given the lint exceptions, then no second module, by pattern or by comment, may read the clock."""
    per_file = PROJECT["tool"]["ruff"]["lint"]["per-file-ignores"]
    assert [path for path, rules in per_file.items() if "TID251" in rules] == ["ledger/clock.py"]
    modules = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    assert [path.name for path in modules if "noqa: TID251" in path.read_text("utf-8")] == []


def test_no_file_has_grown_past_500_lines() -> None:
    """Given every module and test, then none is longer than 500 lines."""
    files = [path for top in (*PACKAGES, "tests") for path in (ROOT / top).rglob("*.py")]
    long = {path.name: n for path in files if (n := len(path.read_text("utf-8").splitlines())) > 500}
    assert long == {}


def test_no_other_tools_lock_is_kept() -> None:
    """Given the checkout, then it holds no lock of a kind that records download addresses."""
    assert [name for name in ("uv.lock", "pylock.toml", "poetry.lock") if (ROOT / name).exists()] == []
