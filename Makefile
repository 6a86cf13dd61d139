# Every target sets up what it needs. `make` alone lists them.
PYTHON ?= python3
PY := .venv/bin/python
AS_OF ?=
FILES ?=
HTML ?=
INBOX ?= inbox
INBOXES ?= inboxes
KEEP ?= 400
WAREHOUSE ?= warehouse
POLICY ?= national
AGAINST ?= jilin
PERSONS ?= 5000
SEED ?= 42
N ?= 1000000
SAMPLE_AS_OF := 2026-11-22

.DEFAULT_GOAL := help
.PHONY: help run nightly feedback serve backfill prune explain explore whatif test test-long lint docs docs-check site policy-check mutants sample-data bench peers charts setup lock audit sbom clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  make %-12s %s\n", $$1, $$2}'

.venv/.ready: requirements.lock requirements.uv.lock transforms/native/native.c
	$(PYTHON) -m venv .venv
	.venv/bin/pip install -q --require-hashes -r requirements.uv.lock && .venv/bin/uv pip sync -q --compile-bytecode --python $(PY) --require-hashes requirements.lock \
		|| .venv/bin/pip install -q --require-hashes -r requirements.lock
	$(PY) -m transforms.native
	touch $@

setup: .venv/.ready ## the virtual environment, from the lock with hashes, and the loops in C

run: .venv/.ready ## a whole night on the sample extracts, published in ./warehouse
	$(PY) -m flows nightly --as-of $(SAMPLE_AS_OF) --inbox sample_data/inbox --warehouse "$(WAREHOUSE)" --policy $(POLICY)

nightly: .venv/.ready ## one night: AS_OF= INBOX= WAREHOUSE= POLICY=
	$(PY) -m flows nightly $(if $(AS_OF),--as-of $(AS_OF)) --inbox "$(INBOX)" --warehouse "$(WAREHOUSE)" --policy $(POLICY)

feedback: .venv/.ready ## returned worklists become case_feedback of the next night: FILES= INBOX= WAREHOUSE= AS_OF=
	@$(PY) -m flows feedback $(FILES) --inbox "$(INBOX)" --warehouse "$(WAREHOUSE)" $(if $(AS_OF),--as-of $(AS_OF))

serve: .venv/.ready ## a Prefect server with the nightly schedule: INBOX= WAREHOUSE= POLICY=
	$(PY) -m flows serve --inbox "$(INBOX)" --warehouse "$(WAREHOUSE)" --policy $(POLICY)

backfill: .venv/.ready ## the nights of several days from stored inboxes: FROM= TO= INBOXES= WAREHOUSE= POLICY=
	$(PY) -m flows backfill --from $(FROM) --to $(TO) --inboxes "$(INBOXES)" --warehouse "$(WAREHOUSE)" --policy $(POLICY)

prune: .venv/.ready ## remove old nights: KEEP= WAREHOUSE=
	$(PY) -m flows prune --keep $(KEEP) --warehouse "$(WAREHOUSE)"

explain: .venv/.ready ## everything about one enrollment or person: ID= WAREHOUSE= AS_OF= LANG=zh HTML=FILE
	@$(PY) -m flows explain "$(ID)" --warehouse "$(WAREHOUSE)" $(if $(AS_OF),--as-of $(AS_OF)) $(addprefix --lang ,$(filter zh en,$(LANG))) $(if $(HTML),--html "$(HTML)")

explore: .venv/.ready ## questions in SQL to what is published: WAREHOUSE= AS_OF=
	@$(PY) -m flows explore --warehouse "$(WAREHOUSE)" $(if $(AS_OF),--as-of $(AS_OF))

whatif: .venv/.ready ## which decisions of a night change: POLICY= AGAINST= INBOX= WAREHOUSE= AS_OF=
	@$(PY) -m flows whatif --policy $(POLICY) --against $(AGAINST) --inbox "$(INBOX)" --warehouse "$(WAREHOUSE)" $(if $(AS_OF),--as-of $(AS_OF))

test: .venv/.ready ## every test but the long ones, under ten minutes on two cores
	$(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder

test-long: .venv/.ready ## every test
	$(PY) -m pytest -n 2 --dist loadfile -m "long or not long" --persons 100000 --hypothesis-profile searching

lint: .venv/.ready ## style and import rules
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/lint-imports

policy-check: .venv/.ready ## whether the policy files can be used: OVERLAY= SITE= AS_OF=
	$(PY) -m flows policy-check $(if $(OVERLAY),--overlay "$(OVERLAY)") $(if $(SITE),--site "$(SITE)") $(if $(AS_OF),--as-of $(AS_OF))

mutants: .venv/.ready ## mutation testing: SEED=; fails below 90% killed, see docs/mutation.md
	PYTHONPATH=tests nice $(PY) -m mutants --seed $(SEED)

docs: .venv/.ready ## generate the documents that follow from contracts, policy and cases
	$(PY) -m docs.generate

site: .venv/.ready ## the documents as pages that work offline, in build/site
	.venv/bin/sphinx-build -q -W --keep-going -b html -c docs/site . build/site

docs-check: .venv/.ready ## fail where a generated document is stale
	$(PY) -m docs.generate --check

sample-data: .venv/.ready ## seeded extracts with planted truth: PERSONS= SEED= in sample_data/out
	$(PY) -m sample_data.generate --persons $(PERSONS) --seed $(SEED) --as-of $(SAMPLE_AS_OF) --out sample_data/out --format parquet

bench: .venv/.ready ## floor and night side by side: N=
	$(PY) -m bench --persons $(N)

peers: .venv/.ready ## one job by OneCover and its peers, as far as they are installed: N=
	$(PY) -m bench.peers --persons $(N)

charts: .venv/.ready ## pictures of what bench measured, for docs/performance.md
	$(PY) -m bench.charts

lock: .venv/.ready ## renew the locks from requirements.in and requirements.audit.in
	.venv/bin/uv pip compile requirements.in --universal --generate-hashes --no-emit-index-url --no-emit-find-links --python-version 3.11 -o requirements.lock
	.venv/bin/uv pip compile requirements.audit.in --universal --generate-hashes --no-emit-index-url --no-emit-find-links --python-version 3.11 -o requirements.audit.lock

.audit/.ready: .venv/.ready requirements.audit.lock
	.venv/bin/uv venv -q --clear --python $(PY) .audit
	.venv/bin/uv pip sync -q --python .audit/bin/python --require-hashes requirements.audit.lock
	touch $@

audit: .audit/.ready ## known vulnerabilities of what is locked; asks the package index, so it needs a network
	.audit/bin/pip-audit --strict --progress-spinner off --disable-pip --require-hashes --requirement requirements.lock

sbom: .audit/.ready ## bill of materials of what is installed, CycloneDX, in build/sbom.cdx.json
	mkdir -p build
	.audit/bin/cyclonedx-py environment $(PY) --pyproject pyproject.toml --output-reproducible --of JSON -o build/sbom.cdx.json

clean: ## remove what make made, but no warehouse: what was published stays
	rm -rf .venv .audit build bench/out sample_data/out .pytest_cache .ruff_cache .hypothesis .import_linter_cache transforms/native/*.so
