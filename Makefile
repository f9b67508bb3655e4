# `make demo` and `make test` are all a newcomer needs: each does its own set-up (config/setup.sh), once.
RUN = .venv/bin/python
export PYTHON
# Programs are started by the hundred here: what one compiled, the next reads, wherever this was set.
export PYTHONDONTWRITEBYTECODE =

# Nothing secret, nobody listens: just enough for Django to judge the settings of a real site.
SITE = DEBUG=0 DATABASE_URL=postgres://127.0.0.1:1/none PUBLIC_URL=https://acquis.example SECRET_KEY=$$(seq -s - 1 40) LEARNER_KEK=$$(printf %064d 1)

.DEFAULT_GOAL = help
.PHONY: help setup demo run test chaos check core interop verifiers fix bench docs screenshots lock

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' Makefile

setup: ## Install everything that working on the code needs (.venv, packages, catalogues)
	@sh config/setup.sh dev

demo: ## Start everything, issue and anchor sample badges, print the addresses to open (ONCE=1: then stop)
	@sh config/setup.sh demo
	@$(RUN) manage.py demo $(if $(ONCE),--once)

run: ## Start everything with the data that is there
	@sh config/setup.sh demo
	@$(RUN) manage.py up

test: core ## Run every test: the core first, then the rest
	$(RUN) -m pytest --ignore=tests/core -n auto

core: setup ## Run the tests of the permanent core: no Django, no database, seconds
	$(RUN) -m pytest tests/core -p no:django -n auto

interop: verifiers ## Ask verifiers written by others, and write what they answer into docs/interoperability.md
	$(RUN) -m pytest tests/interop --ignore=tests/interop/test_page.py -p tests.interop.plugin

verifiers: setup ## Install the verifiers of others that `make setup` leaves out; with them, `make test` leaves none out
	@sh tests/interop/openbadges2.sh
	@sh tests/interop/schemas.sh

chaos: setup ## Break everything around the anchoring, and judge: SEEDS=20 JOBS=2, or SEED=7 again, or MUTANTS=1
	$(RUN) -m tests.chaos --seeds $(or $(SEEDS),20) --jobs $(or $(JOBS),1) $(if $(SEED),--seed $(SEED)) $(if $(MUTANTS),--mutants) $(if $(AGAIN),--again) $(if $(REPORT),--report $(REPORT))

check: setup ## Check style, types, imports, migrations and the settings of a real site
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	DEBUG=1 $(RUN) -m mypy .
	$(RUN) -c "from importlinter.cli import lint_imports_command as lint; lint()" --no-logo
	$(SITE) $(RUN) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	$(SITE) $(RUN) manage.py check --deploy --fail-level WARNING

fix: setup ## Put the code in the style of the house
	$(RUN) -m ruff check --fix .
	$(RUN) -m ruff format .

comma = ,
bench: setup ## Measure what is promised beside what others reach (docs/performance.md): ONLY=race,bulk
	$(RUN) -m benchmarks $(subst $(comma), ,$(ONLY))

docs: setup ## Check that commands, settings and links in the documentation are true
	$(RUN) -m pytest tests/test_readme.py

screenshots: setup ## Take the pictures of docs/screenshots anew, from the demonstration
	$(RUN) -m tests.browser.pictures

lock: ## Choose new versions of the packages and lock them by hash (needs uv)
	sh config/lock.sh
