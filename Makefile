# Keelson: static programs from pinned sources, in images that prove what is
# in them.  Two commands do everything on a fresh machine:
#
#   make images    what the project is for: four images with their SBOMs
#   make check     the tests, with real peers
#
# Knobs: ARCHS="amd64 arm64" (default: this machine's processor),
# JOBS=N (default: all cores), OFFLINE=1 (no network after fetch),
# SOURCE_MIRROR=URL-or-DIR (where else to look for sources), TLS=bearssl (the
# smaller TLS client, without TLS 1.3), V=1 (say more).

.DEFAULT_GOAL := help
SHELL         := /bin/bash
.SHELLFLAGS   := -eu -o pipefail -c
.DELETE_ON_ERROR:

# Configure scripts, libtool and make itself fail on other paths.
ifneq ($(shell printf %s '$(subst ','\'',$(value CURDIR))' | \
	LC_ALL=C tr -d 'A-Za-z0-9_./+@-'),)
$(error $(value CURDIR): the path may hold only letters, digits and _ . / + @ -)
endif

# One at a time in one checkout: what is asked for is done by a make of this
# make, which waits for its turn.
WAITING := $(if $(filter $(CURDIR),$(KEELSON_ALONE)),,\
	$(filter-out help,$(MAKECMDGOALS)))
ifneq ($(strip $(WAITING)),)

.PHONY: alone $(WAITING)
$(WAITING): alone
	@:
alone:
	@+static-build/alone $(MAKE) --no-print-directory $(MAKECMDGOALS)

else

-include static-build/build.mk
-include images/images.mk
# Tests look at every source, which takes half a second.
ifneq ($(filter-out help images images-only images-multi programs \
	programs-only libs libs-checked sources toolchain prove man install,$(MAKECMDGOALS)),)
-include tests/tests.mk
endif

.PHONY: FORCE help man install clean distclean
FORCE:

help:
	@echo 'make images    build the images and their SBOMs into dist/'
	@echo '               ARCHS="amd64 arm64": for both processors, under one index'
	@echo 'make check     run every test; installs what they need'
	@echo '               AREA=agent, CHANGED=1: only some; see tests/README.md'
	@echo 'make check-peers   build more peers for it, once; see tests/README.md'
	@echo 'make check-arm64   all four images for arm64'
	@echo 'make check-workloads, make check-record, make check-fresh, make check-discs,'
	@echo 'make check-differential SOAK=N   more of it'
	@echo 'make unit      unit tests only (gcc)'
	@echo 'make asan      unit tests under clang with sanitizers'
	@echo 'make lint      static checks'
	@echo 'make bench-proxy, bench-checkpoint, bench-changes, bench-restore, bench-record   figures'
	@echo 'make programs  the static programs only, into build/bin/'
	@echo 'make prove     rebuild programs from what their evidence names alone'
	@echo 'make relink    kits to link programs again with a changed library'
	@echo 'make reproduce build once more under perturbation, and compare'
	@echo 'make release VERSION= KEY=   all that is published, signed; docs/release.md'
	@echo 'make man       man pages and bash completions, into build/man/'
	@echo 'make deb       a Debian package of keelson, into build/'
	@echo 'make install   keelson, its man page and completion: PREFIX=, DESTDIR='
	@echo 'make clean     remove what was built; fetched sources stay'
	@echo 'make distclean remove what was built or fetched; the lab stays'
	@echo 'make lab-clean remove the lab, which all checkouts share'

# Written by the programs themselves, from the tables they parse with.
man: programs
	@mkdir -p build/man
	@for p in keelson checkpoint-agent kube-proxy-mini; do \
		$(KEELSON_B)/bin/$$p --man >build/man/$$p.8; \
		$(KEELSON_B)/bin/$$p --completion >build/man/$$p.bash; done

PREFIX  ?= /usr/local
DESTDIR ?=

# What `make images` has built; an installed keelson needs nothing else.
install:
	@[ -x $(KEELSON_B)/bin/keelson ] || { echo 'make install: no' \
		'$(KEELSON_B)/bin/keelson; run make images first' >&2; exit 1; }
	@install -d '$(DESTDIR)$(PREFIX)/bin' '$(DESTDIR)$(PREFIX)/share/man/man8' \
		'$(DESTDIR)$(PREFIX)/share/bash-completion/completions'
	@install -m 755 $(KEELSON_B)/bin/keelson '$(DESTDIR)$(PREFIX)/bin/keelson'
	@$(KEELSON_B)/bin/keelson --man > \
		'$(DESTDIR)$(PREFIX)/share/man/man8/keelson.8'
	@$(KEELSON_B)/bin/keelson --completion > \
		'$(DESTDIR)$(PREFIX)/share/bash-completion/completions/keelson'

clean:
	rm -rf dist build/arm64 build/riscv64 build/obj build/bin build/host \
		build/work build/sysroot \
		build/toolchain build/evidence build/stamp build/log build/man

distclean:
	rm -rf dist build

endif
